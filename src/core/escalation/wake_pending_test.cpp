// What happens when the date comes until which a task is pending.
#include "core/escalation/wake_pending.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/escalation/clock_ahead.h"
#include "core/parts/parts.h"
#include "core/rules/rule_set.h"
#include "core/task/task_change.h"
#include "tests/support/tenants.h"
#include "tests/support/timers.h"

namespace orgo {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimePoint kNoon{Millis{1'800'014'400'000}};  // Friday, 2027-01-15T12:00:00Z
constexpr Millis kAnHour{3'600'000};

Task waiting_task() {
  Task task{.tenant = kTenant};
  task.number = TaskNumber{4};
  task.version = 1;
  task.state = TaskState::pending;
  task.pending_until = kNoon;
  task.team = "desk@school.org";
  task.assignee = "nina@school.org";
  return task;
}
Changes comes(const Task& task, TimePoint now = kNoon, const EscalationContext& context = {}, TimePoint at = kNoon) {
  return wake_pending(task, {task.number, at}, now, context);
}

TEST(WakePending, TheTaskIsOpenAgainAndWhoHasItIsTold) {
  const auto changes = comes(waiting_task());
  const auto& task = changes.find<TaskChange>()->task;
  EXPECT_EQ(task.state, TaskState::open);
  EXPECT_EQ(task.pending_until, std::nullopt);
  EXPECT_EQ(task.version, 2) << "of a reply that comes just now, one is decided again";
  EXPECT_THAT(changes.timers, ElementsAre(TimerChange::fired(TaskNumber{4}, kPendingTimer, kNoon)));
  ASSERT_THAT(changes.sends, SizeIs(1));
  EXPECT_EQ(changes.sends[0].recipient.address, "nina@school.org");
  EXPECT_EQ(changes.sends[0].template_name, "task_woken");
  EXPECT_EQ(changes.sends[0].due_at, kNoon);
  ASSERT_THAT(changes.events, SizeIs(1));
  EXPECT_EQ(changes.events[0].kind, EventKind::task_state) << "the clocks of a service level read it";
  EXPECT_EQ(changes.events[0].data,
            R"({"from":"pending","to":"open","until":"2027-01-15T12:00:00Z","told":"nina@school.org"})");
}

TEST(WakePending, TheTeamIsToldWhereNobodyHasItThenTheAdministrators) {
  auto task = waiting_task();
  task.assignee.clear();
  EXPECT_EQ(comes(task).sends.at(0).recipient.address, "desk@school.org");
  task.team = "office";
  EscalationContext context;
  context.administrators = {"root@school.org", "it@school.org"};
  EXPECT_THAT(comes(task, kNoon, context).sends, SizeIs(2));
  const auto changes = comes(task);
  EXPECT_THAT(changes.sends, IsEmpty());
  EXPECT_EQ(changes.find<TaskChange>()->task.state, TaskState::open) << "open all the same";
}

TEST(WakePending, NothingHappensToWhatWaitsNoMore) {
  auto task = waiting_task();
  for (const auto state :
       {TaskState::fresh, TaskState::open, TaskState::acknowledged, TaskState::resolved, TaskState::closed}) {
    task.state = state;
    const auto changes = comes(task);
    EXPECT_THAT(changes.sends, IsEmpty()) << to_string(state);
    EXPECT_EQ(changes.find<TaskChange>(), nullptr);
    EXPECT_THAT(timers_fired(changes), SizeIs(1)) << "and it is used up";
  }
  task.state = TaskState::pending;
  task.pending_until.reset();
  EXPECT_EQ(comes(task).find<TaskChange>(), nullptr);
}

TEST(WakePending, NeverEarlyAndOnlyAtTheDateOfNow) {
  auto task = waiting_task();
  EXPECT_TRUE(is_empty(comes(task, kNoon - Millis{1})));
  EXPECT_TRUE(is_empty(wake_pending(task, {TaskNumber{5}, kNoon}, kNoon, {})));
  task.pending_until = kNoon + kAnHour;
  EXPECT_EQ(comes(task).find<TaskChange>(), nullptr);
  EXPECT_THAT(timers_set(comes(task)), ElementsAre(pending_set(task.number, kNoon + kAnHour)));
  EXPECT_NE(comes(task, kNoon + 50 * kAnHour).find<TaskChange>(), nullptr) << "after a downtime";
}

TEST(WakePending, QuietHoursHoldBackTheWordAndNotTheTask) {
  const auto rules = rules::load_rules(
      {{"rules.yaml", "quiet_hours: {time_zone: UTC, hours: {daily: \"11:00-14:00\"}}\nrules: []\n"}});
  ASSERT_TRUE(rules.rules);
  EscalationContext context;
  context.workplace = &rules.rules->workplace();
  auto task = waiting_task();
  EXPECT_EQ(comes(task, kNoon, context).find<TaskChange>()->task.state, TaskState::open);
  EXPECT_EQ(comes(task, kNoon, context).sends.at(0).due_at, kNoon + 2 * kAnHour);
  task.priority = Priority::urgent;
  EXPECT_EQ(comes(task, kNoon, context).sends.at(0).due_at, kNoon);
}

TEST(WakePending, TheClocksOfAServiceLevelGoOnAtOnce) {
  auto task = waiting_task();
  task.sla.emplace();
  EXPECT_THAT(comes(task).timers, Contains(deadline_set(task.number, kNoon)));
}

TEST(WakePending, AClockThatWasAheadPutsNoWaitOff) {
  const auto task = waiting_task();
  const auto now = kNoon - kAnHour;
  const WaitingTimer late{.name = kPendingTimer, .due_at = kNoon + 999 * kAnHour, .visible_at = kNoon + 999 * kAnHour};
  EXPECT_THAT(after_clock_ahead(task, late, now, {}).timers, ElementsAre(pending_set(task.number, kNoon)));
  const WaitingTimer held{.name = kPendingTimer, .due_at = kNoon, .visible_at = kNoon + 999 * kAnHour};
  EXPECT_THAT(after_clock_ahead(task, held, now, {}).timers, ElementsAre(pending_set(task.number, kNoon)))
      << "whoever claimed it is gone";
  const WaitingTimer right{.name = kPendingTimer, .due_at = kNoon, .visible_at = kNoon};
  EXPECT_TRUE(is_empty(after_clock_ahead(task, right, now, {}))) << "a date that a person has set stays";
}

}  // namespace
}  // namespace orgo
