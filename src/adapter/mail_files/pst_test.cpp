#include "adapter/mail_files/pst.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "adapter/mail_files/mail_files.h"
#include "adapter/mail_files/pst_store.h"
#include "base/json.h"

namespace orgo {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Pst : public testing::Test {
 protected:
  Pst() {
    std::string name = (fs::temp_directory_path() / "orgo-pst-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
    const char* const named = std::getenv("ORGO_CORPORA");
    corpus = fs::path(named != nullptr ? named : std::string(ORGO_SOURCE_DIR) + "/../shared/corpora") / "pst";
  }
  ~Pst() override { fs::remove_all(folder); }
  fs::path write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder / name, std::ios::binary) << bytes;
    return folder / name;
  }
  static std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  Result<PstContents> unpack(const fs::path& file, PstLimits limits = {}) { return unpack_pst(file, folder / "unpacked", limits, {}); }
#define ORGO_NEEDS_CORPUS \
  if (!fs::exists(corpus)) GTEST_SKIP() << "there is no " << corpus << "; set ORGO_CORPORA"

  fs::path folder, corpus;
};

TEST_F(Pst, WhatIsNoOutlookFileIsToldSo) {
  const auto text = write("a.pst", std::string(1000, 'x'));
  EXPECT_FALSE(is_pst(text));
  EXPECT_EQ(unpack(text).error().code, Errc::invalid_input);
  const auto cut = write("b.pst", "!BDN and nothing more");
  EXPECT_TRUE(is_pst(cut));
  EXPECT_THAT(unpack(cut).error().message, HasSubstr("was it copied to its end?"));
  auto strange = "!BDN" + std::string(600, '\0');
  strange[10] = 3;
  EXPECT_THAT(unpack(write("c.pst", strange)).error().message, HasSubstr("its version is 3"));
  EXPECT_FALSE(is_pst(folder / "none"));
}

/// The facts of expectations.json that a password and the folders are; the others are of contacts and appointments, which an
/// import of mail leaves out.
TEST_F(Pst, TheCorpusSaysWhatItSays) {
  ORGO_NEEDS_CORPUS;
  const auto facts = parse_json(read(corpus / "expectations.json")).value().as_array();
  int asked = 0;
  for (const auto& value : facts) {
    const auto& fact = value.as_object();
    const auto* password = fact.if_contains("password_protected");
    if (password == nullptr) continue;
    ++asked;
    const auto file = corpus / std::string(fact.at("file").as_string());
    EXPECT_EQ(pst_has_password(file).value(), password->as_bool()) << file;
    const auto contents = unpack(file);
    ASSERT_TRUE(contents) << contents.error().message;
    EXPECT_EQ(contents->password, password->as_bool()) << file;
    EXPECT_GT(contents->others, 0U);
  }
  EXPECT_GE(asked, 2);
  const auto contents = unpack(corpus / "dist-list.pst");
  ASSERT_TRUE(contents);
  EXPECT_EQ(contents->mails, 0U);
  EXPECT_EQ(contents->others, 2U);
  EXPECT_TRUE(fs::exists(folder / "unpacked/Personal Folders/Calendar/1.ics"));
  EXPECT_THAT(read(folder / "unpacked/Personal Folders/Calendar/1.ics"), HasSubstr("RRULE:FREQ=WEEKLY;BYDAY=TU"));
  EXPECT_THAT(read(folder / "unpacked/Personal Folders/Contacts/1.vcf"), HasSubstr("EMAIL:contact1@rjohnson.id.au"));
}

TEST_F(Pst, WhatWasUnpackedIsTakenAgainUnlessTheFileChanged) {
  ORGO_NEEDS_CORPUS;
  const auto file = write("a.pst", read(corpus / "dist-list.pst"));
  EXPECT_FALSE(unpack(file).value().reused);
  EXPECT_TRUE(unpack(file).value().reused);
  fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(5));
  EXPECT_FALSE(unpack(file).value().reused);
  fs::remove(folder / "unpacked/.complete");  // died in the middle
  write("unpacked/left-over.eml", "Subject: of another time\n\n");
  EXPECT_FALSE(unpack(file).value().reused);
  EXPECT_FALSE(fs::exists(folder / "unpacked/left-over.eml"));
}

TEST_F(Pst, DamagedFilesAreToldAndHarmNothing) {
  ORGO_NEEDS_CORPUS;
  const auto whole = read(corpus / "dist-list.pst");
  EXPECT_THAT(unpack(write("cut.pst", whole.substr(0, 100'000))).error().message, HasSubstr("it should have 271360 bytes, and has 100000"));
  std::uint32_t random = 1;
  for (int i = 0; i < 12; ++i) {
    auto bytes = whole;
    for (int k = 0; k < 200; ++k) {
      random = random * 1'664'525 + 1'013'904'223;
      bytes[564 + random % (bytes.size() - 564)] = static_cast<char>(random >> 24U);
    }
    const auto file = write("garbled.pst", bytes);
    const auto contents = unpack(file);
    if (!contents) { EXPECT_TRUE(contents.error().code == Errc::invalid_input || contents.error().code == Errc::resource_exhausted) << contents.error().message; }
    (void)pst_has_password(file);
  }
}

TEST_F(Pst, TimeIsBounded) {
  ORGO_NEEDS_CORPUS;
  PstLimits limits;
  limits.files = 0;
  limits.time = Millis{-1};
  const auto contents = unpack(corpus / "dist-list.pst", limits);
  if (!contents) { EXPECT_EQ(contents.error().code, Errc::resource_exhausted); }  // it may have been quicker than the first look
}

TEST_F(Pst, FoldersBecomeLabels) {
  for (const auto* name : {"top/Inbox", "top/Projects/Roof", "mail/.Projects.B&APw-ro/cur", "mail/.Projects.B&APw-ro/new", "mail/cur", "mail/new"})
    fs::create_directories(folder / name);
  write("top/Inbox/1.eml", "S: 1\n\n");
  write("top/Projects/Roof/1.eml", "S: 2\n\n");
  write("mail/cur/a", "S: 3\n\n");
  write("mail/.Projects.B&APw-ro/new/b", "S: 4\n\n");
  fs::create_directories(folder / "boxes/Old.sbd");
  write("boxes/Old.sbd/Years.mbox", "From a@b Mon Nov 16 08:12:41 2026\nS: 5\n\nx\n");
  const auto labels = [&](const std::string& root, FolderTop top) {
    std::vector<std::string> found;
    auto files = MailFiles::open(folder / root, top).value();
    while (const auto mail = files.next()) found.push_back(mail->value().label);
    return found;
  };
  fs::rename(folder / "top", folder / "unpacked");
  fs::create_directories(folder / "pst");
  fs::rename(folder / "unpacked", folder / "pst/Personal Folders");
  EXPECT_THAT(labels("pst", FolderTop::first), testing::ElementsAre("", "Projects/Roof"));
  EXPECT_THAT(labels("mail", FolderTop::none), testing::ElementsAre("Projects/Büro", ""));
  EXPECT_THAT(labels("boxes", FolderTop::none), testing::ElementsAre("Old/Years"));
  EXPECT_THAT(labels("boxes/Old.sbd/Years.mbox", FolderTop::none), testing::ElementsAre(""));
}

}  // namespace
}  // namespace orgo
