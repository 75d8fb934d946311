#include "core/delivery/watched_clock.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

using Look = WatchedClock::Look;
constexpr TimePoint kNow{Millis{1'800'000'000'000}};
constexpr Deadline kSteady{std::chrono::hours(1)};
constexpr Millis kMinute{60'000}, kHour{3'600'000}, kDay{86'400'000};

TEST(WatchedClock, SeesThatItWasSet) {
  WatchedClock clock;
  EXPECT_EQ(clock.look(kNow, kSteady), Look::first);
  EXPECT_EQ(clock.look(kNow + kMinute, kSteady + kMinute), Look::steady);
  EXPECT_EQ(clock.look(kNow + kMinute + Millis{900}, kSteady + kMinute), Look::steady) << "corrected a little";
  EXPECT_EQ(clock.look(kNow + 7 * kDay, kSteady + 2 * kMinute), Look::set_ahead);
  EXPECT_EQ(clock.look(kNow + 3 * kMinute, kSteady + 3 * kMinute), Look::set_back);
  EXPECT_EQ(clock.look(kNow + 4 * kMinute, kSteady + 4 * kMinute), Look::steady);
}

/// What was seen at these times, and since when what was made at `created` waits by then.
TimePoint since(WatchedClock& clock, TimePoint created, Millis wall, Millis steady) {
  clock.look(kNow + wall, kSteady + steady);
  return clock.waiting_since(created, kNow + wall, kSteady + steady);
}

TEST(WatchedClock, AJumpMakesNothingOld) {
  WatchedClock clock;
  clock.look(kNow, kSteady);
  EXPECT_EQ(since(clock, kNow - 4 * kDay, 7 * kHour, 7 * kHour), kNow - 4 * kDay) << "watched for long enough";
  EXPECT_EQ(clock.waiting_since(kNow, kNow + 9 * kDay, kSteady + 7 * kHour), kNow + 9 * kDay) << "before it is seen";
  EXPECT_EQ(since(clock, kNow, 9 * kDay, 7 * kHour), kNow + 9 * kDay) << "no time went by since";
  EXPECT_EQ(since(clock, kNow, 9 * kDay + kHour, 8 * kHour), kNow + 9 * kDay) << "an hour old";
  EXPECT_EQ(since(clock, kNow + 9 * kDay + kMinute, 9 * kDay + kHour, 8 * kHour), kNow + 9 * kDay + kMinute);
  EXPECT_EQ(since(clock, kNow, 9 * kDay + 6 * kHour, 13 * kHour), kNow) << "the new time is believed in the end";
}

TEST(WatchedClock, NorDoesATimeInWhichNobodyTried) {
  WatchedClock started;
  EXPECT_EQ(since(started, kNow - 30 * kDay, Millis{}, Millis{}), kNow);
}

}  // namespace
}  // namespace orgo
