#include "core/chain/chain.h"

#include <gtest/gtest.h>

#include "core/calendar/calendar.h"

namespace orgo {
namespace {

constexpr TimePoint kStart{Millis{1'800'000'000'000}};  // a Friday, 08:00 UTC
constexpr Millis kHour{3'600'000};

Calendar open_on(std::size_t weekday) {
  CalendarPlan plan;
  plan.name = "office";
  plan.week.at(weekday) = {{9 * 60, 17 * 60}};
  return Calendar(plan);
}

TEST(ChainCalendar, ACalendarThatNeverOpensKeepsNobodySilent) {
  const Calendar never{
      CalendarPlan{.name = "never", .zone = {}, .week = {}, .days = {}, .conventions = {}, .customers = {}}};
  Escalation escalation;
  escalation.steps = {{.after = kHour, .to = "head", .business = true},
                      {.after = 3 * kHour, .to = "board", .business = true}};
  escalation.started_at = kStart;
  const ChainTime time{&never, nullptr, false};
  EXPECT_EQ(next_deadline(escalation, time), kStart + kHour) << "wall time counts then";
  advance(escalation, kStart + kHour, time);
  EXPECT_EQ(next_deadline(escalation, time), kStart + 3 * kHour);
  advance(escalation, kStart + 3 * kHour, time);
  EXPECT_EQ(next_deadline(escalation, time), std::nullopt);
}

TEST(ChainCalendar, OpenTimeCountsByTheCalendarAndAStepOnTheWallByTheWall) {
  const auto monday = open_on(1);
  Escalation escalation;
  escalation.started_at = kStart;
  escalation.steps = {{.after = kHour, .to = "head", .business = true}};
  const auto in_open_time = next_deadline(escalation, ChainTime{&monday, nullptr, false});
  ASSERT_TRUE(in_open_time);
  EXPECT_TRUE(open_at(monday, *in_open_time)) << to_rfc3339(*in_open_time);
  EXPECT_EQ(business_time_between(monday, kStart, *in_open_time), kHour);
  EXPECT_EQ(next_deadline(escalation, ChainTime{nullptr, nullptr, false}), kStart + kHour) << "no calendar: the wall";
  escalation.steps.front().business = false;
  EXPECT_EQ(next_deadline(escalation, ChainTime{&monday, nullptr, false}), kStart + kHour);
}

TEST(ChainCalendar, QuietHoursHoldBackWhatIsNotUrgent) {
  const auto quiet = open_on(5);  // "open" is quiet: Friday, 9 to 17
  Escalation escalation;
  escalation.started_at = kStart;
  escalation.steps = {{.after = 2 * kHour, .to = "head"}};
  EXPECT_EQ(next_deadline(escalation, ChainTime{nullptr, &quiet, false}), kStart + 9 * kHour);
  EXPECT_EQ(next_deadline(escalation, ChainTime{nullptr, &quiet, true}), kStart + 2 * kHour) << "a fire does not wait";
}

}  // namespace
}  // namespace orgo
