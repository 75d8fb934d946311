// Mails whose bytes are rows of a server, when that is cut, killed, away or damaged: a message and its bytes are there
// together or not at all, and what is one mail's misfortune is told of that one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>
#include <thread>

#include "adapter/blob_store/segments.h"
#include "adapter/sql/postgres/postgres_blob_rows.h"
#include "adapter/sql/postgres/postgres_engine.h"
#include "adapter/sql/store_check.h"
#include "adapter/sql/stores.h"
#include "tests/support/cutting_proxy.h"
#include "tests/support/postgres.h"

namespace orgo::fault {
namespace {

using testing::HasSubstr;
using tests::CuttingProxy;
using tests::Postgres;

constexpr TenantId kTenant{1};

class PostgresBlobs : public testing::Test {
 protected:
  void SetUp() override {
    if (!Postgres::available()) GTEST_SKIP() << "PostgreSQL is not installed (scripts/packages-test.txt)";
    folder_ = (std::filesystem::temp_directory_path() / "orgo-blobs-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    static int schemas = 0;
    options_.server.url = Postgres::shared().url();
    options_.server.schema = "blobs" + std::to_string(++schemas);
    options_.server.patience = Millis{10'000};
    stores_ = open();
  }
  void TearDown() override {
    stores_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::unique_ptr<SqlStores> open(std::uint16_t port = 0) {
    auto options = options_;
    if (port != 0) options.server.url = Postgres::url_at(port);
    auto engine = sql::PostgresEngine::open(options).value();
    auto rows = std::make_unique<sql::PostgresBlobRows>(*engine);
    return std::make_unique<SqlStores>(std::move(engine), SegmentStore::open({folder_ + "/blobs"}).value(),
                                       std::move(rows), MailPlace::database);
  }
  static std::string mail(int number, std::size_t size = 100) {
    std::mt19937 random(static_cast<unsigned>(number));
    auto bytes = "Message-ID: <" + std::to_string(number) + "@x>\r\n\r\n";
    while (bytes.size() < size) bytes += static_cast<char>(random());
    return bytes;
  }
  static Result<std::vector<Accepted>> accept(SqlStores& stores, const std::vector<std::string>& mails) {
    std::vector<RawMessage> raw;
    for (const auto& one : mails)
      raw.push_back({{.tenant = kTenant, .recipient = mail_contact("office@school.example")}, one});
    return stores.messages.accept(raw, within(Millis{60'000}));
  }
  std::int64_t number(const char* statement) {
    auto use = stores_->engine->reader(sql::Scope::all()).value();
    sql::Query query(*use, statement);
    EXPECT_TRUE(query.next().value());
    return query.integer(0);
  }
  void change(const std::string& statement) {
    const auto done =
        stores_->engine->write({}, [&](sql::Transaction& tx) { return tx.connection().execute(statement); });
    ASSERT_TRUE(done) << done.error().message;
  }
  void expect_whole(std::int64_t messages) {
    EXPECT_EQ(number("SELECT count(*) FROM messages"), messages);
    EXPECT_EQ(number("SELECT count(*) FROM raw_mails WHERE part = 0"), messages)
        << "bytes without a message, or the other way round";
    const auto lines = stores_->ledger.count_ledger().value();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].stored, messages);
  }

  std::string folder_;
  sql::PostgresEngineOptions options_;
  std::unique_ptr<SqlStores> stores_;
};

TEST_F(PostgresBlobs, CutAtAnyOctetAMailIsThereOnceWithItsBytes) {
  CuttingProxy proxy(Postgres::shared().port());
  auto cut = open(proxy.port());
  ASSERT_TRUE(accept(*cut, {mail(0)}));
  constexpr int kOctets = 500;  // more than all the answers of one batch
  int cuts = 0, mails = 1;
  for (int octets = 0; octets < kOctets; octets += 7) {
    const auto before = proxy.connections();
    // A small one that waits for company, one that waits alone, and one that goes out at once.
    const std::vector<std::string> batch{mail(mails), mail(mails + 1, 200'000),
                                         mail(mails + 2, octets % 5 == 0 ? 5 << 20 : 70'000)};
    proxy.cut_once_after(octets);
    const auto accepted = accept(*cut, batch);
    ASSERT_TRUE(accepted) << octets << ": " << accepted.error().message;
    cuts += proxy.connections() > before ? 1 : 0;
    mails += 3;
    for (std::size_t i = 0; i < batch.size(); ++i)
      ASSERT_TRUE(stores_->messages.read_bytes(kTenant, accepted->at(i).message).value() == batch[i]) << octets;
  }
  EXPECT_GT(cuts, 20);
  expect_whole(mails);
}

TEST_F(PostgresBlobs, ADuplicateBringsNoBytes) {
  const auto one = mail(1);
  ASSERT_TRUE(accept(*stores_, {one, one}));
  ASSERT_TRUE(accept(*stores_, {one}).value().at(0).duplicate);
  expect_whole(1);
}

TEST_F(PostgresBlobs, ABatchOfManyBytesGoesInParts) {
  std::vector<std::string> batch;
  for (int i = 0; i < 400; ++i) batch.push_back(mail(i, 60'000));  // 24 MB
  ASSERT_TRUE(accept(*stores_, {mail(1'000)}));
  auto* const engine = dynamic_cast<sql::PostgresEngine*>(stores_->engine.get());
  const auto before = engine->round_trips();
  const auto accepted = accept(*stores_, batch).value();
  const auto trips = engine->round_trips() - before;
  EXPECT_GT(trips, 4U) << "what waits is bounded";
  EXPECT_LT(trips, 12U);
  std::vector<std::pair<TenantId, MessageId>> ids;
  for (const auto& one : accepted) ids.emplace_back(kTenant, one.message);
  const auto loaded = stores_->messages.load(ids);
  for (std::size_t i = 0; i < batch.size(); ++i) ASSERT_TRUE(loaded[i].value().bytes == batch[i]) << i;
  expect_whole(401);
}

TEST_F(PostgresBlobs, ABatchIsLoadedInOneWaitButForWhatIsLarge) {
  const std::vector<std::string> batch{mail(1), mail(2, 30'000), mail(3, 5 << 20), mail(4)};
  ASSERT_TRUE(accept(*stores_, batch));
  const std::vector<std::pair<TenantId, MessageId>> small{{kTenant, {1}}, {kTenant, {2}}, {kTenant, {4}}};
  const std::vector<std::pair<TenantId, MessageId>> all{{kTenant, {1}}, {kTenant, {2}}, {kTenant, {3}}, {kTenant, {9}}};
  const auto trips_of = [&](const std::vector<std::pair<TenantId, MessageId>>& ids) {
    auto* const engine = dynamic_cast<sql::PostgresEngine*>(stores_->engine.get());
    (void)stores_->messages.load(ids);  // statements are prepared
    const auto before = engine->round_trips();
    const auto loaded = stores_->messages.load(ids);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i].second.value == 9) EXPECT_EQ(loaded[i].error().code, Errc::not_found);
      else EXPECT_TRUE(loaded[i].value().bytes == batch[static_cast<std::size_t>(ids[i].second.value - 1)]);
    }
    return engine->round_trips() - before;
  };
  EXPECT_EQ(trips_of(small), 1U);
  EXPECT_EQ(trips_of(all), 4U) << "one for all, and three rows of the large one";
}

TEST_F(PostgresBlobs, DamageIsToldOfItsMailAlone) {
  const std::vector<std::string> batch{mail(1), mail(2), mail(3), mail(4, 200'000)};
  ASSERT_TRUE(accept(*stores_, batch));
  change("UPDATE raw_mails SET bytes = set_byte(bytes, 3, 33) WHERE message IN (2, 4)");
  const std::vector<std::pair<TenantId, MessageId>> ids{{kTenant, {1}}, {kTenant, {2}}, {kTenant, {3}}, {kTenant, {4}}};
  const auto expect_two = [&] {
    const auto loaded = stores_->messages.load(ids);
    EXPECT_EQ(loaded[0].value().bytes, batch[0]);
    EXPECT_EQ(loaded[2].value().bytes, batch[2]);
    for (const std::size_t damaged : {1U, 3U}) {
      ASSERT_FALSE(loaded[damaged]);
      EXPECT_EQ(loaded[damaged].error().code, Errc::corrupt);
      EXPECT_THAT(loaded[damaged].error().message, HasSubstr("message m" + std::to_string(damaged + 1)));
    }
  };
  expect_two();
  // The server can't read the pages of some, and ends what asks for them.
  change(
      "ALTER TABLE raw_mails RENAME TO kept; CREATE FUNCTION spoilt(message bigint, bytes bytea) RETURNS bytea AS $$ "
      "BEGIN IF message IN (2, 4) THEN RAISE EXCEPTION 'missing chunk' USING ERRCODE = 'XX001'; END IF; RETURN bytes; "
      "END $$ "
      "LANGUAGE plpgsql; CREATE VIEW raw_mails AS SELECT tenant, message, part, length, stored, is_compressed, "
      "checksum, spoilt(message, bytes) AS bytes FROM kept");
  expect_two();
}

TEST_F(PostgresBlobs, ADatabaseFromBeforeGetsTheTable) {
  ASSERT_TRUE(accept(*stores_, {mail(1)}));
  // All that this step and those behind it have made.
  change(
      "DO $$ DECLARE name text; BEGIN FOR name IN SELECT tablename FROM pg_policies WHERE schemaname = "
      "current_schema() LOOP EXECUTE format('DROP POLICY of_tenant ON %I', name); END LOOP; END $$");
  change("DROP TABLE raw_mails, nodes, node_marks; DELETE FROM messages; DELETE FROM schema_steps WHERE step >= 5");
  EXPECT_FALSE(sql::check_tables(*stores_->engine));
  stores_->engine->close();
  // Not by a transaction, which would leave its mark there.
  ASSERT_TRUE(sql::open_postgres_connection(options_.server).value()->execute("DROP TABLE commit_marks"));
  stores_ = open();
  EXPECT_TRUE(sql::check_tables(*stores_->engine));
  ASSERT_TRUE(accept(*stores_, {mail(2)}));
  EXPECT_TRUE(stores_->messages.read_bytes(kTenant, {2}).value() == mail(2));
}

TEST_F(PostgresBlobs, WhileTheServerIsAwayNoMailIsBlamed) {
  Postgres server;
  options_.server.url = server.url();
  stores_ = open();
  const auto bytes = mail(1), large = mail(2, 200'000);
  ASSERT_TRUE(accept(*stores_, {bytes, large}));
  server.stop();
  for (const MessageId id : {MessageId{1}, MessageId{2}}) {
    const auto away = stores_->messages.read_bytes(kTenant, id);
    ASSERT_FALSE(away);
    EXPECT_EQ(away.error().code, Errc::unavailable) << away.error().message;
  }
  EXPECT_FALSE(accept(*stores_, {mail(3)}));
  server.start();
  EXPECT_TRUE(stores_->messages.read_bytes(kTenant, {1}).value() == bytes);
  EXPECT_TRUE(stores_->messages.read_bytes(kTenant, {2}).value() == large);
  stores_.reset();
}

/// What answers say in binary form.
TEST_F(PostgresBlobs, NumbersAndBytesAreReadAsTheyAre) {
  auto use = stores_->engine->reader(sql::Scope::all()).value();
  sql::Query query(
      *use,
      "SELECT (-5)::smallint, 2147483647, (-2147483648)::int, 9223372036854775807, "
      "'-9223372036854775808'::bigint, true, false, NULL::bigint, '\\x00ff5c00'::bytea, ''::bytea, '12', ''");
  ASSERT_TRUE(query.next().value());
  const std::array<std::int64_t, 8> numbers = {-5, 2147483647, -2147483648LL, INT64_MAX, INT64_MIN, 1, 0, 0};
  for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(query.integer(static_cast<int>(i)), numbers.at(i)) << i;
  EXPECT_TRUE(query.is_null(7));
  EXPECT_EQ(query.blob(8), std::string_view("\0\xff\x5c\0", 4));
  EXPECT_EQ(query.blob(9), "");
  EXPECT_EQ(query.integer(10), 12) << "a number that is a text there";
  EXPECT_EQ(query.text(11), "");
}

}  // namespace
}  // namespace orgo::fault
