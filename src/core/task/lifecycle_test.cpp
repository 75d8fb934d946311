#include "core/task/lifecycle.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "core/escalation/escalate.h"
#include "core/task/commands.h"
#include "core/task/task_change.h"
#include "tests/support/tenants.h"
#include "tests/support/timers.h"

namespace orgo {
namespace {

constexpr TimePoint kNow{Millis{1'800'000'000'000}};
constexpr Millis kHour{3'600'000};

Task task_in(TaskState state) {
  Task task{.tenant = kTenant};
  task.number = TaskNumber{12};
  task.version = 3;
  task.state = state;
  task.title = "Water leak";
  task.team = "maintenance@organization.com";
  task.origin = MessageId{7};
  task.escalation.steps = {{2 * kHour, "supervisor@organization.com"}, {4 * kHour, ""}};
  task.escalation.started_at = kNow - kHour;
  task.created_at = task.updated_at = kNow - kHour;
  return task;
}
constexpr TaskState kStates[] = {TaskState::fresh,        TaskState::open,     TaskState::pending,
                                 TaskState::acknowledged, TaskState::resolved, TaskState::closed};

/// The table of lifecycle.h, written out once more by hand.
const std::set<std::pair<TaskState, TaskState>>& allowed() {
  using S = TaskState;
  static const std::set<std::pair<TaskState, TaskState>> table{
      {S::fresh, S::open},           {S::fresh, S::pending},
      {S::fresh, S::acknowledged},   {S::fresh, S::resolved},
      {S::fresh, S::closed},         {S::open, S::pending},
      {S::open, S::acknowledged},    {S::open, S::resolved},
      {S::open, S::closed},          {S::pending, S::open},
      {S::pending, S::acknowledged}, {S::pending, S::resolved},
      {S::pending, S::closed},       {S::acknowledged, S::open},
      {S::acknowledged, S::pending}, {S::acknowledged, S::resolved},
      {S::acknowledged, S::closed},  {S::resolved, S::closed},
  };
  return table;
}

TEST(Lifecycle, AllowsExactlyTheTable) {
  for (const auto from : kStates)
    for (const auto to : kStates)
      EXPECT_EQ(move_allowed(from, to), allowed().contains({from, to})) << to_string(from) << " -> " << to_string(to);
}

TEST(Lifecycle, RefusesInWords) {
  const auto words = [](TaskState from, TaskState to) { return check_move(TaskNumber{12}, from, to).error().message; };
  EXPECT_EQ(words(TaskState::closed, TaskState::open), "T-12 is closed; reopen it first");
  EXPECT_EQ(words(TaskState::open, TaskState::open), "T-12 is open already");
  EXPECT_EQ(words(TaskState::open, TaskState::fresh), "T-12 can't become new again: somebody has seen it");
  EXPECT_EQ(check_move(TaskNumber{12}, TaskState::closed, TaskState::open).error().code, Errc::conflict);
}

/// One random command; what it did to the task, or nothing when it was refused.
struct Step {
  int what;
  int choice;
};
Result<Changes> run(const Task& task, Step step, TimePoint now) {
  static const std::string names[] = {"", "bob@organization.com", "carl", "dora@organization.com"};
  const std::string actor = step.choice % 2 == 0 ? "user:anna" : "rules";
  const auto& name = names[static_cast<std::size_t>(step.choice) % 4];
  switch (step.what) {
    case 0:
      return commands::assign(task, name, actor, now);
    case 1:
      return commands::acknowledge(task, actor, now);
    case 2:
      return commands::resolve(task, actor, now);
    case 3:
      return commands::close(task, actor, now);
    case 4:
      return commands::reopen(task, actor, now);
    case 5:
      return commands::set_state(task, kStates[step.choice % 6], actor, now);
    case 6:
      return commands::set_priority(task, static_cast<Priority>(1 + step.choice % 4), actor, now);
    case 7:
      return commands::comment(task, name, actor, now);
    case 8:
      return commands::tag(task, name, actor, now);
    case 9:
      return commands::untag(task, name, actor, now);
    case 10:
      return commands::set_due(task, step.choice % 3 == 0 ? std::nullopt : std::optional(now + step.choice * kHour),
                               actor, now);
    default:
      return commands::route(task, name, actor, now);
  }
}

RC_GTEST_PROP(Lifecycle, RandomHistoriesKeepTheRules, ()) {
  const auto steps = *rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(0, 12), rc::gen::inRange(0, 24)));
  Task task = task_in(TaskState::fresh);
  auto timer = next_deadline(task.escalation);
  auto now = kNow;
  for (const auto& [what, choice] : steps) {
    now += Millis{1000};
    const auto changes = run(task, {what, choice}, now);
    if (!changes) {
      RC_ASSERT(changes.error().code == Errc::conflict || changes.error().code == Errc::invalid_input);
      RC_ASSERT(!changes.error().message.empty());
      continue;
    }
    RC_ASSERT(changes->all<TaskChange>().size() == 1U);
    const Task& next = changes->all<TaskChange>().front().task;
    RC_ASSERT(next.version == task.version + 1);
    RC_ASSERT(next.number == task.number);
    RC_ASSERT(next.updated_at == now);
    RC_ASSERT(!changes->events.empty());
    for (const auto& event : changes->events) {
      RC_ASSERT(event.subject.task() == task.number);
      RC_ASSERT(!event.actor.empty());
      RC_ASSERT(event.at == now);
    }
    if (next.state != task.state) {
      const bool reopened = !is_open(task.state) && next.state == TaskState::open &&
                            changes->events.back().kind == EventKind::task_reopened;
      RC_ASSERT(reopened || allowed().contains({task.state, next.state}));
    }
    for (const auto& change : changes->timers) {
      if (change.name != kDeadlineTimer) continue;
      timer = change.kind == TimerChange::Kind::set ? std::optional(change.due_at) : std::nullopt;
    }
    task = next;
    // A deadline is pending exactly when the task still escalates: else it would fire wrongly or never.
    RC_ASSERT(timer == (escalates(task.state) ? next_deadline(task.escalation) : std::nullopt));
  }
}

TEST(Commands, FirstTouchByAPersonOpens) {
  const auto fresh = task_in(TaskState::fresh);
  EXPECT_EQ(commands::assign(fresh, "bob", "user:anna", kNow)->find<TaskChange>()->task.state, TaskState::open);
  EXPECT_EQ(commands::comment(fresh, "I see", "user:anna", kNow)->find<TaskChange>()->task.state, TaskState::open);
  EXPECT_EQ(commands::comment(fresh, "I see", "rules", kNow)->find<TaskChange>()->task.state, TaskState::fresh);
  EXPECT_EQ(commands::tag(fresh, "pipe", "user:anna", kNow)->find<TaskChange>()->task.state, TaskState::fresh);
}

TEST(Commands, AcknowledgeStopsTheEscalation) {
  const auto changes = commands::acknowledge(task_in(TaskState::open), "user:anna", kNow);
  ASSERT_TRUE(changes);
  ASSERT_EQ(timers_cleared(*changes).size(), 1U);
  EXPECT_EQ(changes->all<TaskChange>()[0].task.state, TaskState::acknowledged);
  EXPECT_EQ(changes->events[0].data, R"({"from":"open","to":"acknowledged"})");
  const auto back = commands::set_state(changes->all<TaskChange>()[0].task, TaskState::open, "user:anna", kNow);
  ASSERT_EQ(timers_set(*back).size(), 1U);
  EXPECT_EQ(timers_set(*back)[0].due_at, kNow + kHour);
}

TEST(Commands, ReopenStartsTheChainAnew) {
  auto closed = task_in(TaskState::closed);
  closed.escalation.level = 2;
  const auto changes = commands::reopen(closed, "user:anna", kNow);
  ASSERT_TRUE(changes);
  const Task& task = changes->all<TaskChange>()[0].task;
  EXPECT_EQ(task.state, TaskState::open);
  EXPECT_EQ(task.escalation.level, 0);
  ASSERT_EQ(timers_set(*changes).size(), 1U);
  EXPECT_EQ(timers_set(*changes)[0].due_at, kNow + 2 * kHour);
  EXPECT_EQ(task.due_at, kNow + 2 * kHour);
  EXPECT_EQ(changes->events[0].kind, EventKind::task_reopened);
  EXPECT_EQ(commands::reopen(task, "user:anna", kNow).error().message,
            "T-12 is open; only a resolved or closed task is reopened");
}

TEST(Commands, TellTheNewAssigneeAndTheNewTeamButNotTheActor) {
  const auto task = task_in(TaskState::open);
  const auto assigned = commands::assign(task, "bob@organization.com", "user:anna", kNow);
  ASSERT_EQ(assigned->sends.size(), 1U);
  EXPECT_EQ(assigned->sends[0].recipient.address, "bob@organization.com");
  EXPECT_EQ(assigned->sends[0].template_name, "task_assigned");
  EXPECT_TRUE(commands::assign(task, "bob@organization.com", "user:bob@organization.com", kNow)->sends.empty());
  EXPECT_TRUE(commands::assign(task, "bob", "user:anna", kNow)->sends.empty());
  const auto routed = commands::route(task, "it@organization.com", "user:anna", kNow);
  ASSERT_EQ(routed->sends.size(), 1U);
  EXPECT_EQ(routed->sends[0].template_name, "task_opened");
  EXPECT_TRUE(commands::route(task, "it", "user:anna", kNow)->sends.empty());
}

TEST(Commands, LimitsAtAndPastTheLimit) {
  const auto task = task_in(TaskState::open);
  const auto refused = [](const Result<Changes>& r) { return !r && r.error().code == Errc::invalid_input; };
  EXPECT_TRUE(commands::comment(task, std::string(commands::kCommentMax, 'x'), "user:a", kNow));
  EXPECT_TRUE(refused(commands::comment(task, std::string(commands::kCommentMax + 1, 'x'), "user:a", kNow)));
  EXPECT_TRUE(refused(commands::comment(task, " \n", "user:a", kNow)));
  EXPECT_TRUE(refused(commands::comment(task, std::string("a\0b", 3), "user:a", kNow)));
  EXPECT_TRUE(commands::tag(task, std::string(commands::kTagMax, 'x'), "user:a", kNow));
  EXPECT_TRUE(refused(commands::tag(task, std::string(commands::kTagMax + 1, 'x'), "user:a", kNow)));
  EXPECT_TRUE(refused(commands::tag(task, "a\nb", "user:a", kNow)));
  EXPECT_TRUE(refused(commands::assign(task, std::string(commands::kNameMax + 1, 'x'), "user:a", kNow)));
  EXPECT_TRUE(refused(commands::route(task, "", "user:a", kNow)));
  auto full = task;
  for (std::size_t i = 0; i + 1 < commands::kTagsMax; ++i) full.tags.push_back("t" + std::to_string(i));
  const auto last = commands::tag(full, "last", "user:a", kNow);
  ASSERT_TRUE(last);
  EXPECT_TRUE(refused(commands::tag(last->all<TaskChange>()[0].task, "more", "user:a", kNow)));
}

TEST(Commands, WhatIsDoneIsOnlyCommentedTaggedOrReopened) {
  for (const auto state : {TaskState::resolved, TaskState::closed}) {
    const auto task = task_in(state);
    EXPECT_EQ(commands::assign(task, "bob", "user:a", kNow).error().code, Errc::conflict);
    EXPECT_EQ(commands::route(task, "it", "user:a", kNow).error().code, Errc::conflict);
    EXPECT_EQ(commands::set_priority(task, Priority::high, "user:a", kNow).error().code, Errc::conflict);
    EXPECT_EQ(commands::set_due(task, kNow, "user:a", kNow).error().code, Errc::conflict);
    EXPECT_TRUE(commands::comment(task, "thanks", "user:a", kNow));
    EXPECT_TRUE(commands::tag(task, "x", "user:a", kNow));
  }
}

}  // namespace
}  // namespace orgo
