// What says beforehand whether a mail would be taken: on each engine it is all that taking one needs, and leaves
// nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "adapter/blob_store/segments.h"
#include "adapter/sql/postgres/postgres_engine.h"
#include "adapter/sql/sqlite/sqlite_engine.h"
#include "adapter/sql/store_check.h"
#include "adapter/sql/stores.h"
#include "tests/contract/support/samples.h"
#include "tests/support/postgres.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

class Rehearsal : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (on_a_server() && !tests::Postgres::available())
      GTEST_SKIP() << "PostgreSQL is not installed (scripts/packages-test.txt)";
    folder_ = (std::filesystem::temp_directory_path() / "orgo-rehearsal-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  static bool on_a_server() { return GetParam(); }

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
    return std::make_unique<SqlStores>(std::move(engine), SegmentStore::open({folder_ + "/" + name}).value());
  }
  static Status change(SqlStores& stores, const std::string& statement) {
    return stores.engine->write({}, [&](sql::Transaction& tx) { return tx.connection().execute(statement); });
  }
  static std::vector<std::string> tables_of(SqlStores& stores) {
    std::vector<std::string> tables;
    auto use = stores.engine->reader().value();
    sql::Query query(*use, on_a_server() ? "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
                                         : "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE "
                                           "'sqlite%'");
    while (query.next().value())
      if (query.string(0) != "schema_steps") tables.push_back(query.string(0));
    return tables;
  }
  static Status rehearse(SqlStores& stores) { return stores.messages.rehearse(kTenant, within(Millis{10'000})); }

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
  EXPECT_GT(tables.size(), 15U);
  for (const auto& table : tables) {
    auto stores = open();
    ASSERT_TRUE(sql::check_tables(*stores->engine));
    ASSERT_TRUE(change(*stores, "DROP TABLE " + table));
    const auto found = sql::check_tables(*stores->engine);
    ASSERT_FALSE(found) << table;
    EXPECT_THAT(found.error().message, testing::HasSubstr(table));
    const bool takes_a_mail = table == "events" || table == "messages" || table == "counters" || table == "work";
    EXPECT_EQ(rehearse(*stores).has_value(), !takes_a_mail) << table;
  }
}

INSTANTIATE_TEST_SUITE_P(Every, Rehearsal, testing::Bool(),
                         [](const auto& on) { return on.param ? "Server" : "Embedded"; });

}  // namespace
}  // namespace orgo::contract
