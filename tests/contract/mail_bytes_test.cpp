// What every place for the bytes of mails must do: files beside either engine, and rows of a server.
#include "adapter/sql/mail_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "adapter/blob_store/segments.h"
#include "adapter/sql/postgres/postgres_blob_rows.h"
#include "adapter/sql/postgres/postgres_engine.h"
#include "adapter/sql/sqlite/sqlite_engine.h"
#include "tests/contract/support/samples.h"
#include "tests/support/postgres.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

enum class Place : std::uint8_t { files_of_embedded, files_of_server, rows };

/// As long as it says; zstd finds nothing in it.
std::string noise(std::size_t size) {
  std::mt19937_64 random(size);
  std::string bytes(size, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

/// Of this process, in bytes; beginning anew with forget_peak().
std::int64_t peak_memory() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word && word != "VmHWM:") {
  }
  std::int64_t kilobytes = 0;
  status >> kilobytes;
  return kilobytes << 10U;
}
void forget_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

class MailBytesContract : public testing::TestWithParam<Place> {
 protected:
  void SetUp() override {
    if (on_a_server() && !tests::Postgres::available())
      GTEST_SKIP() << "PostgreSQL is not installed (scripts/packages-test.txt)";
    folder_ = (std::filesystem::temp_directory_path() / "orgo-bytes-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    if (on_a_server()) {
      static int number = 0;
      schema_ = "bytes" + std::to_string(++number);
      sql::PostgresEngineOptions options;
      options.server = {.url = tests::Postgres::shared().url(), .schema = schema_};
      engine_ = sql::PostgresEngine::open(options).value();
      rows_ = std::make_unique<sql::PostgresBlobRows>(*engine_);
    } else {
      engine_ = sql::SqliteEngine::open({.path = folder_ + "/orgo.db"}).value();
    }
    files_ = SegmentStore::open({folder_ + "/blobs"}).value();
    open(in_rows());
  }
  void TearDown() override {
    if (engine_) engine_->close();
    std::filesystem::remove_all(folder_);
  }
  static bool on_a_server() { return GetParam() != Place::files_of_embedded; }
  static bool in_rows() { return GetParam() == Place::rows; }
  /// As another start with another setting.
  void open(bool new_in_rows) { bytes_ = std::make_unique<MailBytes>(*files_, rows_.get(), new_in_rows); }

  struct Mail {
    TenantId tenant;
    std::string_view bytes;
  };
  /// As a batch comes in; each is a new message.
  Result<std::vector<BlobRef>> keep(const std::vector<Mail>& mails) {
    std::vector<RawMessage> raw;
    std::vector<TenantId> tenants;
    for (const auto& mail : mails) {
      raw.push_back({{.tenant = mail.tenant}, mail.bytes});
      tenants.push_back(mail.tenant);
    }
    ORGO_TRY(incoming, bytes_->take_in(raw));
    const auto first = messages_ + 1;
    messages_ += std::ssize(mails);
    return engine_->write(
        tenants,
        [&](sql::Transaction& tx) -> Result<std::vector<BlobRef>> {
          BytesInTransaction in(*bytes_, incoming, tx);
          std::vector<BlobRef> refs;
          for (std::size_t i = 0; i < mails.size(); ++i) {
            ORGO_TRY(ref, in.place(i, mails[i].tenant, MessageId{first + static_cast<std::int64_t>(i)}));
            refs.push_back(ref);
          }
          return refs;
        },
        within(Millis{60'000}));
  }
  BlobRef keep_one(std::string_view bytes, TenantId tenant = kTenant) {
    const auto kept = keep({{tenant, bytes}});
    EXPECT_TRUE(kept) << kept.error().message;
    return kept ? kept->front() : BlobRef{};
  }
  std::string read(const BlobRef& ref, TenantId tenant = kTenant) {
    auto read = bytes_->read(tenant, ref);
    EXPECT_TRUE(read) << read.error().message;
    return read ? *std::move(read) : "(unread)";
  }
  Errc why_not(const BlobRef& ref, TenantId tenant = kTenant) {
    const auto read = bytes_->read(tenant, ref);
    return read ? Errc{} : read.error().code;
  }
  std::int64_t count(const std::vector<BlobRef>& refs, TenantId tenant = kTenant) {
    auto use = engine_->snapshot(sql::Scope::all()).value();
    return bytes_->count_held(*use, tenant, refs).value();
  }
  std::vector<bool> look_for(const std::vector<TenantBlob>& blobs) {
    auto use = engine_->snapshot(sql::Scope::all()).value();
    return bytes_->look_for(*use, blobs).value();
  }
  void change(const std::string& statement) {
    const auto done = engine_->write({}, [&](sql::Transaction& tx) { return tx.connection().execute(statement); });
    ASSERT_TRUE(done) << done.error().message;
  }
  /// One bit of what is kept there is another one.
  void damage(const BlobRef& ref) {
    if (const auto row = sql::parse_blob_row(ref.text))
      return change("UPDATE raw_mails SET bytes = set_bit(bytes, 9, 1 - get_bit(bytes, 9)) WHERE message = " +
                    std::to_string(row->message.value));
    const auto at = parse_segment_place(ref.text)->offset + 33;  // the second byte behind its header
    std::fstream file(folder_ + "/blobs/00000001.seg", std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const auto byte = static_cast<char>(file.get() ^ 2);
    file.seekp(at);
    file.put(byte);
  }

  std::string folder_;
  std::string schema_;
  std::unique_ptr<sql::Engine> engine_;
  std::unique_ptr<sql::BlobRows> rows_;
  std::unique_ptr<SegmentStore> files_;
  std::unique_ptr<MailBytes> bytes_;
  std::int64_t messages_ = 0;
};

TEST_P(MailBytesContract, EachByteComesBack) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const std::vector<std::string> mails = {"",
                                          std::string("\0", 1),
                                          std::string("a\0\0b", 4),
                                          all,
                                          "\\x00 is no escape, nor is \\000 or ''",
                                          std::string(4095, 'a'),
                                          std::string(4096, 'a'),
                                          std::string(4097, '\0'),
                                          noise(4096),
                                          noise(65'536),
                                          noise(65'537),
                                          noise(300'000),
                                          noise(2 << 20),
                                          noise((2 << 20) + 1),
                                          noise(4 << 20),
                                          std::string(5'000'000, 'y')};
  std::vector<Mail> batch;
  for (const auto& mail : mails) batch.push_back({kTenant, mail});
  const auto refs = keep(batch).value();
  for (std::size_t i = 0; i < mails.size(); ++i) {
    EXPECT_TRUE(read(refs[i]) == mails[i]) << "mail " << i << " of " << mails[i].size() << " bytes is another one";
    EXPECT_TRUE(read(keep_one(mails[i])) == mails[i]) << "and alone";
    EXPECT_LE(refs[i].text.size(), 200U);
  }
  EXPECT_EQ(count(refs), std::ssize(refs));
}

// Not where a sanitizer's own memory is counted, too.
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
TEST_P(MailBytesContract, AMailOf64MegabytesIsNoFeat) {
  constexpr std::int64_t kSize = 64 << 20;
  for (const bool is_noise : {false, true}) {
    const auto bytes = is_noise ? noise(kSize) : std::string(kSize, 'x');
    forget_peak();
    const auto before = peak_memory();
    const auto ref = keep_one(bytes);
    EXPECT_LT(peak_memory() - before, kSize * 9 / 4) << "while it is kept";
    forget_peak();
    EXPECT_TRUE(read(ref) == bytes);
    EXPECT_LT(peak_memory() - before, kSize * 9 / 4) << "while it is read";
  }
}
#endif

TEST_P(MailBytesContract, ManyInOneBatch) {
  std::vector<std::string> mails;
  for (int i = 0; i < 300; ++i) mails.push_back(std::to_string(i) + noise(static_cast<std::size_t>(i) * 997 % 60'000));
  std::vector<Mail> batch;
  for (const auto& mail : mails) batch.push_back({kTenant, mail});
  const auto refs = keep(batch).value();
  EXPECT_EQ(count(refs), 300);
  for (std::size_t i = 0; i < mails.size(); ++i) ASSERT_TRUE(read(refs[i]) == mails[i]) << i;
}

TEST_P(MailBytesContract, TheSameBytesTwiceAreThereForBoth) {
  const std::string bytes = noise(10'000), copy = bytes;
  const auto refs = keep({{kTenant, bytes}, {kTenant, bytes}, {kTenant, copy}}).value();
  EXPECT_EQ(refs[0], refs[1]) << "one mail to two recipients";
  EXPECT_NE(refs[0], refs[2]) << "two mails that happen to be alike";
  EXPECT_TRUE(read(refs[0]) == bytes);
  EXPECT_TRUE(read(refs[2]) == bytes);
  EXPECT_EQ(count(refs), 3);
}

TEST_P(MailBytesContract, OneMailToTwoTenantsIsEachOnes) {
  const std::string bytes = noise(10'000);
  const auto refs = keep({{kTenant, bytes}, {kOtherTenant, bytes}, {kTenant, bytes}}).value();
  EXPECT_TRUE(read(refs[0], kTenant) == bytes);
  EXPECT_TRUE(read(refs[1], kOtherTenant) == bytes);
  EXPECT_TRUE(read(refs[2], kTenant) == bytes);
  EXPECT_EQ(count({refs[1]}, kOtherTenant), 1);
  if (!in_rows()) return;
  EXPECT_EQ(refs[0], refs[2]);
  EXPECT_EQ(why_not(refs[0], kOtherTenant), Errc::corrupt) << "a reference is worth nothing to another tenant";
  EXPECT_EQ(count({refs[0], refs[1]}, kOtherTenant), 1);
}

TEST_P(MailBytesContract, WhatIsNotThereIsTold) {
  const auto ref = keep_one("some bytes");
  const BlobRef gone{in_rows() ? "db:77:10" : "77-0-10"};
  EXPECT_EQ(why_not(gone), Errc::corrupt);
  for (const auto* text : {"", "db", "db:", "db:1", "db:1:", "db:1:10x", "db:-1:10", "db::10", "db:1:10:1", "db:1:11",
                           "db:99999999999999999999:1", "db:1:99999999999999", "1", "x"})
    EXPECT_EQ(why_not({text}), Errc::corrupt) << text;
  EXPECT_EQ(count({ref, gone, {"db:1:11"}, {""}, ref}), 2);
  EXPECT_THAT(look_for({{kTenant, ref}, {kTenant, gone}, {kTenant, {"db:1:11"}}, {kTenant, ref}}),
              ElementsAre(true, false, false, true));
  EXPECT_THAT(look_for({}), ElementsAre());
}

TEST_P(MailBytesContract, DamageIsTold) {
  const auto plain = keep_one("Subject: small\r\n\r\nplain bytes"), other = keep_one("another one");
  const auto packed = keep_one(std::string(100'000, 'z'));
  for (const auto& ref : {plain, packed}) {
    damage(ref);
    const auto damaged = bytes_->read(kTenant, ref);
    ASSERT_FALSE(damaged) << ref.text;
    EXPECT_EQ(damaged.error().code, Errc::corrupt);
    EXPECT_THAT(damaged.error().message, HasSubstr(in_rows() ? "raw_mails of message " : "00000001.seg at "));
  }
  EXPECT_EQ(read(other), "another one");
  EXPECT_EQ(count({plain, packed, other}), 3) << "their places are there";
}

TEST_P(MailBytesContract, AnotherRowInItsPlaceIsDamage) {
  if (!in_rows()) GTEST_SKIP() << "of rows only";
  const std::string large(100'000, 'z');
  const auto first = keep_one("the first"), second = keep_one("a second"), third = keep_one(large);
  const auto is_refused_after = [&](const std::string& what, const BlobRef& ref) {
    change("UPDATE raw_mails SET " + what);
    EXPECT_EQ(why_not(ref), Errc::corrupt) << what;
  };
  change("CREATE TABLE kept AS SELECT * FROM raw_mails");
  const auto put_back = [&] {
    change("DELETE FROM raw_mails; INSERT INTO raw_mails SELECT * FROM kept");
    EXPECT_EQ(read(first), "the first");
  };
  is_refused_after("bytes = 'the other' WHERE message = 1", first);
  put_back();
  is_refused_after("(bytes, checksum) = (SELECT bytes, checksum FROM kept WHERE message = 1) WHERE message = 2",
                   second);
  put_back();
  is_refused_after("length = length + 1", first);
  EXPECT_EQ(why_not(third), Errc::corrupt);
  EXPECT_EQ(count({first}), 0) << "its place has another one";
  put_back();
  is_refused_after("is_compressed = 1 - is_compressed", first);
  EXPECT_EQ(why_not(third), Errc::corrupt);
  put_back();
  is_refused_after("bytes = ''", third);
  put_back();
  change("DELETE FROM raw_mails WHERE message = 2");
  EXPECT_EQ(why_not(second), Errc::corrupt);
  EXPECT_THAT(look_for({{kTenant, first}, {kTenant, second}}), ElementsAre(true, false));
  const auto much = noise(5'000'000);
  const auto of_three = keep_one(much);
  EXPECT_TRUE(read(of_three) == much);
  change("DROP TABLE kept; CREATE TABLE kept AS SELECT * FROM raw_mails");
  is_refused_after("part = 9 - part WHERE message = 4 AND part > 0", of_three);
  put_back();
  is_refused_after(
      "(bytes, checksum) = (SELECT bytes, checksum FROM kept WHERE message = 4 AND part = 0) WHERE "
      "message = 4 AND part = 1",
      of_three);
  put_back();
  EXPECT_TRUE(read(of_three) == much);
}

TEST_P(MailBytesContract, WhatCameBeforeIsReadWhereverNewOnesGo) {
  const auto before = keep_one("before");
  open(!in_rows());
  const auto behind = keep_one("behind");
  EXPECT_EQ(before.text.starts_with("db:"), in_rows());
  EXPECT_EQ(behind.text.starts_with("db:"), on_a_server() && !in_rows()) << "there are none in a file";
  for (const bool new_in_rows : {false, true}) {
    open(new_in_rows);
    EXPECT_EQ(read(before), "before");
    EXPECT_EQ(read(behind), "behind");
    EXPECT_EQ(count({before, behind, before}), 3);
    EXPECT_THAT(look_for({{kTenant, behind}, {kTenant, before}, {kTenant, {"9-9-9"}}}), ElementsAre(true, true, false));
  }
}

TEST_P(MailBytesContract, ATransactionThatIsUndoneLeavesNothing) {
  if (!in_rows()) GTEST_SKIP() << "bytes in a file that nobody names are waste";
  const RawMessage mail{{.tenant = kTenant}, "never in"};
  const auto much = noise(6 << 20);
  const RawMessage more{{.tenant = kTenant}, much};
  const auto first = bytes_->take_in(std::span(&mail, 1)).value(),
             second = bytes_->take_in(std::span(&more, 1)).value();
  const auto undone = engine_->write({kTenant}, [&](sql::Transaction& tx) -> Status {
    BytesInTransaction in(*bytes_, first, tx), in_too(*bytes_, second, tx);
    ORGO_TRY(small, in.place(0, kTenant, MessageId{1}));
    ORGO_TRY(large, in_too.place(0, kTenant, MessageId{2}));
    (void)small, (void)large;
    return failure(Errc::conflict, "refused");
  });
  EXPECT_EQ(undone.error().message, "refused");
  auto use = engine_->reader(sql::Scope::all()).value();
  sql::Query rows(*use, "SELECT count(*) FROM raw_mails");
  ASSERT_TRUE(rows.next().value());
  EXPECT_EQ(rows.integer(0), 0);
}

INSTANTIATE_TEST_SUITE_P(Every, MailBytesContract,
                         testing::Values(Place::files_of_embedded, Place::files_of_server, Place::rows),
                         [](const auto& place) {
                           return place.param == Place::rows              ? "Rows"
                                  : place.param == Place::files_of_server ? "FilesOfServer"
                                                                          : "FilesOfEmbedded";
                         });

}  // namespace
}  // namespace orgo::contract
