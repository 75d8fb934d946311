#include "core/chain/chain.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "core/calendar/calendar.h"

namespace orgo {
namespace {

constexpr Millis kHour{3'600'000};
constexpr Millis kMinute{60'000};

/// Monday to Friday, 9 to 17.
Calendar office() {
  CalendarPlan plan;
  for (std::size_t day = 1; day <= 5; ++day) plan.week[day] = {{9 * 60, 17 * 60}};
  return Calendar(plan);
}
/// Each night from 22 to 7.
Calendar nights() {
  CalendarPlan plan;
  for (auto& day : plan.week) day = {{22 * 60, 31 * 60}};
  return Calendar(plan);
}

EscalationStep wall(Millis after, const char* to) {
  return {.after = after, .to = to};
}
EscalationStep open(Millis after, const char* to) {
  return {.after = after, .to = to, .business = true};
}
Escalation chain(std::vector<EscalationStep> steps, std::string_view from) {
  return {.steps = std::move(steps), .level = 0, .started_at = *parse_rfc3339(from)};
}

struct Fired {
  std::string to;
  TimePoint at;
  friend bool operator==(const Fired&, const Fired&) = default;
};
/// Who is told when, while somebody looks all the time.
std::vector<Fired> run(Escalation escalation, const ChainTime& time) {
  std::vector<Fired> fired;
  while (const auto next = next_step(escalation, time)) {
    const auto& to = escalation.steps[next->index].to;
    fired.push_back({to, next->at});
    advance(escalation, next->at, time);
    const auto last = static_cast<std::size_t>(escalation.level) - 1;
    EXPECT_EQ(escalation.steps[last].to, fired.back().to) << "what has fired stands first";
  }
  return fired;
}
std::vector<Fired> told(std::initializer_list<std::pair<const char*, const char*>> list) {
  std::vector<Fired> all;
  for (const auto& [to, at] : list) all.push_back({to, *parse_rfc3339(at)});
  return all;
}

TEST(Chain, AStepOnTheWallNeverWaitsForOneInOpenTime) {
  const auto calendar = office();
  const ChainTime time{.calendar = &calendar};
  // Friday, an hour before it closes.
  const auto friday = "2026-11-20T16:00:00Z";
  EXPECT_EQ(run(chain({open(2 * kHour, "lead"), wall(3 * kHour, "guard")}, friday), time),
            told({{"guard", "2026-11-20T19:00:00Z"}, {"lead", "2026-11-23T10:00:00Z"}}));
  EXPECT_EQ(
      run(chain({open(2 * kHour, "lead"), open(4 * kHour, "head"), wall(3 * kHour, "guard"), wall(67 * kHour, "board")},
                friday),
          time),
      told({{"guard", "2026-11-20T19:00:00Z"},
            {"lead", "2026-11-23T10:00:00Z"},
            {"board", "2026-11-23T11:00:00Z"},
            {"head", "2026-11-23T12:00:00Z"}}));
  // On a Monday the same chain goes as it is written.
  EXPECT_EQ(run(chain({open(2 * kHour, "lead"), wall(3 * kHour, "guard")}, "2026-11-23T10:00:00Z"), time),
            told({{"lead", "2026-11-23T12:00:00Z"}, {"guard", "2026-11-23T13:00:00Z"}}));
  // At the same instant: as written.
  EXPECT_EQ(run(chain({open(2 * kHour, "lead"), wall(2 * kHour, "guard")}, "2026-11-23T10:00:00Z"), time),
            told({{"lead", "2026-11-23T12:00:00Z"}, {"guard", "2026-11-23T12:00:00Z"}}));
}

TEST(Chain, WhatIsPassedOverIsTheNextAndNotTheFirstWritten) {
  const auto calendar = office();
  const ChainTime time{.calendar = &calendar};
  auto escalation = chain({open(2 * kHour, "lead"), wall(3 * kHour, "guard")}, "2026-11-20T16:00:00Z");
  pass_over(escalation, time);
  EXPECT_EQ(escalation.steps[0].to, "guard");
  EXPECT_EQ(next_deadline(escalation, time), *parse_rfc3339("2026-11-23T10:00:00Z"));
}

TEST(Chain, AfterADowntimeWhatIsLeftOfEitherKindHasItsTime) {
  const auto calendar = office();
  const ChainTime time{.calendar = &calendar};
  // Due on Monday at 11 (lead), 12 (guard), 13 (head); up again at 15.
  auto escalation =
      chain({open(2 * kHour, "lead"), wall(3 * kHour, "guard"), open(4 * kHour, "head")}, "2026-11-23T09:00:00Z");
  advance(escalation, *parse_rfc3339("2026-11-23T15:00:00Z"), time);
  const auto rest = run(escalation, time);
  EXPECT_EQ(rest, told({{"guard", "2026-11-23T16:00:00Z"}, {"head", "2026-11-23T17:00:00Z"}}));
  // A step on the wall that came late: what was open since the start is known to what counts open time.
  escalation =
      chain({wall(2 * kHour, "guard"), open(3 * kHour, "lead"), wall(30 * kHour, "board")}, "2026-11-23T08:00:00Z");
  advance(escalation, *parse_rfc3339("2026-11-23T16:00:00Z"), time);
  EXPECT_EQ(run(escalation, time), told({{"lead", "2026-11-24T10:00:00Z"}, {"board", "2026-11-24T20:00:00Z"}}));
}

TEST(Chain, ACalendarThatNeverOpensKeepsNobodyWaiting) {
  const Calendar never{CalendarPlan{}};
  EXPECT_EQ(run(chain({open(2 * kHour, "lead"), wall(3 * kHour, "guard")}, "2026-11-20T16:00:00Z"),
                ChainTime{.calendar = &never}),
            told({{"lead", "2026-11-20T18:00:00Z"}, {"guard", "2026-11-20T19:00:00Z"}}));
}

/// Steps of both kinds, each kind in order as a rule file has them, mixed in any way.
std::vector<EscalationStep> some_steps() {
  std::vector<EscalationStep> steps;
  Millis after[2] = {};
  const int count = *rc::gen::inRange(1, 12);
  for (int i = 0; i < count; ++i) {
    const bool business = *rc::gen::arbitrary<bool>();
    after[business ? 1 : 0] += *rc::gen::inRange(1, 40 * 60) * kMinute;
    steps.push_back({.after = after[business ? 1 : 0], .to = std::to_string(i), .business = business});
  }
  return steps;
}

RC_GTEST_PROP(Chain, TheOrderOfFiringIsThatOfTheInstants, ()) {
  const auto calendar = office();
  const ChainTime time{.calendar = &calendar};
  auto escalation = chain(some_steps(), "2026-11-16T00:00:00Z");
  escalation.started_at += *rc::gen::inRange(0, 14 * 24 * 60) * kMinute;
  std::vector<Fired> wanted;
  for (const auto& step : escalation.steps) {
    const auto alone = Escalation{.steps = {step}, .level = 0, .started_at = escalation.started_at};
    wanted.push_back({step.to, *next_deadline(alone, time)});
  }
  std::stable_sort(wanted.begin(), wanted.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  RC_ASSERT(run(escalation, time) == wanted);
}

RC_GTEST_PROP(Chain, EachOnceInOrderWithItsTimeWhateverIsLate, ()) {
  const auto calendar = office();
  const auto quiet = nights();
  const ChainTime time{.calendar = &calendar, .quiet = *rc::gen::arbitrary<bool>() ? &quiet : nullptr};
  auto escalation = chain(some_steps(), "2026-11-16T08:00:00Z");
  const auto all = escalation.steps.size();
  auto now = escalation.started_at;
  std::vector<std::string> told;
  while (const auto next = next_step(escalation, time)) {
    RC_ASSERT(next->at >= now);  // what is left is never behind what has fired
    RC_ASSERT(next->at <= escalation.started_at + Millis{24 * 365 * kHour});
    // Without a calendar at hand it is looked at sooner, never later.
    RC_ASSERT(*next_deadline(escalation) <= next->at);
    told.push_back(escalation.steps[next->index].to);
    now = next->at + (*rc::gen::inRange(0, 3) == 0 ? *rc::gen::inRange(0, 72 * 60) * kMinute : Millis{0});
    advance(escalation, now, time);
  }
  std::sort(told.begin(), told.end());
  RC_ASSERT(told.size() == all);
  RC_ASSERT(std::adjacent_find(told.begin(), told.end()) == told.end());
}

}  // namespace
}  // namespace orgo
