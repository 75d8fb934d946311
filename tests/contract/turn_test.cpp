// service/turn over real locks: one of several nodes works, and another takes over.
#include "service/turn/turn.h"

#include <gtest/gtest.h>

#include "adapter/in_process/in_process_locks.h"

namespace orgo {
namespace {

class HandClock final : public Clock {
 public:
  TimePoint now() override { return at; }
  TimePoint at{Millis{1'770'000'000'000}};
};

class TurnTest : public testing::Test {
 protected:
  HandClock clock;
  InProcessLocks locks{clock.at};
  Turn one{locks, clock, "feeds", "one", Millis{60'000}};
  Turn two{locks, clock, "feeds", "two", Millis{60'000}};
};

TEST_F(TurnTest, OneWorksAsLongAsItGoesOnAsking) {
  EXPECT_TRUE(one.is_ours());
  for (int i = 0; i < 10; ++i) {
    clock.at += Millis{50'000};
    EXPECT_TRUE(one.is_ours());
    EXPECT_FALSE(two.is_ours());
  }
  const auto token = one.token();
  EXPECT_GT(token, 0);
  EXPECT_EQ(two.token(), 0);
  one.give_up();
  one.give_up();
  EXPECT_TRUE(two.is_ours()) << "at once";
  EXPECT_GT(two.token(), token);
  EXPECT_FALSE(one.is_ours());
}

TEST_F(TurnTest, ADeadNodeKeepsNobodyWaitingForLong) {
  EXPECT_TRUE(one.is_ours());
  clock.at += Millis{60'000};
  EXPECT_TRUE(two.is_ours());
  EXPECT_FALSE(one.is_still_ours());
  EXPECT_FALSE(one.is_ours());
}

/// It stood still, another worked and went, and its turn comes again: what it began with is an earlier turn's.
TEST_F(TurnTest, ATurnThatWasLostInTheMiddleOfAStepIsNotTakenAgainByIt) {
  EXPECT_TRUE(one.is_ours());
  clock.at += Millis{60'000};
  EXPECT_TRUE(two.is_ours());
  two.give_up();
  EXPECT_FALSE(one.is_still_ours());
  EXPECT_FALSE(one.is_still_ours());
  EXPECT_TRUE(one.is_ours());
}

}  // namespace
}  // namespace orgo
