// What happens when the date passes that a person has set for a task.
#include "core/escalation/overdue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parts/parts.h"
#include "core/rules/rule_set.h"
#include "core/task/commands.h"
#include "tests/support/tenants.h"
#include "tests/support/timers.h"

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimePoint kNoon{Millis{1'800'014'400'000}};  // Friday, 2027-01-15T12:00:00Z
constexpr Millis kAnHour{3'600'000};

Task dated_task() {
  Task task{.tenant = kTenant};
  task.number = TaskNumber{4};
  task.version = 1;
  task.title = "The chairs";
  task.team = "desk@school.org";
  task.assignee = "nina@school.org";
  task.due_at = kNoon;
  return task;
}
Changes rings(const Task& task, TimePoint now = kNoon, const EscalationContext& context = {}, TimePoint at = kNoon) {
  return tell_overdue(task, {task.number, at}, now, context);
}

TEST(Overdue, WhoHasTheTaskIsToldOnce) {
  const auto changes = rings(dated_task());
  EXPECT_THAT(timers_fired(changes), ElementsAre(TimerChange::fired(TaskNumber{4}, kOverdueTimer, kNoon)));
  EXPECT_THAT(timers_set(changes), IsEmpty()) << "it never rings again";
  ASSERT_THAT(changes.sends, SizeIs(1));
  EXPECT_EQ(changes.sends[0].recipient.address, "nina@school.org");
  EXPECT_EQ(changes.sends[0].template_name, "task_overdue");
  ASSERT_THAT(changes.events, SizeIs(1));
  EXPECT_EQ(to_string(changes.events[0].kind), "task.overdue");
  EXPECT_EQ(changes.events[0].data, R"({"due":"2027-01-15T12:00:00Z","to":"nina@school.org"})");
  EXPECT_EQ(changes.all<TaskChange>()[0].task.version, 2) << "whoever settles it right now is not told so in vain";
}

TEST(Overdue, TheTeamIsToldWhereNobodyHasItAndNobodyWhereThereIsNoAddress) {
  auto task = dated_task();
  task.assignee.clear();
  EXPECT_EQ(rings(task).sends.at(0).recipient.address, "desk@school.org");
  task.assignee = "somebody";
  EXPECT_EQ(rings(task).sends.at(0).recipient.address, "desk@school.org");
  task.team = "office";
  const auto changes = rings(task);
  EXPECT_THAT(changes.sends, IsEmpty());
  EXPECT_THAT(changes.events.at(0).data, HasSubstr("\"told\":false"));
}

TEST(Overdue, EveryStateButDoneRings) {
  auto task = dated_task();
  for (const auto state : {TaskState::fresh, TaskState::open, TaskState::pending, TaskState::acknowledged}) {
    task.state = state;
    EXPECT_THAT(rings(task).sends, SizeIs(1)) << to_string(state);
  }
  for (const auto state : {TaskState::resolved, TaskState::closed}) {
    task.state = state;
    EXPECT_THAT(rings(task).sends, IsEmpty()) << to_string(state);
    EXPECT_THAT(timers_fired(rings(task)), SizeIs(1)) << "and it is used up";
  }
}

TEST(Overdue, NeverEarlyAndOnlyForTheDateOfNow) {
  auto task = dated_task();
  EXPECT_TRUE(is_empty(rings(task, kNoon - Millis{1})));
  EXPECT_TRUE(is_empty(tell_overdue(task, {TaskNumber{5}, kNoon}, kNoon, {})));
  task.due_at = kNoon + kAnHour;
  EXPECT_THAT(rings(task).sends, IsEmpty());
  EXPECT_THAT(timers_set(rings(task)), ElementsAre(overdue_set(task.number, kNoon + kAnHour)));
  task.due_at.reset();
  EXPECT_THAT(rings(task).sends, IsEmpty());
  EXPECT_THAT(timers_set(rings(task)), IsEmpty());
}

TEST(Overdue, QuietHoursHoldItBackUnlessItIsUrgent) {
  const auto rules = rules::load_rules(
      {{"rules.yaml", "quiet_hours: {time_zone: UTC, hours: {daily: \"11:00-14:00\"}}\nrules: []\n"}});
  ASSERT_TRUE(rules.rules);
  EscalationContext context;
  context.workplace = &rules.rules->workplace();
  auto task = dated_task();
  EXPECT_THAT(rings(task, kNoon, context).sends, IsEmpty());
  EXPECT_THAT(timers_set(rings(task, kNoon, context)), ElementsAre(overdue_set(task.number, kNoon + 2 * kAnHour)));
  const auto later = rings(task, kNoon + 2 * kAnHour, context, kNoon + 2 * kAnHour);
  EXPECT_THAT(later.sends, SizeIs(1)) << "when they are over";
  task.priority = Priority::urgent;
  EXPECT_THAT(rings(task, kNoon, context).sends, SizeIs(1));
}

TEST(Overdue, SettingChangingAndClearingTheDateMovesTheAlarm) {
  auto task = dated_task();
  task.due_at.reset();
  const auto set = commands::set_due(task, kNoon, "user:anna", kNoon - kAnHour);
  ASSERT_TRUE(set);
  EXPECT_THAT(set->timers, ElementsAre(overdue_set(task.number, kNoon)));
  const auto moved = commands::set_due(dated_task(), kNoon + kAnHour, "user:anna", kNoon - kAnHour);
  EXPECT_THAT(moved->timers, ElementsAre(overdue_set(task.number, kNoon + kAnHour)));
  const auto cleared = commands::set_due(dated_task(), std::nullopt, "user:anna", kNoon - kAnHour);
  EXPECT_THAT(cleared->timers, ElementsAre(overdue_cleared(task.number)));
}

TEST(Overdue, TheAlarmStandsBesideChainsAndServiceLevels) {
  auto task = dated_task();
  task.escalation = {{{kAnHour, "head@school.org", true}}, 0, kNoon};
  const auto set = commands::set_due(task, kNoon + kAnHour, "user:anna", kNoon);
  ASSERT_TRUE(set);
  EXPECT_THAT(set->timers, testing::UnorderedElementsAre(overdue_set(task.number, kNoon + kAnHour),
                                                         deadline_set(task.number, kNoon)));
}

TEST(Overdue, ReopeningGivesTheDeadlineBackToTheChain) {
  auto task = dated_task();
  task.state = TaskState::closed;
  task.escalation = {{{kAnHour, "head@school.org"}}, 0, kNoon};
  const auto reopened = commands::reopen(task, "user:anna", kNoon + kAnHour);
  ASSERT_TRUE(reopened);
  EXPECT_THAT(reopened->timers, testing::Contains(overdue_cleared(task.number))) << "its steps tell";
  task.escalation.steps.clear();
  EXPECT_THAT(commands::reopen(task, "user:anna", kNoon + kAnHour)->timers, IsEmpty()) << "what rings goes on";
}

}  // namespace
}  // namespace orgo
