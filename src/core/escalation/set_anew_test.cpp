#include "core/escalation/set_anew.h"

#include <gtest/gtest.h>

#include "core/parts/parts.h"
#include "tests/support/tenants.h"
#include "tests/support/timers.h"

namespace orgo {
namespace {

constexpr TimePoint kStart{Millis{1'800'000'000'000}};
constexpr Millis kHour{3'600'000};

Task task_with_chain(bool business = false) {
  Task task{.tenant = kTenant};
  task.number = TaskNumber{4};
  task.version = 3;
  task.escalation = {{{.after = 2 * kHour, .to = "head@school.example", .business = business}}, 0, kStart};
  return task;
}

TEST(SetAnew, WallTimeDependsOnNothingButQuietHours) {
  const Workplace workplace;
  EXPECT_FALSE(moves_with(task_with_chain(), nullptr, workplace));
  EXPECT_FALSE(moves_with(task_with_chain(), &workplace, workplace));
  EXPECT_TRUE(moves_with(task_with_chain(true), nullptr, workplace)) << "open time";
}

TEST(SetAnew, TheTimerIsSetWithoutTheTask) {
  const Workplace workplace;
  const EscalationContext context{.workplace = &workplace, .history = {}};
  const auto task = task_with_chain();
  const auto all = set_anew(task, kStart + kHour, context);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].tenant, kTenant);
  EXPECT_EQ(all[0].at, kStart + kHour);
  EXPECT_TRUE(all[0].parts.empty()) << "whoever settles the task right now wins";
  ASSERT_EQ(timers_set(all[0]).size(), 1U);
  EXPECT_EQ(timers_set(all[0])[0].subject, TaskNumber{4});
  EXPECT_EQ(timers_set(all[0])[0].due_at, kStart + 2 * kHour);
}

TEST(SetAnew, WhatIsDoneHasNoTimer) {
  const Workplace workplace;
  auto task = task_with_chain(true);
  task.state = TaskState::closed;
  EXPECT_TRUE(set_anew(task, kStart, {.workplace = &workplace, .history = {}}).empty());
  EXPECT_TRUE(needs_history_to_set_anew(task_with_chain(true), {.workplace = &workplace, .history = {}}));
}

}  // namespace
}  // namespace orgo
