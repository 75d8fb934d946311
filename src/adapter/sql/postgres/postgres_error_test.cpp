#include "adapter/sql/postgres/postgres_error.h"

#include <gtest/gtest.h>

namespace orgo::sql {
namespace {

TEST(PostgresError, TheStateSaysWhatToDo) {
  EXPECT_EQ(code_of_state("23505"), Errc::conflict);
  EXPECT_EQ(code_of_state("23502"), Errc::conflict);
  EXPECT_EQ(code_of_state("53100"), Errc::resource_exhausted);
  EXPECT_EQ(code_of_state("53300"), Errc::unavailable) << "too many connections: they become fewer";
  EXPECT_EQ(code_of_state("XX001"), Errc::corrupt);
  EXPECT_EQ(code_of_state("28P01"), Errc::invalid_input);
  EXPECT_EQ(code_of_state("3D000"), Errc::invalid_input);
  EXPECT_EQ(code_of_state(""), Errc::unavailable);
  EXPECT_EQ(code_of_state("57P01"), Errc::unavailable);
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
