#include "adapter/mail_files/pst.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "adapter/mail_files/mail_files.h"
#include "adapter/mail_files/pst_store.h"
#include "base/json.h"
#include "tests/support/source_dir.h"

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
    corpus = fs::path(named != nullptr ? named : source_dir() + "/../shared/corpora") / "pst";
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
  Result<PstContents> unpack(const fs::path& file, PstLimits limits = {}) {
    return unpack_pst(file, folder / "unpacked", limits, {});
  }
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

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4 && at + i < bytes.size(); ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return value;
}
/// UTF-16 of ASCII characters, up to its end or a zero; `at` is moved behind it.
std::string ascii_at(const std::string& bytes, std::size_t& at) {
  std::string text;
  while (at + 1 < bytes.size() && (bytes[at] != 0 || bytes[at + 1] != 0)) {
    text += bytes[at];
    at += 2;
  }
  at += 2;
  return text;
}
std::string ascii_of(const std::string& bytes) {
  std::size_t at = 0;
  return ascii_at(bytes, at);
}
/// A property of several binary values ([MS-PST], section 2.3.3.4.2).
std::vector<std::string> several(const std::string& bytes) {
  std::vector<std::string> values;
  const auto count = number_at(bytes, 0);
  for (std::uint32_t i = 0; i < count && i < 1000; ++i) {
    const auto begin = number_at(bytes, 4 + 4 * i);
    const auto end = i + 1 < count ? number_at(bytes, 8 + 4 * i) : bytes.size();
    values.push_back(begin <= end && end <= bytes.size() ? bytes.substr(begin, end - begin) : "");
  }
  return values;
}
std::vector<std::string> texts_of(const json::value& list) {
  std::vector<std::string> texts;
  for (const auto& one : list.as_array()) texts.emplace_back(one.as_string());
  return texts;
}

/// [MS-OXOCNTC], section 2.2.2.4: members are contacts by their node, or one-off with name and address.
TEST_F(Pst, AListTellsItsMembers) {
  ORGO_NEEDS_CORPUS;
  int asked = 0;
  const auto facts = parse_json(read(corpus / "expectations.json")).value().as_array();
  for (const auto& value : facts) {
    const auto& fact = value.as_object();
    if (!fact.contains("kind") || fact.at("kind").as_string() != "distribution list") continue;
    ++asked;
    auto store = PstStore::open(corpus / std::string(fact.at("file").as_string())).value();
    const auto list = store.properties(static_cast<std::uint32_t>(fact.at("node").as_int64())).value();
    const auto members = several(list.at(store.named(0x8055).value()).bytes);
    EXPECT_EQ(members.size(), static_cast<std::size_t>(fact.at("members").as_int64()));
    std::vector<std::string> contacts, names, addresses;
    for (const auto& member : members) {
      if (member.size() == 45) {  // wrapped: flags, provider, kind, then the entry of a node of this file
        const auto contact = store.properties(number_at(member, 41)).value();
        contacts.push_back(ascii_of(contact.at(store.named(0x8083).value()).bytes));
        continue;
      }
      std::size_t at = 24;  // one-off: flags, provider, version, flags, then name, kind of address, address
      names.push_back(ascii_at(member, at));
      EXPECT_EQ(ascii_at(member, at), "SMTP");
      addresses.push_back(ascii_at(member, at));
    }
    EXPECT_EQ(contacts, texts_of(fact.at("contact_emails")));
    EXPECT_EQ(names, texts_of(fact.at("one_off_names")));
    EXPECT_EQ(addresses, texts_of(fact.at("one_off_emails")));
  }
  EXPECT_EQ(asked, 1);
}

/// [MS-OXOCAL], section 2.2.1.44: days that fall out, and days that are otherwise, each with a message of its own.
TEST_F(Pst, ASeriesTellsWhatIsOtherwise) {
  ORGO_NEEDS_CORPUS;
  int asked = 0;
  const auto facts = parse_json(read(corpus / "expectations.json")).value().as_array();
  for (const auto& value : facts) {
    const auto& fact = value.as_object();
    if (!fact.contains("kind") || fact.at("kind").as_string() != "recurring appointment") continue;
    ++asked;
    auto store = PstStore::open(corpus / std::string(fact.at("file").as_string())).value();
    const auto node = store.node(static_cast<std::uint32_t>(fact.at("node").as_int64())).value();
    const auto series = store.properties(node).value().at(store.named(0x8216).value()).bytes;
    ASSERT_EQ(number_at(series, 4) & 0xFFFFU, 0x200BU) << "weekly: one number says on which days";
    std::size_t at = 38;
    const auto deleted = number_at(series, at);
    EXPECT_EQ(deleted, fact.at("deleted_instances").as_int64());
    at += 4 + 4 * std::size_t{deleted};
    at += 4 + 4 * std::size_t{number_at(series, at)};  // the days that are otherwise
    at += 24;                                          // first and last day, versions, begin and end within the day
    const auto exceptions = number_at(series, at) & 0xFFFFU;
    at += 2;
    std::vector<int> hours;
    for (std::uint32_t i = 0; i < exceptions; ++i) {
      hours.push_back(static_cast<int>(number_at(series, at) / 60 % 24));
      ASSERT_EQ(number_at(series, at + 12) & 0x1FFU, 0U) << "nothing of a length of its own follows";
      at += 14;
    }
    std::vector<std::string> bodies;
    for (const auto& [id, attachment] : store.below(node)) {
      if ((id & 0x1FU) != 5) continue;
      const auto object = store.properties(attachment).value().at(0x3701);
      for (const auto& [inner, message] : store.below(attachment))
        if (inner == number_at(object.bytes, 0)) {
          auto text = ascii_of(store.properties(message).value().at(0x1000).bytes);
          while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.pop_back();
          bodies.push_back(text);
        }
    }
    const auto& wanted = fact.at("exceptions").as_array();
    ASSERT_EQ(wanted.size(), exceptions);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      EXPECT_EQ(hours.at(i), wanted[i].at("hour").as_int64());
      EXPECT_EQ(bodies.at(i), std::string(wanted[i].at("description").as_string()));
    }
  }
  EXPECT_EQ(asked, 1);
}

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
  EXPECT_THAT(unpack(write("cut.pst", whole.substr(0, 100'000))).error().message,
              HasSubstr("it should have 271360 bytes, and has 100000"));
  std::uint32_t random = 1;
  for (int i = 0; i < 12; ++i) {
    auto bytes = whole;
    for (int k = 0; k < 200; ++k) {
      random = random * 1'664'525 + 1'013'904'223;
      bytes[564 + random % (bytes.size() - 564)] = static_cast<char>(random >> 24U);
    }
    const auto file = write("garbled.pst", bytes);
    const auto contents = unpack(file);
    if (!contents) {
      EXPECT_TRUE(contents.error().code == Errc::invalid_input || contents.error().code == Errc::resource_exhausted)
          << contents.error().message;
    }
    (void)pst_has_password(file);
  }
}

TEST_F(Pst, TimeIsBounded) {
  ORGO_NEEDS_CORPUS;
  PstLimits limits;
  limits.files = 0;
  limits.time = Millis{-1};
  const auto contents = unpack(corpus / "dist-list.pst", limits);
  if (!contents) {
    EXPECT_EQ(contents.error().code, Errc::resource_exhausted);
  }  // it may have been quicker than the first look
}

TEST_F(Pst, FoldersBecomeLabels) {
  for (const auto* name : {"top/Inbox", "top/Projects/Roof", "mail/.Projects.B&APw-ro/cur",
                           "mail/.Projects.B&APw-ro/new", "mail/cur", "mail/new"})
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
