// Several hosts in one url.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/sql/postgres/postgres_engine.h"
#include "tests/support/postgres.h"
#include "tests/support/tenants.h"

namespace orgo::fault {
namespace {

using sql::PostgresEngine;
using sql::Query;
using sql::Transaction;
using testing::HasSubstr;
using tests::Postgres;

Status add(PostgresEngine& engine, const std::string& name) {
  return engine.write({kTenant}, [&](Transaction& tx) -> Status {
    Query insert(tx.connection(), "INSERT INTO rhythms (tenant, source, state) VALUES (?, ?, '')");
    return insert.with(kTenant.value, name).run();
  });
}

/// Two databases that have nothing to do with each other: what one of them acknowledged the other does not have.
TEST(PostgresHosts, OfTwoClustersAreNoPair) {
  if (!Postgres::available()) GTEST_SKIP() << "PostgreSQL is not installed (scripts/packages-test.txt)";
  Postgres one, two;
  sql::PostgresEngineOptions options;
  options.server.url =
      "postgres://orgo@127.0.0.1:" + std::to_string(one.port()) + ",127.0.0.1:" + std::to_string(two.port()) + "/orgo";
  options.server.patience = Millis{10'000};
  const auto both = PostgresEngine::open(options);
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().code, Errc::invalid_input);
  EXPECT_THAT(both.error().message, HasSubstr("of another cluster"));

  // One that was made anew comes while we run: nothing is written there.
  two.stop();
  options.server.url += "?application_name=orgo2";
  auto engine = PostgresEngine::open(options).value();
  ASSERT_TRUE(add(*engine, "before"));
  one.stop();
  two.start();
  EXPECT_EQ(add(*engine, "elsewhere").error().code, Errc::unavailable);
  EXPECT_THAT(engine->trouble(), HasSubstr("of another cluster"));
  one.start();
  EXPECT_TRUE(add(*engine, "again"));
}

}  // namespace
}  // namespace orgo::fault
