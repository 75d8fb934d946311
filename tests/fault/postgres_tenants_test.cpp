// Tenants are kept apart by the server, too: whatever a statement forgets, it meets no row of others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "adapter/sql/postgres/postgres_engine.h"
#include "tests/support/postgres_schema.h"
#include "tests/support/tenants.h"

namespace orgo::fault {
namespace {

using sql::Query;
using sql::Scope;
using sql::Transaction;
using testing::HasSubstr;
using tests::Postgres;
using tests::PostgresSchema;

class PostgresTenants : public testing::Test {
 protected:
  void SetUp() override {
    if (!Postgres::available()) GTEST_SKIP() << "PostgreSQL is not installed (scripts/packages-test.txt)";
    schema_ = std::make_unique<PostgresSchema>();
    engine_ = sql::PostgresEngine::open({.server = schema_->options()}).value();
    for (const auto tenant : {kTenant, kOtherTenant})
      for (const char* source : {"a", "b"}) ASSERT_TRUE(add(tenant, source));
  }
  Status add(TenantId tenant, const std::string& source, std::vector<TenantId> of = {}) {
    if (of.empty()) of = {tenant};
    return engine_->write(of, [&](Transaction& tx) -> Status {
      Query insert(tx.connection(), "INSERT INTO rhythms (tenant, source, state) VALUES (?, ?, '')");
      return insert.with(tenant.value, source).run();
    });
  }
  /// Of a statement that has forgotten whose.
  std::int64_t count(const Scope& scope) {
    auto use = engine_->reader(scope).value();
    return count(*use);
  }
  static std::int64_t count(sql::Connection& db) {
    Query query(db, "SELECT count(*) FROM rhythms");
    EXPECT_TRUE(query.next().value());
    return query.integer(0);
  }
  std::set<std::string> names(const char* statement) {
    auto use = engine_->reader(Scope::all()).value();
    Query query(*use, statement);
    std::set<std::string> all;
    while (query.next().value()) all.insert(query.string(0));
    return all;
  }

  std::unique_ptr<PostgresSchema> schema_;
  std::unique_ptr<sql::PostgresEngine> engine_;
};

/// Tables that are of nobody in particular, by name: whoever adds one says so here.
TEST_F(PostgresTenants, EachTableOfTenantsIsKeptApart) {
  const std::set<std::string> of_all = {"tenants", "lineage", "schema_steps", "lock_tokens",
                                        "locks",   "nodes",   "node_marks",   "commit_marks"};
  EXPECT_EQ(names("SELECT c.relname::text FROM pg_class AS c WHERE c.relnamespace = current_schema()::regnamespace AND "
                  "c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT 1 "
                  "FROM pg_policy AS p WHERE p.polrelid = c.oid))"),
            of_all);
  EXPECT_EQ(names("SELECT pg_get_expr(polqual, polrelid)::text FROM pg_policy AS p JOIN pg_class AS c ON c.oid = "
                  "p.polrelid WHERE c.relnamespace = current_schema()::regnamespace")
                .size(),
            1U)
      << "all by the same words";
}

TEST_F(PostgresTenants, AStatementWithoutWhereMeetsItsOwnTenantOnly) {
  EXPECT_EQ(count(kTenant), 2);
  EXPECT_EQ(count(kOtherTenant), 2);
  EXPECT_EQ(count(Scope::of({kTenant, kOtherTenant})), 4);
  EXPECT_EQ(count(Scope::of({})), 0);
  EXPECT_EQ(count(Scope::all()), 4);
  EXPECT_EQ(count(kTenant), 2) << "of a connection that was another's before";
  auto snapshot = engine_->snapshot(kTenant).value();
  EXPECT_EQ(count(*snapshot), 2);
  EXPECT_EQ(count(*snapshot), 2);
  const auto forgotten = engine_->write({kTenant}, [](Transaction& tx) -> Status {
    Query remove(tx.connection(), "DELETE FROM rhythms");
    return remove.run();
  });
  ASSERT_TRUE(forgotten) << forgotten.error().message;
  EXPECT_EQ(count(kTenant), 0);
  EXPECT_EQ(count(kOtherTenant), 2);
}

/// Jobs that share a transaction do not share their tenants, in whatever order they come and whatever waits of them.
TEST_F(PostgresTenants, JobsOfOneTransactionAreKeptApart) {
  std::vector<std::int64_t> seen(3);
  engine_->post({kTenant}, [&](Transaction& tx) -> Status {
    seen[0] = count(tx.connection());
    return {};
  });
  engine_->post({}, [&](Transaction& tx) -> Status {
    seen[1] = count(tx.connection());
    return {};
  });
  ASSERT_TRUE(engine_->write({kOtherTenant}, [&](Transaction& tx) -> Status {
    Query more(tx.connection(), "INSERT INTO rhythms (tenant, source, state) VALUES (?, 'c', '')");
    ORGO_CHECK(sql::run_later(more.with(kOtherTenant.value)));
    seen[2] = count(tx.connection());
    return {};
  }));
  EXPECT_THAT(seen, testing::ElementsAre(2, 4, 3));
}

TEST_F(PostgresTenants, ARowForAnotherTenantIsRefusedAlone) {
  auto refused = Status{};
  ASSERT_TRUE(engine_->write({kTenant}, [&](Transaction& tx) -> Status {
    Query neighbour(tx.connection(), "INSERT INTO rhythms (tenant, source, state) VALUES (?, 'mine', '')");
    return neighbour.with(kTenant.value).run();
  }));
  refused = add(kOtherTenant, "stolen", {kTenant});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict) << "one row's fault, and no trouble of the store";
  EXPECT_THAT(refused.error().message, HasSubstr("row-level security"));
  const auto moved = engine_->write({kTenant}, [&](Transaction& tx) -> Status {
    Query move(tx.connection(), "UPDATE rhythms SET tenant = ?");
    return move.with(kOtherTenant.value).run();
  });
  EXPECT_FALSE(moved);
  EXPECT_EQ(count(kTenant), 3);
  EXPECT_EQ(count(kOtherTenant), 2);
  EXPECT_EQ(engine_->trouble(), "");
}

TEST_F(PostgresTenants, WhereNobodyHasSaidWhoseNothingIsGiven) {
  auto connection = sql::open_postgres_connection(schema_->options()).value();
  Query query(*connection, "SELECT count(*) FROM rhythms");
  const auto first = query.next();
  ASSERT_FALSE(first);
  EXPECT_THAT(first.error().message, HasSubstr("orgo.tenants"));
  connection->see(kTenant);
  query.again();
  ASSERT_TRUE(query.next().value());
  EXPECT_EQ(query.integer(0), 2);
  EXPECT_FALSE(connection->execute("SELECT 1; BEGIN; ROLLBACK; SELECT count(*) FROM rhythms"))
      << "it is of one message, and stays with no session";
}

}  // namespace
}  // namespace orgo::fault
