// Whatever changes a task leaves an event of the right kind in the same Changes, so that its history has no holes:
// commands of people, steps of chains with their effects, promises, calendars that change, alarms that end.
#include "tests/support/history.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/escalation/escalate.h"
#include "core/silence/alarm.h"
#include "core/task/commands.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

constexpr TimePoint kNow{Millis{1'767'262'200'000}};  ///< 2026-01-01T10:10:00Z
constexpr Millis kHour{3'600'000};

const std::string& name(int choice) {
  static const std::string names[] = {"", "bob@organization.com", "carl", "dora@organization.com"};
  return names[static_cast<std::size_t>(choice) % 4];
}

Task some_task(int choice) {
  Task task{.tenant = kTenant};
  task.number = TaskNumber{12};
  task.version = 3;
  task.state = static_cast<TaskState>(1 + choice % 6);
  task.priority = static_cast<Priority>(1 + choice % 4);
  task.team = "desk@organization.com";
  task.assignee = name(choice);
  if (choice % 2 != 0) task.tags = {"carl"};
  if (choice % 3 == 0) task.due_at = kNow + kHour;
  task.fields = {{"room", "Room", name(choice), ""}};
  task.escalation.started_at = kNow - kHour;
  EscalationStep step{.after = kHour, .to = name(choice), .business = choice % 5 == 0};
  StepEffects effects;
  if (choice % 2 == 0) effects.priority = static_cast<Priority>(1 + choice / 2 % 4);
  effects.assign = name(choice / 3);
  effects.tags = {"late", name(choice / 2)};
  step.effects = effects;
  task.escalation.steps = {step, {.after = 2 * kHour, .to = ""}};
  task.created_at = task.updated_at = task.escalation.started_at;
  return task;
}

Result<Changes> command(const Task& task, int what, int choice) {
  const std::string actor = choice % 2 == 0 ? "user:anna" : "rules";
  switch (what) {
    case 0:
      return commands::assign(task, name(choice), actor, kNow);
    case 1:
      return commands::reopen(task, actor, kNow);
    case 2:
      return commands::set_state(task, static_cast<TaskState>(1 + choice % 6), actor, kNow);
    case 3:
      return commands::set_priority(task, static_cast<Priority>(1 + choice % 4), actor, kNow);
    case 4:
      return commands::comment(task, name(choice), actor, kNow);
    case 5:
      return commands::tag(task, name(choice), actor, kNow);
    case 6:
      return commands::untag(task, name(choice), actor, kNow);
    case 7:
      return commands::set_due(task, choice % 3 == 0 ? std::nullopt : std::optional(kNow + choice * kHour), actor,
                               kNow);
    case 8:
      return commands::set_fields(task, {{"room", "Room", name(choice), ""}, {"floor", "Floor", "2", ""}}, actor, kNow);
    default:
      return commands::route(task, name(choice), actor, kNow);
  }
}
constexpr int kCommands = 10;

void nothing_is_untold(const Task& task, const Changes& changes) {
  const auto hole = untold(task, changes);
  if (!hole.empty()) RC_LOG() << "no event tells of " << hole << "\n";
  RC_ASSERT(hole.empty());
}

RC_GTEST_PROP(History, CommandsTellAllThatTheyChange, ()) {
  const auto task = some_task(*rc::gen::inRange(0, 240));
  const auto changes = command(task, *rc::gen::inRange(0, kCommands), *rc::gen::inRange(0, 24));
  if (changes) nothing_is_untold(task, *changes);
}

RC_GTEST_PROP(History, StepsTellAllThatTheyChange, ()) {
  auto task = some_task(*rc::gen::inRange(0, 240));
  const int minutes = *rc::gen::inRange(0, 300);
  const auto at = task.escalation.started_at + std::chrono::minutes(minutes);
  EscalationContext context;
  Workplace workplace;
  if (*rc::gen::arbitrary<bool>()) context.workplace = &workplace;
  for (const auto due : {task.escalation.started_at, task.escalation.started_at + kHour}) {
    if (due > at) continue;
    nothing_is_untold(task, escalate(task, {task.number, due}, at, context));
    nothing_is_untold(task, correct_due(task, at, at, context));
  }
}

TEST(History, ACalendarThatChangesTellsOfTheNewDeadlineAndAPersonsStays) {
  auto task = some_task(1);
  task.due_at = kNow;
  const auto moved = correct_due(task, kNow + kHour, kNow, {});
  EXPECT_EQ(untold(task, moved), "");
  ASSERT_EQ(moved.events.size(), 1U);
  EXPECT_EQ(moved.events[0].kind, EventKind::task_due);
  EXPECT_EQ(moved.events[0].actor, "escalation");
  // What it told itself is no word of a person: the next change of the calendar moves the deadline again.
  EscalationContext context;
  context.history = moved.events;
  EXPECT_FALSE(correct_due(task, kNow + 2 * kHour, kNow, context).events.empty());
  auto by_person = moved.events;
  by_person[0].actor = "user:anna";
  context.history = by_person;
  EXPECT_TRUE(correct_due(task, kNow + 2 * kHour, kNow, context).events.empty());
}

TEST(History, TheEndOfAnAlarmIsTold) {
  for (int i = 0; i < 24; ++i) {
    const auto task = some_task(i);
    EXPECT_EQ(untold(task, silence::end_alarm("channel:lmtp", task, kNow, kNow + kHour)), "");
  }
}

TEST(History, AHoleIsFound) {
  const auto task = some_task(1);
  auto next = task;
  next.priority = Priority::low;
  next.team = "elsewhere";
  Changes changes{.tenant = kTenant, .at = kNow};
  changes.add(TaskChange{next});
  changes.events.push_back({.kind = EventKind::task_priority, .subject = TaskNumber{13}});
  EXPECT_EQ(untold(task, changes), "priority team") << "an event of another task is none of this";
  changes.events.push_back({.kind = EventKind::task_priority, .subject = task.number});
  EXPECT_EQ(untold(task, changes), "team");
}

}  // namespace
}  // namespace orgo
