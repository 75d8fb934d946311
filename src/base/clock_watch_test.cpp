// When a wall clock is believed, beside one that never jumps.
#include "base/clock_watch.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

constexpr Millis kSecond{1'000};
constexpr Millis kDay{86'400'000};

struct Watched {
  void look(Millis passed = kSecond, Millis jump = Millis{0}) {
    now += passed + jump;
    steady += passed;
    watch.look(now, steady);
  }
  TimePoint now{Millis{1'800'000'000'000}};
  Deadline steady{std::chrono::hours(1)};
  ClockWatch watch;
};

TEST(ClockWatch, OneThatHasStoodForAWhileIsBelieved) {
  Watched clock;
  clock.look();
  EXPECT_FALSE(clock.watch.is_believed());
  clock.look(ClockWatch::kSettled - kSecond, ClockWatch::kJump);
  EXPECT_FALSE(clock.watch.is_believed());
  EXPECT_FALSE(clock.watch.has_jumped());
  clock.look();
  EXPECT_TRUE(clock.watch.is_believed());
}

TEST(ClockWatch, OneThatIsBackWhereItWasIsBelievedAtOnce) {
  Watched clock;
  clock.look();
  clock.look(kSecond, 730 * kDay);
  EXPECT_FALSE(clock.watch.was_set_back());
  EXPECT_FALSE(clock.watch.is_believed());
  clock.look(4 * kSecond, -730 * kDay);
  EXPECT_TRUE(clock.watch.was_set_back());
  EXPECT_TRUE(clock.watch.is_believed());
  clock.look();
  EXPECT_FALSE(clock.watch.was_set_back()) << "said once";
  EXPECT_TRUE(clock.watch.is_believed());
}

TEST(ClockWatch, OneThatFallsBehindIsNot) {
  Watched clock;
  clock.look();
  clock.look(ClockWatch::kSettled);
  clock.look(kSecond, -kDay);
  EXPECT_TRUE(clock.watch.was_set_back());
  EXPECT_TRUE(clock.watch.has_jumped());
  EXPECT_FALSE(clock.watch.is_believed()) << "for all we know it is wrong now";
  clock.look(kSecond, kDay);
  EXPECT_TRUE(clock.watch.is_believed());
  clock.look(kSecond, -kDay - ClockWatch::kSettled);
  EXPECT_FALSE(clock.watch.is_believed());
  clock.look(ClockWatch::kSettled);
  EXPECT_TRUE(clock.watch.is_believed()) << "that is how it is now";
}

TEST(ClockWatch, OneThatIsSlowlyPutRightHasNotJumped) {
  Watched clock;
  clock.look();
  clock.look(std::chrono::hours(10), Millis{20'000});
  EXPECT_FALSE(clock.watch.has_jumped());
  clock.look(std::chrono::hours(10), Millis{40'000});
  EXPECT_TRUE(clock.watch.has_jumped());
}

constexpr Millis kHour{3'600'000};

TEST(ClockWatch, AJumpMakesNothingOld) {
  Watched clock;
  clock.look();
  const auto start = clock.now;
  const auto since = [&](TimePoint created) { return clock.watch.waiting_since(created, clock.now, clock.steady); };
  clock.look(7 * kHour);
  EXPECT_EQ(since(start - 4 * kDay), start - 4 * kDay) << "watched for long enough";
  EXPECT_EQ(clock.watch.waiting_since(start, start + 9 * kDay, clock.steady), start + 9 * kDay) << "before it is seen";
  clock.look(Millis{0}, 9 * kDay);
  const auto jumped = clock.now;
  EXPECT_EQ(since(start), jumped) << "no time went by since";
  clock.look(kHour);
  EXPECT_EQ(since(start), jumped) << "an hour old";
  EXPECT_EQ(since(jumped + kHour / 2), jumped + kHour / 2);
  clock.look(5 * kHour);
  EXPECT_EQ(since(start), start) << "the new time is believed in the end";
}

TEST(ClockWatch, NorDoesATimeInWhichNobodyTried) {
  Watched clock;
  clock.look();
  EXPECT_EQ(clock.watch.waiting_since(clock.now - 30 * kDay, clock.now, clock.steady), clock.now);
}

}  // namespace
}  // namespace orgo
