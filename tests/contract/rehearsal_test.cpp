// What says beforehand whether a mail would be taken: on each engine it is all that taking one needs, and leaves
// nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "adapter/blob_store/segments.h"
#include "adapter/sql/postgres/postgres_blob_rows.h"
#include "adapter/sql/postgres/postgres_engine.h"
#include "adapter/sql/sqlite/sqlite_engine.h"
#include "adapter/sql/store_check.h"
#include "adapter/sql/stores.h"
#include "tests/contract/support/samples.h"
#include "tests/support/postgres.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

enum class On : std::uint8_t { embedded, server, server_with_bytes };

class Rehearsal : public testing::TestWithParam<On> {
 protected:
  void SetUp() override {
    if (on_a_server() && !tests::Postgres::available())
      GTEST_SKIP() << "PostgreSQL is not installed (scripts/packages-test.txt)";
    folder_ = (std::filesystem::temp_directory_path() / "orgo-rehearsal-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  static bool on_a_server() { return GetParam() != On::embedded; }

  std::unique_ptr<SqlStores> open() {
    static int number = 0;
    const auto name = "rehearsal" + std::to_string(++number);
    std::unique_ptr<sql::Engine> engine;
    if (on_a_server()) {
      sql::PostgresEngineOptions options;
      options.server = {.url = tests::Postgres::shared().url(), .schema = name};
      engine = sql::PostgresEngine::open(options).value();
    } else {
      engine = sql::SqliteEngine::open({.path = folder_ + "/" + name + ".db"}).value();
    }
    std::unique_ptr<sql::BlobRows> rows;
    if (on_a_server()) rows = std::make_unique<sql::PostgresBlobRows>(*engine);
    return std::make_unique<SqlStores>(std::move(engine), SegmentStore::open({folder_ + "/" + name}).value(),
                                       std::move(rows),
                                       GetParam() == On::server_with_bytes ? MailPlace::database : MailPlace::folder);
  }
  static Status change(SqlStores& stores, const std::string& statement) {
    return stores.engine->write({}, [&](sql::Transaction& tx) { return tx.connection().execute(statement); });
  }
  static std::vector<std::string> tables_of(SqlStores& stores) {
    std::vector<std::string> tables;
    auto use = stores.engine->reader(sql::Scope::all()).value();
    sql::Query query(*use, on_a_server() ? "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
                                         : "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE "
                                           "'sqlite%'");
    while (query.next().value())
      if (query.string(0) != "schema_steps") tables.push_back(query.string(0));
    return tables;
  }
  static Status rehearse(SqlStores& stores) { return stores.messages.rehearse(kTenant, within(Millis{10'000})); }

  /// The part of table raw_mails that has what is kTenant's.
  std::string part_of_tenant(SqlStores& stores) {
    if (!on_a_server()) return "";
    const RawMessage raw{{.tenant = kTenant}, "x"};
    MailBytes bytes(*stores.blobs, stores.blob_rows.get(), true);
    const auto incoming = bytes.take_in(std::span(&raw, 1)).value();
    std::string part;
    (void)stores.engine->write({kTenant}, [&](sql::Transaction& tx) -> Status {
      BytesInTransaction in(bytes, incoming, tx);
      if (!in.place(0, kTenant, MessageId{1}) || !tx.finish()) return failure(Errc::corrupt, "not in");
      sql::Query query(tx.connection(), "SELECT tableoid::regclass::text FROM raw_mails");
      ORGO_TRY(row, query.next());
      if (row) part = query.string(0);
      return failure(Errc::conflict, "undone");
    });
    return part;
  }

  std::string folder_;
};

TEST_P(Rehearsal, LeavesNothing) {
  auto stores = open();
  for (int i = 0; i < 3; ++i) {
    const auto done = rehearse(*stores);
    ASSERT_TRUE(done) << done.error().message;
  }
  EXPECT_EQ(stores->engine->trouble(), "");
  const auto bytes = mail("first@x");
  const auto first = raw(bytes);
  EXPECT_EQ(stores->messages.accept(std::span(&first, 1), within(Millis{10'000})).value().at(0).message, MessageId{1});
  ASSERT_TRUE(rehearse(*stores));
  EXPECT_EQ(stores->messages.list({.tenant = kTenant, .limit = 10}).value().size(), 1U);
  EXPECT_EQ(stores->work.depth(WorkKind::process).value(), 1);
}

TEST_P(Rehearsal, EachTableThatIsGoneIsTold) {
  const auto tables = tables_of(*open());
  const auto part = part_of_tenant(*open());
  EXPECT_EQ(part.starts_with("raw_mails_"), on_a_server());
  EXPECT_GT(tables.size(), 15U);
  const auto another_part = part == "raw_mails_0" ? "raw_mails_1" : "raw_mails_0";
  for (const auto& table : tables) {
    if (table.starts_with("raw_mails_") && table != part && table != another_part) continue;  // they are alike
    auto stores = open();
    ASSERT_TRUE(sql::check_tables(*stores->engine));
    ASSERT_TRUE(change(*stores, "DROP TABLE " + table));
    const auto found = sql::check_tables(*stores->engine);
    ASSERT_FALSE(found) << table;
    EXPECT_THAT(found.error().message, testing::HasSubstr(table));
    const bool has_its_bytes = table == "raw_mails" || table == part;
    const bool takes_a_mail = table == "events" || table == "messages" || table == "counters" || table == "work" ||
                              (has_its_bytes && GetParam() == On::server_with_bytes);
    EXPECT_EQ(rehearse(*stores).has_value(), !takes_a_mail) << table;
  }
}

INSTANTIATE_TEST_SUITE_P(Every, Rehearsal, testing::Values(On::embedded, On::server, On::server_with_bytes),
                         [](const auto& on) {
                           return on.param == On::embedded ? "Embedded"
                                  : on.param == On::server ? "Server"
                                                           : "ServerWithBytes";
                         });

}  // namespace
}  // namespace orgo::contract
