// What is posted to a server that is away.
#include <gtest/gtest.h>

#include <thread>

#include "adapter/sql/postgres/postgres_engine.h"
#include "tests/support/postgres.h"
#include "tests/support/tenants.h"

namespace orgo::fault {
namespace {

using sql::Query;
using sql::Transaction;

std::int64_t count_posted(sql::PostgresEngine& engine) {
  auto use = engine.reader(sql::Scope::all());
  if (!use) return -1;
  Query query(**use, "SELECT count(*) FROM rhythms");
  return query.next().value_or(false) ? query.integer(0) : -1;
}

/// Nobody waits for it, so nobody would bring it again: a lease that was given up would be held to its end.
TEST(PostgresPosted, WhatWasPostedIsDoneWhenTheServerIsBack) {
  if (!tests::Postgres::available()) GTEST_SKIP() << "PostgreSQL is not installed (scripts/packages-test.txt)";
  tests::Postgres server;
  sql::PostgresEngineOptions options;
  options.server.url = server.url();
  auto engine = sql::PostgresEngine::open(options).value();
  server.stop();
  for (int i = 0; i < 20; ++i)
    engine->post({kTenant}, [i](Transaction& tx) -> Status {
      Query insert(tx.connection(), "INSERT INTO rhythms (tenant, source, state) VALUES (?, ?, '')");
      return insert.with(kTenant.value, "posted " + std::to_string(i)).run();
    });
  while (engine->trouble().empty()) std::this_thread::yield();
  server.start();
  const auto until = within(Millis{30'000});
  while ((count_posted(*engine) < 20 || !engine->trouble().empty()) && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_EQ(count_posted(*engine), 20) << "without anybody who writes";
  EXPECT_EQ(engine->trouble(), "");
}

}  // namespace
}  // namespace orgo::fault
