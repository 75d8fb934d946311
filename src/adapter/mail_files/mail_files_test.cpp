#include "adapter/mail_files/mail_files.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <sstream>

namespace orgo {
namespace {

namespace fs = std::filesystem;
constexpr const char* kFrom = "From anna@example.org Mon Nov 16 08:12:41 2026\n";

std::vector<std::string> mails_of(const std::string& mbox, std::size_t mail_max = 1000) {
  std::istringstream file(mbox);
  MboxReader reader(file, mail_max);
  std::vector<std::string> found;
  while (const auto mail = reader.next()) found.push_back(mail->too_long ? "(too long)" : mail->bytes);
  return found;
}

using Mails = std::vector<std::string>;

TEST(Mbox, SplitsAtFromLinesBehindAnEmptyLine) {
  const std::string one = "Subject: 1\n\nFrom here on it is text.\nNot empty\n" + std::string(kFrom);
  EXPECT_EQ(mails_of(kFrom + one + "\n" + kFrom + "Subject: 2\n\nx\n"), (Mails{one, "Subject: 2\n\nx\n"}));
}

TEST(Mbox, DoesNotTakeAnyFromForABegin) {
  const std::string one = "Subject: 1\n\nHello\n\nFrom now on everything changes.\n";
  EXPECT_EQ(mails_of(kFrom + one), (Mails{one}));
}

TEST(Mbox, TakesOneQuoteAway) {
  EXPECT_EQ(mails_of(std::string(kFrom) + "S: 1\n\n>From a\n>>From b\n> From c\n>Fromage\n"),
            (Mails{"S: 1\n\nFrom a\n>From b\n> From c\n>Fromage\n"}));
}

TEST(Mbox, BelievesAContentLengthThatFits) {
  const std::string body = "one\n\n" + std::string(kFrom) + "two\n";
  const std::string one = "Content-Length: " + std::to_string(body.size()) + "\n\n" + body;
  EXPECT_EQ(mails_of(kFrom + one + "\n" + kFrom + "S: 2\n\ny\n"), (Mails{one, "S: 2\n\ny\n"}));
  // Here it does not, and the mail ends at the next begin.
  const std::string wrong = "Content-Length: 3\n\nlonger text\n";
  EXPECT_EQ(mails_of(kFrom + wrong + "\n" + kFrom + "S: 2\n\ny\n"), (Mails{wrong, "S: 2\n\ny\n"}));
}

TEST(Mbox, KeepsLineEndsAndAMissingLastOne) {
  EXPECT_EQ(
      mails_of(
          "From a Mon Nov 16 08:12:41 2026\r\nS: 1\r\n\r\nx\r\n\r\nFrom a Mon Nov 16 08:12:41 2026\r\nS: 2\r\n\r\ny"),
      (Mails{"S: 1\r\n\r\nx\r\n", "S: 2\r\n\r\ny"}));
}

TEST(Mbox, LeavesOutWhatIsTooLong) {
  EXPECT_EQ(mails_of(kFrom + ("S: 1\n\n" + std::string(300, 'x')) + "\n\n" + kFrom + "S: 2\n\ny\n", 100),
            (Mails{"(too long)", "S: 2\n\ny\n"}));
  const std::string fits = "S: 1\n\n" + std::string(93, 'x') + "\n";  // 100 bytes
  EXPECT_EQ(mails_of(kFrom + fits, 100), (Mails{fits}));
  EXPECT_EQ(mails_of(kFrom + fits, 99), (Mails{"(too long)"}));
}

TEST(Mbox, GoesOnWhereItWas) {
  std::istringstream file(std::string(kFrom) + "S: 1\n\nx\n\n" + kFrom + "S: 2\n\ny\n\n" + kFrom + "S: 3\n\nz\n");
  MboxReader first(file, 1000);
  const auto mail = first.next();
  MboxReader second(file, 1000);
  second.seek(mail->next);
  EXPECT_EQ(second.next()->bytes, "S: 2\n\ny\n");
  EXPECT_EQ(second.next()->bytes, "S: 3\n\nz\n");
  EXPECT_FALSE(second.next());
}

TEST(Mbox, FindsNothingInWhatIsNone) {
  EXPECT_EQ(mails_of(""), Mails{});
  EXPECT_EQ(mails_of("\n\n\n"), Mails{});
  EXPECT_EQ(mails_of("Subject: no mbox\n\nx\n"), Mails{});
  EXPECT_EQ(mails_of(kFrom), (Mails{""}));
}

class MailFilesTest : public testing::Test {
 protected:
  MailFilesTest() {
    std::string name = (fs::temp_directory_path() / "orgo-mails-XXXXXX").string();
    root = ::mkdtemp(name.data());
  }
  ~MailFilesTest() override { fs::remove_all(root); }
  void write(const fs::path& path, const std::string& text) const {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path, std::ios::binary) << text;
  }
  Mails all(std::string_view behind = {}) const {
    auto files = MailFiles::open(root);
    if (!behind.empty()) {
      EXPECT_TRUE(files->skip_to(behind));
    }
    Mails found;
    while (const auto mail = files->next()) found.push_back(*mail ? (*mail)->bytes : mail->error().message);
    return found;
  }
  fs::path root;
};

TEST_F(MailFilesTest, FindsMailsInFoldersMboxesAndMaildirs) {
  write("a/1.eml", "S: 1\r\n\r\nx");
  write("a/notes.txt", "not a mail");
  write("b.mbox", std::string(kFrom) + "S: 2\n\nx\n\n" + kFrom + "S: 3\n\nx\n");
  write("m/cur/1763.M1.host:2,S", "S: 4\n\nx\n");
  write("m/new/1764.M1.host", "S: 5\n\nx\n");
  write("m/tmp/1765.M1.host", "half");
  write("m/.Sent/cur/1766.M1.host:2,", "S: 6\n\nx\n");
  fs::create_directories(root / "m/.Sent/new");
  EXPECT_EQ(all(), (Mails{"S: 1\r\n\r\nx", "S: 2\n\nx\n", "S: 3\n\nx\n", "S: 6\n\nx\n", "S: 4\n\nx\n", "S: 5\n\nx\n"}));
}

TEST_F(MailFilesTest, GoesOnBehindEveryPlace) {
  write("1.eml", "S: 1\n\n");
  write("2.mbox", std::string(kFrom) + "S: 2\n\nx\n\n" + kFrom + "S: 3\n\nx\n");
  write("3.eml", "S: 4\n\n");
  const auto everything = all();
  ASSERT_EQ(everything.size(), 4U);
  auto files = MailFiles::open(root);
  for (std::size_t i = 0; i < everything.size(); ++i) {
    const auto mail = files->next();
    EXPECT_EQ(all((*mail)->place), Mails(everything.begin() + static_cast<std::ptrdiff_t>(i) + 1, everything.end()));
  }
  EXPECT_FALSE(MailFiles::open(root)->skip_to("0 gone.eml"));
  EXPECT_FALSE(MailFiles::open(root)->skip_to("nonsense"));
}

TEST_F(MailFilesTest, SaysWhatIsNotThere) {
  EXPECT_EQ(MailFiles::open(root / "missing").error().code, Errc::not_found);
}

}  // namespace
}  // namespace orgo
