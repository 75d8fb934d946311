// What a clock that was ahead by days or years has left behind, put right at the first look by a clock that is right.
#include "core/escalation/clock_ahead.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parts/parts.h"
#include "core/rules/rule_set.h"
#include "core/task/commands.h"
#include "tests/support/history.h"
#include "tests/support/tenants.h"
#include "tests/support/timers.h"

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimePoint kOpened{Millis{1'800'000'000'000}};  // Friday, 2027-01-15T08:00:00Z
constexpr Millis kHour{3'600'000};
constexpr TimePoint kNow = kOpened + kHour / 2;
constexpr Millis kAhead = 24 * 730 * kHour;

Task chained(TimePoint opened) {
  Task task{.tenant = kTenant};
  task.number = TaskNumber{4};
  task.version = 1;
  task.team = "desk@school.test";
  task.requester = mail_contact("kim@school.test");
  task.origin = MessageId{1};
  task.escalation = {.steps = {{kHour, "lead@school.test"}, {2 * kHour, "head@school.test"}}, .started_at = opened};
  task.due_at = opened + kHour;
  task.created_at = task.updated_at = opened;
  return task;
}
Changes put_right(const Task& task, TimePoint due, const EscalationContext& context = {}, TimePoint now = kNow) {
  return after_clock_ahead(task, {.name = kDeadlineTimer, .due_at = due, .visible_at = due}, now, context);
}
/// As it becomes, and asked again then: nothing more.
Task mended(const Task& task, const Changes& changes, std::vector<Event> history = {}) {
  EXPECT_EQ(untold(task, changes), "");
  EXPECT_THAT(changes.all<TaskChange>(), SizeIs(1));
  EXPECT_EQ(changes.events.at(0).kind, EventKind::task_clock);
  auto next = changes.all<TaskChange>()[0].task;
  EXPECT_EQ(next.version, task.version + 1);
  EXPECT_THAT(changes.sends, IsEmpty());
  history.insert(history.end(), changes.events.begin(), changes.events.end());
  EscalationContext context;
  context.history = history;
  for (const auto& timer : timers_set(changes))
    EXPECT_TRUE(is_empty(put_right(next, timer.due_at, context, kNow + Millis{1}))) << "once";
  return next;
}
Event replied(TimePoint at, const char* from) {
  Event event{.kind = EventKind::task_replied, .subject = TaskNumber{4}, .at = at, .actor = "rules"};
  event.data = R"({"from":")" + std::string(from) + "\"}";
  return event;
}

TEST(ClockAhead, AStepThatFiredThenGivesTheNextItsOwnTimeFromNow) {
  auto task = chained(kOpened);
  advance(task.escalation, kOpened + kAhead);
  task.updated_at = kOpened + kAhead;
  ASSERT_EQ(next_deadline(task.escalation), kOpened + kAhead + kHour);
  const auto changes = put_right(task, kOpened + kAhead + kHour);
  EXPECT_THAT(timers_set(changes), ElementsAre(deadline_set(TaskNumber{4}, kNow + kHour)));
  const auto next = mended(task, changes);
  EXPECT_EQ(next.escalation.level, 1);
  EXPECT_EQ(next.escalation.started_at, kOpened);
  EXPECT_EQ(next.due_at, task.due_at) << "that was right";
  EXPECT_EQ(next.updated_at, kNow);
}

TEST(ClockAhead, ATaskThatWasOpenedThenBeginsNow) {
  const auto then = kOpened + kAhead;
  const auto task = chained(then);
  const auto changes = put_right(task, then + kHour);
  EXPECT_THAT(timers_set(changes), ElementsAre(deadline_set(TaskNumber{4}, kNow + kHour)));
  const auto next = mended(task, changes);
  EXPECT_EQ(next.escalation.started_at, kNow);
  EXPECT_EQ(next.created_at, kNow);
  EXPECT_EQ(next.due_at, kNow + kHour) << "its chain made it";
  EXPECT_EQ(changes.events[0].data, R"({"from":"2029-01-14T08:00:00Z","to":"2027-01-15T08:30:00Z","by":"clock"})");
}

TEST(ClockAhead, WhatAPersonHasSetStays) {
  auto task = chained(kOpened + kAhead);
  task.due_at = kOpened + 2 * kAhead;
  const WaitingTimer alarm{.name = kOverdueTimer, .due_at = *task.due_at, .visible_at = *task.due_at};
  auto next = mended(task, after_clock_ahead(task, alarm, kNow, {}));
  EXPECT_EQ(next.due_at, task.due_at);
  EXPECT_TRUE(is_empty(after_clock_ahead(next, alarm, kNow, {})));
  // The alarm of a date that has passed, put off until then by quiet hours or by a policy that was not there.
  next.due_at = kNow - kHour;
  EXPECT_THAT(timers_set(after_clock_ahead(next, alarm, kNow, {})), ElementsAre(overdue_set(TaskNumber{4}, kNow)));
}

TEST(ClockAhead, ATimerAloneIsSetRightAndAClaimEnds) {
  const auto task = chained(kOpened);
  EXPECT_TRUE(is_empty(put_right(task, kOpened + kHour))) << "nothing is wrong";
  EXPECT_THAT(timers_set(put_right(task, kOpened + kAhead)), ElementsAre(deadline_set(TaskNumber{4}, kOpened + kHour)));
  const WaitingTimer claimed{.name = kDeadlineTimer, .due_at = kOpened + kHour, .visible_at = kOpened + kAhead};
  EXPECT_THAT(timers_set(after_clock_ahead(task, claimed, kOpened + kHour, {})),
              ElementsAre(deadline_set(TaskNumber{4}, kOpened + kHour)));
  const WaitingTimer under_way{
      .name = kDeadlineTimer, .due_at = kOpened + kHour, .visible_at = kOpened + kHour + Millis{30'000}};
  EXPECT_TRUE(is_empty(after_clock_ahead(task, under_way, kOpened + kHour, {}))) << "somebody fires it right now";
}

TEST(ClockAhead, WhoIsDoneAndWhoIsALittleAheadIsLeftAlone) {
  auto task = chained(kOpened + kAhead);
  task.state = TaskState::closed;
  EXPECT_TRUE(is_empty(put_right(task, kOpened + kAhead + kHour)));
  task = chained(kNow + kClockSkew);
  EXPECT_TRUE(is_empty(put_right(task, kNow + kClockSkew + kHour))) << "so much two nodes may differ";
  task = chained(kNow + kClockSkew + Millis{1});
  EXPECT_FALSE(is_empty(put_right(task, kNow + kClockSkew + kHour)));
}

TEST(ClockAhead, OneThatIsPendingOrTakenOnBeginsItsNextWaitNow) {
  for (const auto state : {TaskState::pending, TaskState::acknowledged}) {
    auto task = chained(kOpened + kAhead);
    task.state = state;
    const auto next = mended(task, put_right(task, kOpened + kAhead + kHour));
    const auto open = commands::set_state(next, TaskState::open, "user:anna", kNow + kHour / 2);
    ASSERT_TRUE(open);
    EXPECT_EQ(next_deadline(open->all<TaskChange>()[0].task.escalation), kNow + kHour);
  }
}

TEST(ClockAhead, QuietHoursHoldAsAlways) {
  const auto loaded =
      rules::load_rules({{"rules.yaml", "quiet_hours: {time_zone: UTC, hours: {daily: \"09:00-12:00\"}}\n"}});
  ASSERT_TRUE(loaded.rules);
  EscalationContext context;
  context.workplace = &loaded.rules->workplace();
  const auto task = chained(kOpened + kAhead);
  EXPECT_THAT(timers_set(put_right(task, kOpened + kAhead + kHour, context)),
              ElementsAre(deadline_set(TaskNumber{4}, kOpened + 4 * kHour)));
}

Task promised(TimePoint opened) {
  auto task = chained(opened);
  task.escalation = {};
  task.due_at.reset();
  task.sla = TaskSla{};
  task.sla->sla.name = "gold";
  for (const auto clock : {SlaClock::first_response, SlaClock::update})
    task.sla->sla.targets[static_cast<std::size_t>(clock)] = SlaTarget{.within = kHour, .wall_time = true};
  return task;
}

TEST(ClockAhead, APromiseToWhoWroteThenCountsFromNow) {
  const auto then = kOpened + kAhead;
  const std::vector<Event> history{replied(kOpened, "desk@school.test"), replied(then, "kim@school.test")};
  auto task = promised(kOpened - kHour);
  EscalationContext context;
  context.history = history;
  const auto changes = put_right(task, then + kHour, context);
  EXPECT_THAT(timers_set(changes), ElementsAre(deadline_set(TaskNumber{4}, kNow + kHour)));
  mended(task, changes, history);
  // And an hour later it is broken, and said to be.
  auto all = history;
  all.insert(all.end(), changes.events.begin(), changes.events.end());
  context.history = all;
  const auto told = escalate(changes.all<TaskChange>()[0].task, {TaskNumber{4}, kNow + kHour}, kNow + kHour, context);
  ASSERT_THAT(told.events, SizeIs(1));
  EXPECT_EQ(told.events[0].kind, EventKind::sla_breached);
}

TEST(ClockAhead, APromiseOfATaskThatWasOpenedThenCountsFromNow) {
  const auto then = kOpened + kAhead;
  auto task = promised(then);
  task.sla->tell(SlaClock::first_response, true, then);
  const auto changes = put_right(task, then + kHour);
  const auto next = mended(task, changes);
  EXPECT_TRUE(next.sla->was_told(SlaClock::first_response, true, kNow)) << "told once, whatever the clock said";
  task.sla->told.clear();
  EXPECT_THAT(timers_set(put_right(task, then + kHour)), ElementsAre(deadline_set(TaskNumber{4}, kNow + kHour)));
}

}  // namespace
}  // namespace orgo
