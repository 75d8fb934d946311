#include "adapter/mail_files/mail_files.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <map>
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

std::string numbered(int number) {
  return "Subject: " + std::to_string(number) + "\n\ntext " + std::to_string(number) + "\n";
}

TEST(Mbox, KnowsTheSeparatorsOfManyPrograms) {
  for (const char* separator : {"From anna@x.example Mon Nov 16 08:12:41 2026",
                                "From anna@x.example Mon Nov 16 08:12:41 +0100 2026",
                                "From anna@x.example Mon Nov 16 08:12:41 2026 +0100",
                                "From anna@x.example Mon Nov 16 08:12:41 CET 2026",
                                "From anna@x.example Mon Nov 16 08:12:41 MET DST 2026",
                                "From anna@x.example Mon, 16 Nov 2026 08:12:41 +0100",
                                "From anna@x.example 16 Nov 2026 08:12:41 +0100 (CET)",
                                "From anna@x.example 2026-11-16 08:12:41",
                                "From anna@x.example 2026-11-16T08:12:41Z",
                                "From anna@x.example  Mon Nov 16  8:12 2026",
                                "From - Mon Nov 16 08:12:41 2026",
                                "From - 2026-11-16 08:12:41",
                                "From ???@??? Mon Nov 16 08:12:41 2026",
                                "From MAILER-DAEMON Mon Nov 16 08:12:41 2026",
                                "From root Mon Nov 16 08:12:41 2026",
                                "From Mon Nov 16 08:12:41 2026",
                                "From uucp Mon Nov 16 08:12:41 2026 remote from mx",
                                "From anna@x.example Mon Nov 16 08:12:41 2026 remote from mx",
                                "From anna at x.example  Mon Nov 16 08:12:41 2026",
                                "From 1663988152@xxx Mon Nov 16 08:12:41 +0000 2026",
                                "From <anna@x.example> Mon Nov 16 08:12:41 2026",
                                "From anna@x.example lun nov 16 08:12:41 2026"}) {
    EXPECT_TRUE(MboxReader::is_separator(separator)) << separator;
    const auto mbox =
        kFrom + numbered(1) + "\n" + separator + "\n" + numbered(2) + "\n" + separator + "\n" + numbered(3);
    EXPECT_EQ(mails_of(mbox), (Mails{numbered(1), numbered(2), numbered(3)})) << separator;
    EXPECT_EQ(mails_of(std::string(separator) + "\n" + numbered(1)), Mails{numbered(1)}) << separator;
  }
}

TEST(Mbox, DoesNotTakeTextForASeparator) {
  for (const char* line : {"From January to March 2026", "From the office of 1999 we", "From 2026 on",
                           "From 08:12 to 09:30", "From here", "From anna@x.example we got a letter in 2026",
                           "From what I see at 08:12 nothing works", "From - to", "From Monday Nov 16 at noon 2026",
                           "From: anna@x.example", "From Anna, Mon Nov 16", "From anna at home 08:12"}) {
    const auto one = "Subject: 1\n\nDear desk,\n\n" + std::string(line) + "\nTo: you\nthe pipe leaks\n";
    EXPECT_EQ(mails_of(kFrom + one + "\n\n" + kFrom + numbered(2)), (Mails{one + "\n", numbered(2)})) << line;
  }
  // A whole separator that no field follows is a quotation.
  const auto quoted = "Subject: 1\n\nIt says:\n\n" + std::string(kFrom) + "and so on\n";
  EXPECT_EQ(mails_of(kFrom + quoted), Mails{quoted});
}

TEST(Mbox, NeedsNoEmptyLineBeforeAnAddress) {
  EXPECT_EQ(mails_of(kFrom + numbered(1) + kFrom + numbered(2) + kFrom + numbered(3)),
            (Mails{numbered(1), numbered(2), numbered(3)}));
  const std::string local = "Subject: 1\n\nThe log says\nFrom root Mon Nov 16 08:12:41 2026\nSubject: 2\n";
  EXPECT_EQ(mails_of(kFrom + local), Mails{local}) << "that is no address";
}

TEST(Mbox, ByteOrderMarksAndEmptyLinesBeforeItSayNothing) {
  const auto two = kFrom + numbered(1) + "\n" + kFrom + numbered(2);
  for (const char* before : {"\xEF\xBB\xBF", "\n", "\r\n", "\n\n\n", "\xEF\xBB\xBF\n"})
    EXPECT_EQ(mails_of(before + two), (Mails{numbered(1), numbered(2)})) << testing::PrintToString(before);
}

TEST(Mbox, APatchInAMailIsText) {
  const std::string patch =
      "From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\nFrom: Bob <bob@x.example>\nSubject: "
      "[PATCH] pump\n\n---\n";
  const auto mail = "Subject: 1\n\nPlease take this:\n\n" + patch;
  EXPECT_EQ(mails_of(kFrom + mail + "\n" + kFrom + numbered(2)), (Mails{mail, numbered(2)}));
  EXPECT_EQ(mails_of(patch + "\n" + patch).size(), 2U) << "the file that git made";
}

TEST(Mbox, TellsWhatItsOwnerDeleted) {
  for (const char* field :
       {"X-Mozilla-Status: 0009", "X-Mozilla-Status: 0008", "x-mozilla-status: 800F", "X-Status: D", "X-Status: AD"}) {
    std::istringstream file(kFrom + (std::string(field) + "\n") + numbered(1) + "\n" + kFrom + numbered(2));
    MboxReader reader(file, 1000);
    EXPECT_EQ(reader.next()->aside, SetAside::deleted) << field;
    EXPECT_EQ(reader.next()->aside, SetAside::none);
  }
  for (const char* field : {"X-Mozilla-Status: 0001", "X-Mozilla-Status: 0000", "X-Status: A", "Status: RO",
                            "Subject: X-Mozilla-Status: 0009"}) {
    std::istringstream file(kFrom + (std::string(field) + "\n") + numbered(1));
    EXPECT_EQ(MboxReader(file, 1000).next()->aside, SetAside::none) << field;
  }
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

const std::string kMail = "From: a@x.example\nSubject: 1\n\nx\n";

TEST_F(MailFilesTest, TakesTheFoldersOfManyPrograms) {
  const auto two = kFrom + numbered(1) + "\n" + kFrom + numbered(2);
  for (const auto& [path, count] : std::map<std::string, std::size_t>{{"Mail/Local Folders/Inbox", 2},  // Thunderbird
                                                                      {"Mail/Local Folders/Inbox.sbd/Roof", 2},
                                                                      {"Apple/Archive.mbox/mbox", 2},  // Apple
                                                                      {"Mail/sent-mail-nov-2026", 2},  // pine
                                                                      {"OLD.MBOX", 2},                 // Windows
                                                                      {"mbx/in.MBX", 2}}) {
    fs::remove_all(root);
    write(path, two);
    EXPECT_EQ(all().size(), count) << path;
  }
  for (const char* path : {"Letter.EML", "letter.Eml", "inbox/17", "Maildir/cur/1763988152.M1.host:2,S",
                           "Maildir/cur/1763988152_2.47.x,U=1,FMD5=7e33:2,S", "Maildir/new/1763988152.M1.host",
                           "Maildir/cur/1763988152.M1.host;2,S", "Maildir/.Sent/cur/1763988152.M1.host:2,RS",
                           "corpus/0001.bfc8d64d12b325ff385cca8d07b84288", "deep/er/and/deep/er/mail.txt"}) {
    fs::remove_all(root);
    write(path, kMail);
    EXPECT_EQ(all(), Mails{kMail}) << path;
  }
  fs::remove_all(root);
  write("Messages/12.emlx", std::to_string(kMail.size()) + "        \n" + kMail + "<?xml version=\"1.0\"?><plist/>\n");
  EXPECT_EQ(all(), Mails{kMail});
}

TEST_F(MailFilesTest, NamesWhatItPassesOver) {
  struct Case {
    const char *path, *bytes, *reason;
    bool loses;
  };
  for (const auto& one : std::vector<Case>{{"old.mbox.gz", "\x1F\x8B\x08", "compressed", true},
                                           {"mails.zip", "PK\x03\x04", "compressed", true},
                                           {"old.bz2", "BZh9", "compressed", true},
                                           {"letter.msg", "\xD0\xCF\x11\xE0", "Outlook's own form", true},
                                           {"store.dbx", "\xCF\xAD\x12\xFE", "Outlook's own store", true},
                                           {"notes.txt", "not a mail", "does not look like a mail", false},
                                           {"picture.png", "\x89PNG", "does not look like a mail", false},
                                           {"m/cur/1763988152.M1.host:2,ST", "S: 1\n\n", "trash", false},
                                           {"m/cur/1763988152.M1.host:2,D", "S: 1\n\n", "draft", false}}) {
    fs::remove_all(root);
    write(one.path, one.bytes);
    const auto files = MailFiles::open(root);
    ASSERT_EQ(files->passed_over().size(), 1U) << one.path;
    EXPECT_NE(files->passed_over()[0].reason.find(one.reason), std::string::npos) << files->passed_over()[0].reason;
    EXPECT_EQ(files->passed_over()[0].loses, one.loses) << one.path;
    EXPECT_EQ(files->files(), 0U);
  }
  fs::remove_all(root);
  write("a.eml", kMail);
  fs::create_symlink(root / "a.eml", root / "b.eml");
  EXPECT_EQ(MailFiles::open(root)->passed_over().size(), 1U) << "a link";
  fs::remove(root / "b.eml");
  ASSERT_EQ(::mkfifo((root / "pipe.eml").c_str(), 0600), 0);
  const auto folder = MailFiles::open(root);
  ASSERT_EQ(folder->passed_over().size(), 1U) << "a pipe in a folder";
  EXPECT_EQ(folder->files(), 1U);
  auto alone = MailFiles::open(root / "pipe.eml");
  ASSERT_EQ(alone->passed_over().size(), 1U) << "a pipe that is named: nobody waits for its writer";
  EXPECT_NE(alone->passed_over()[0].reason.find("neither a file nor a folder"), std::string::npos);
  EXPECT_TRUE(alone->passed_over()[0].loses);
  EXPECT_FALSE(alone->next());
  EXPECT_EQ(MailFiles::open("/dev/null")->files(), 0U);
  for (const char* path :
       {"Inbox.msf", "Maildir/cur/dovecot.index", "maildirfolder", ".mh_sequences", "popstate.dat"}) {
    fs::remove_all(root);
    write(path, "x");
    EXPECT_TRUE(MailFiles::open(root)->passed_over().empty()) << path;
  }
}

TEST_F(MailFilesTest, PassesOverWhatIsMarkedAsDeleted) {
  write("Inbox", std::string(kFrom) + "X-Mozilla-Status: 0009\n" + numbered(1) + "\n" + kFrom + numbered(2));
  auto files = MailFiles::open(root);
  EXPECT_EQ((*files->next())->bytes, numbered(2));
  EXPECT_FALSE(files->next());
  ASSERT_EQ(files->passed_over().size(), 1U);
  EXPECT_NE(files->passed_over()[0].reason.find("deleted"), std::string::npos);
}

TEST_F(MailFilesTest, PassesOverWhatWasRemovedFromAnMhFolder) {
  const auto mail = [](int number) { return "From: a@x.example\n" + numbered(number); };
  for (const char* name : {"inbox/,3", "inbox/,12", "inbox/sub/,1", "inbox/#4"}) write(name, mail(3));
  write("inbox/1", mail(1));
  write("inbox/2", mail(2));
  EXPECT_EQ(all(), (Mails{mail(1), mail(2)}));
  auto files = MailFiles::open(root);
  ASSERT_EQ(files->passed_over().size(), 4U);
  for (const auto& one : files->passed_over()) EXPECT_NE(one.reason.find("removed"), std::string::npos);
}

TEST_F(MailFilesTest, TheFromLineTellsWhenAMailCame) {
  for (const char* line : {"From anna@x.example Mon Nov 16 08:12:41 2026", "From - 2026-11-16 08:12:41",
                           "From anna@x.example Mon, 16 Nov 2026 09:12:41 +0100"}) {
    write("in.mbox", std::string(line) + "\n" + numbered(1));
    const auto mail = *MailFiles::open(root)->next();
    ASSERT_TRUE(mail->filed_at) << line;
    EXPECT_EQ(to_rfc3339(*mail->filed_at), "2026-11-16T08:12:41Z") << line;
  }
  write("in.mbox", numbered(1));
  EXPECT_FALSE((*MailFiles::open(root)->next())->filed_at);
}

TEST_F(MailFilesTest, LabelsOfThunderbirdAndApple) {
  const auto label = [&](const char* path) {
    fs::remove_all(root);
    write(path, kFrom + numbered(1));
    return (*MailFiles::open(root)->next())->label;
  };
  EXPECT_EQ(label("Inbox"), "");
  EXPECT_EQ(label("Inbox.sbd/Roof"), "Inbox/Roof");
  EXPECT_EQ(label("Archive.mbox/mbox"), "Archive");
  EXPECT_EQ(label("INBOX.mbox/mbox"), "");
}

TEST_F(MailFilesTest, NamesAnEmptyFileAndGoesOn) {
  write("a.eml", numbered(1));
  write("b.eml", "");
  write("c.eml", numbered(2));
  auto files = MailFiles::open(root);
  int mails = 0;
  while (auto mail = files->next()) {
    ASSERT_TRUE(*mail) << mail->error().message;
    EXPECT_FALSE((*mail)->bytes.empty());
    ++mails;
  }
  EXPECT_EQ(mails, 2);
  ASSERT_EQ(files->passed_over().size(), 1U);
  EXPECT_EQ(files->passed_over()[0].reason, "it is empty");
}

TEST_F(MailFilesTest, SaysWhatIsNotThere) {
  EXPECT_EQ(MailFiles::open(root / "missing").error().code, Errc::not_found);
}

TEST(Mbox, OtherSeparatorsCountBehindAnEmptyLineAndBeforeAHeader) {
  for (const char* separator :
       {"From \"Anna M\"@customer.example Mon Nov 16 08:12:41 2026", "From Anna M Mon Nov 16 08:12:41 2026",
        "From Anna Maria Muster Mon Nov 16 08:12:41 2026", "From anna@customer.example Mon, 16 Nov 26 08:12:41 GMT",
        "From anna@customer.example 16.11.2026 08:12:41", "From anna@customer.example 16/11/2026 08:12:41",
        "From anna@customer.example 2026/11/16 08:12:41", "From -", "From - ", "From anna@customer.example",
        "From anna@customer.example 1794813161", "From anna@customer.example Mon Nov 16 08:12:41 26",
        "From - 1794813161"}) {
    const std::string line = separator + std::string("\n");
    const std::string one = "Subject: 1\n\nx\n", two = "Subject: 2\n\ny\n";
    EXPECT_EQ(mails_of(kFrom + one + "\n" + line + two), (Mails{one, two})) << separator;
    EXPECT_EQ(mails_of(line + one + "\n" + line + two), (Mails{one, two})) << separator;
    const std::string crlf = separator + std::string("\r\nSubject: 1\r\n\r\nx\r\n");
    EXPECT_EQ(mails_of(crlf), (Mails{"Subject: 1\r\n\r\nx\r\n"})) << separator;
    const std::string text = "Subject: 1\n\nx\n" + line + "Subject: 2\n\ny\n";
    const bool whole = std::string_view(separator).starts_with("From \"Anna");  // an address, a day and a time
    if (!whole) {
      EXPECT_EQ(mails_of(kFrom + text), (Mails{text})) << separator << ": no empty line before it";
    }
    const std::string prose = "Subject: 1\n\nx\n\n" + line + "goes on here\n";
    EXPECT_EQ(mails_of(kFrom + prose), (Mails{prose})) << separator << ": no header behind it";
    const std::string note = "Subject: 1\n\nx\n\n" + line + "Note: that is text\n";
    if (!whole) {
      EXPECT_EQ(mails_of(kFrom + note), (Mails{note})) << separator;
    }
  }
}

}  // namespace
}  // namespace orgo
