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

TEST(StatementText, ASelectForManySetsNamesTheSetOfEachRow) {
  EXPECT_EQ(select_for_all("SELECT a, '?' FROM t WHERE b = ? AND c = ? LIMIT ?",
                           {ParameterType::number, ParameterType::text, ParameterType::number}),
            "SELECT found_.*, asked_.set_number FROM unnest($1::bigint[], $2::text[], $3::bigint[]) WITH ORDINALITY AS "
            "asked_(p1, p2, p3, set_number) CROSS JOIN LATERAL (SELECT a, '?' FROM t WHERE b = asked_.p1 AND c = "
            "asked_.p2 LIMIT asked_.p3) AS found_");
}

TEST(StatementText, AnInsertOfManyRowsKeepsWhatStandsBehind) {
  EXPECT_EQ(insert_of_all("INSERT INTO t (a, b) VALUES (?, ?)", {ParameterType::number, ParameterType::blob}),
            "INSERT INTO t (a, b) SELECT * FROM unnest($1::bigint[], $2::bytea[])");
  EXPECT_EQ(insert_of_all("INSERT INTO t (a) VALUES (?) ON CONFLICT (a) DO NOTHING", {ParameterType::text}),
            "INSERT INTO t (a) SELECT * FROM unnest($1::text[]) ON CONFLICT (a) DO NOTHING");
}

TEST(StatementText, WhatMustMeetARowDividesByTheirCount) {
  EXPECT_EQ(must_meet_a_row("DELETE FROM t WHERE a = $1"),
            "WITH met AS (DELETE FROM t WHERE a = $1 RETURNING 1) SELECT 1 / count(*) FROM met");
}

}  // namespace
}  // namespace orgo::sql
