#include "service/views/clock_view.h"

#include <gtest/gtest.h>

namespace orgo::views {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(ClockView, SaysHowLongItTookAsPeopleDo) {
  ClockReading clock{.within = hours{4}};
  const auto took = [&](Millis span) {
    clock.taken = span;
    return in_words(clock);
  };
  EXPECT_EQ(took(Millis{944}), "took less than a second");
  EXPECT_EQ(took(Millis{1'000}), "took 1 second");
  EXPECT_EQ(took(Millis{12'345}), "took 12 seconds");
  EXPECT_EQ(took(minutes{59} + seconds{59}), "took 59 minutes");
  EXPECT_EQ(took(hours{5} + seconds{7}), "took 5 hours, late by 1 hour");
}

TEST(ClockView, SaysHowMuchIsLeft) {
  ClockReading clock{.within = hours{4}, .running = true};
  clock.due = TimePoint{};
  clock.left = Millis{300};
  EXPECT_TRUE(in_words(clock).ends_with(", less than a second left")) << in_words(clock);
  clock.left = -Millis{61'500};
  EXPECT_EQ(in_words(clock), "overdue by 1 minute");
  clock.paused = true;
  EXPECT_EQ(in_words(clock), "paused");
  EXPECT_EQ(in_words({}), "not running");
}

}  // namespace
}  // namespace orgo::views
