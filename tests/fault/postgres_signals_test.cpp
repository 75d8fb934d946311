// Signals over a server that is cut off, killed or away: nobody waits for it, what this node tells itself is heard all
// the same, and whoever may have missed something is told to look.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/sql/postgres/postgres_signals.h"
#include "tests/support/cutting_proxy.h"
#include "tests/support/heard.h"
#include "tests/support/postgres_schema.h"

namespace orgo::fault {
namespace {

using sql::PostgresSignals;
using testing::Contains;
using testing::Not;
using tests::CuttingProxy;
using tests::Heard;
using tests::Postgres;
using tests::PostgresSchema;

class PostgresSignalsFault : public testing::Test {
 protected:
  void SetUp() override {
    if (!Postgres::available()) GTEST_SKIP() << "PostgreSQL is not installed (scripts/packages-test.txt)";
  }
};

TEST_F(PostgresSignalsFault, BehindACutEachSubscriptionIsToldToLook) {
  const PostgresSchema schema;
  CuttingProxy proxy(Postgres::shared().port());
  PostgresSignals near(schema.options()), far(schema.options_at(proxy.port()));
  Heard rules, sessions, elsewhere;
  const auto one = far.subscribe("rules", rules.listener());
  const auto two = far.subscribe("sessions", sessions.listener());
  const auto three = near.subscribe("rules", elsewhere.listener());
  ASSERT_TRUE(rules.hears(near, "rules", "before"));
  ASSERT_TRUE(elsewhere.hears(far, "rules", "back"));
  ASSERT_TRUE(rules.waits_for("") && sessions.waits_for("")) << "also when it is connected first";
  rules.forget();
  sessions.forget();
  const auto connections = proxy.connections();
  proxy.cut_now();
  far.publish("rules", "while it is cut");
  EXPECT_TRUE(elsewhere.waits_for("while it is cut")) << "what waits goes out later";
  EXPECT_TRUE(rules.waits_for(""));
  EXPECT_TRUE(sessions.waits_for(""));
  EXPECT_GT(proxy.connections(), connections);
  EXPECT_TRUE(rules.hears(near, "rules", "after"));
}

TEST_F(PostgresSignalsFault, WhileTheServerIsAwayANodeHearsItselfAndThenTheOthers) {
  Postgres server;
  sql::PostgresOptions options{.url = server.url(), .patience = Millis{10'000}};
  PostgresSignals one(options), other(options);
  Heard own, others;
  const auto held = one.subscribe("rules", own.listener());
  const auto far = other.subscribe("rules", others.listener());
  ASSERT_TRUE(others.hears(one, "rules", "before"));
  server.kill();
  EXPECT_TRUE(own.hears(one, "rules", "while"));
  EXPECT_THAT(others.texts(), Not(Contains("while")));
  others.forget();
  server.start();
  EXPECT_TRUE(others.waits_for(""));
  EXPECT_TRUE(others.hears(one, "rules", "after"));
}

TEST_F(PostgresSignalsFault, AServerThatWasNeverThereEndsInTime) {
  sql::PostgresOptions options{.url = "postgres://orgo@127.0.0.1:1/orgo", .patience = Millis{10'000}};
  PostgresSignals signals(options);
  Heard heard;
  const auto held = signals.subscribe("rules", heard.listener());
  EXPECT_TRUE(heard.hears(signals, "rules", "to itself"));
  EXPECT_FALSE(signals.is_listening());
}

}  // namespace
}  // namespace orgo::fault
