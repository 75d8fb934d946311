#include "adapter/sql/sqlite/sqlite_connection.h"

#include <gtest/gtest.h>

#include <string>

namespace orgo::sql {
namespace {

/// A statement that could use a partial index for some values and not for others has one plan for all.
TEST(SqliteConnection, WhatIsBoundChangesNoPlan) {
  int plans = 0, uses = 0;
  SqliteOptions options;
  options.in_memory = true;
  options.watch = [&](std::string_view sql, std::int64_t, int planned) {
    if (!sql.starts_with("SELECT id FROM things")) return;
    ++uses;
    plans += planned;
  };
  const auto db = open_sqlite_connection(options).value();
  ASSERT_TRUE(
      db->execute("CREATE TABLE things (id INTEGER PRIMARY KEY, state INT, died_at INT); "
                  "CREATE INDEX dead ON things (died_at) WHERE state = 2"));
  for (int round = 0; round < 6; ++round) {
    Query query(*db, "SELECT id FROM things WHERE id BETWEEN ? AND ? AND state = ? AND died_at > ?");
    query.with(round, round + 10, 1 + round % 2, round);
    ASSERT_TRUE(query.next());
  }
  EXPECT_EQ(uses, 6);
  EXPECT_EQ(plans, 0);
}

}  // namespace
}  // namespace orgo::sql
