#include "adapter/sql/postgres/statement_text.h"

#include <gtest/gtest.h>

namespace orgo::sql {
namespace {

TEST(StatementText, ParametersAreNumberedInOrder) {
  EXPECT_EQ(numbered_parameters("SELECT a FROM t WHERE b = ? AND c IN (?, ?) LIMIT ?"),
            "SELECT a FROM t WHERE b = $1 AND c IN ($2, $3) LIMIT $4");
  EXPECT_EQ(numbered_parameters("SELECT 1"), "SELECT 1");
  EXPECT_EQ(numbered_parameters(""), "");
  EXPECT_EQ(numbered_parameters("?"), "$1");
}

TEST(StatementText, WhatIsQuotedStays) {
  EXPECT_EQ(numbered_parameters("SELECT '?', ? FROM t WHERE a = 'it''s ?' AND b = ?"),
            "SELECT '?', $1 FROM t WHERE a = 'it''s ?' AND b = $2");
  EXPECT_EQ(numbered_parameters("SELECT \"odd?\" FROM t WHERE x = ?"), "SELECT \"odd?\" FROM t WHERE x = $1");
}

TEST(StatementText, MoreThanNine) {
  std::string sql = "VALUES (?";
  std::string numbered = "VALUES ($1";
  for (int i = 2; i <= 208; ++i) {
    sql += ", ?";
    numbered += ", $" + std::to_string(i);
  }
  EXPECT_EQ(numbered_parameters(sql + ")"), numbered + ")");
}

}  // namespace
}  // namespace orgo::sql
