#include "adapter/sql/postgres/postgres_error.h"

#include <gtest/gtest.h>

#include "base/store_trouble.h"

namespace orgo::sql {
namespace {

TEST(PostgresError, TheStateSaysWhatToDo) {
  EXPECT_EQ(code_of_state("23505"), Errc::conflict);
  EXPECT_EQ(code_of_state("23502"), Errc::conflict);
  EXPECT_EQ(code_of_state("53100"), Errc::resource_exhausted);
  EXPECT_EQ(code_of_state("53300"), Errc::unavailable) << "too many connections: they become fewer";
  EXPECT_EQ(code_of_state("XX001"), Errc::corrupt);
  EXPECT_EQ(code_of_state("54000"), Errc::conflict) << "larger than an index takes";
  EXPECT_EQ(code_of_state("22P05"), Errc::conflict) << "no such character in the encoding";
  for (const char* state : {"P0001", "P0002", "P0004", "38000", "39001"})
    EXPECT_EQ(code_of_state(state), Errc::conflict) << state << ": a trigger refuses this row";
  EXPECT_EQ(code_of_state("42501"), Errc::unavailable) << "a lost right refuses all alike";
  EXPECT_EQ(code_of_state("42501", "ExecWithCheckOptions"), Errc::conflict) << "the row of another tenant";
  EXPECT_EQ(code_of_state(""), Errc::unavailable);
  EXPECT_EQ(code_of_state("57P01"), Errc::unavailable);
}

/// All classes of SQLSTATE, and some that are none: none of them is the fault of who sent a mail.
TEST(PostgresError, NoStateIsTheFaultOfWhoSent) {
  const std::string signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (const char first : signs)
    for (const char second : signs)
      for (const char* rest : {"000", "001", "501", "P01", "P04", "505"}) {
        const auto state = std::string{first, second} + rest;
        const auto code = code_of_state(state);
        EXPECT_TRUE(is_store_trouble(code) || code == Errc::conflict) << state;
      }
}

TEST(PostgresError, WhatIsOfTheMomentIsRunAgain) {
  for (const char* state : {"40001", "40P01", "57P01", "57P03", "08006", "08P01", "25006", ""})
    EXPECT_TRUE(is_of_the_moment(state)) << state;
  for (const char* state : {"23505", "42601", "53100", "XX001", "57014", "25P02"})
    EXPECT_FALSE(is_of_the_moment(state)) << state;
}

TEST(PostgresError, ADeadlockLeavesTheConnection) {
  EXPECT_FALSE(ends_the_connection("40P01"));
  EXPECT_FALSE(ends_the_connection("23505"));
  EXPECT_TRUE(ends_the_connection("25006"));
  EXPECT_TRUE(ends_the_connection(""));
}

}  // namespace
}  // namespace orgo::sql
