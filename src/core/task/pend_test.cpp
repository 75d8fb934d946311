#include "core/task/pend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/task/commands.h"
#include "core/task/task_change.h"
#include "tests/support/tenants.h"
#include "tests/support/timers.h"

namespace orgo::commands {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr TimePoint kNoon{Millis{1'800'014'400'000}};
constexpr Millis kAnHour{3'600'000};
constexpr TaskNumber kFour{4};

Task task_in(TaskState state, std::optional<TimePoint> until = {}) {
  Task task{.tenant = kTenant};
  task.number = kFour;
  task.version = 1;
  task.state = state;
  task.team = "desk@school.org";
  task.pending_until = until;
  return task;
}
const Task& after(const Result<Changes>& changes) {
  return changes->find<TaskChange>()->task;
}
std::vector<std::string> said(const Result<Changes>& changes) {
  std::vector<std::string> lines;
  for (const auto& event : changes->events) lines.push_back(std::string(to_string(event.kind)) + " " + event.data);
  return lines;
}

TEST(Pend, WaitsUntilADateAndSaysSo) {
  for (const auto state : {TaskState::fresh, TaskState::open, TaskState::acknowledged}) {
    const auto changes = pend(task_in(state), kNoon, "user:anna", kNoon - kAnHour);
    ASSERT_TRUE(changes) << to_string(state);
    EXPECT_EQ(after(changes).state, TaskState::pending);
    EXPECT_EQ(after(changes).pending_until, kNoon);
    EXPECT_EQ(after(changes).version, 2);
    EXPECT_THAT(changes->timers, ElementsAre(pending_set(kFour, kNoon)));
    EXPECT_THAT(said(changes),
                ElementsAre(R"(task.state {"from":")" + std::string(to_string(state)) + R"(","to":"pending"})",
                            R"(task.pending {"to":"2027-01-15T12:00:00Z"})"));
    EXPECT_THAT(changes->sends, IsEmpty());
  }
}

TEST(Pend, WithoutADateItWaitsForSomebody) {
  const auto changes = pend(task_in(TaskState::open), std::nullopt, "user:anna", kNoon);
  ASSERT_TRUE(changes);
  EXPECT_EQ(after(changes).state, TaskState::pending);
  EXPECT_THAT(changes->timers, IsEmpty());
  EXPECT_EQ(said(changes).size(), 1U);
}

TEST(Pend, AnotherDateTakesThePlaceOfTheFirstAndNoneTakesItAway) {
  const auto waiting = task_in(TaskState::pending, kNoon);
  const auto later = pend(waiting, kNoon + kAnHour, "user:anna", kNoon - kAnHour);
  ASSERT_TRUE(later);
  EXPECT_THAT(later->timers, ElementsAre(pending_set(kFour, kNoon + kAnHour)));
  EXPECT_THAT(said(later), ElementsAre(R"(task.pending {"from":"2027-01-15T12:00:00Z","to":"2027-01-15T13:00:00Z"})"));
  const auto never = pend(waiting, std::nullopt, "user:anna", kNoon - kAnHour);
  ASSERT_TRUE(never);
  EXPECT_EQ(after(never).state, TaskState::pending);
  EXPECT_EQ(after(never).pending_until, std::nullopt);
  EXPECT_THAT(never->timers, ElementsAre(pending_cleared(kFour)));
  const auto begun = pend(task_in(TaskState::pending), kNoon, "user:anna", kNoon - kAnHour);
  ASSERT_TRUE(begun);
  EXPECT_THAT(begun->timers, ElementsAre(pending_set(kFour, kNoon)));
}

TEST(Pend, RefusesWhatIsSoAlreadyHasPassedOrIsDone) {
  const auto code = [](const Task& task, std::optional<TimePoint> until) {
    const auto changes = pend(task, until, "user:anna", kNoon);
    return changes ? std::string("done") : std::string(to_string(changes.error().code));
  };
  EXPECT_EQ(code(task_in(TaskState::pending, kNoon + kAnHour), kNoon + kAnHour), "conflict");
  EXPECT_EQ(code(task_in(TaskState::pending), std::nullopt), "conflict");
  EXPECT_EQ(code(task_in(TaskState::open), kNoon), "invalid_input") << "now is no wait";
  EXPECT_EQ(code(task_in(TaskState::open), kNoon + Millis{1}), "done");
  EXPECT_EQ(code(task_in(TaskState::resolved), kNoon + kAnHour), "conflict");
  EXPECT_EQ(code(task_in(TaskState::closed), std::nullopt), "conflict");
}

TEST(Pend, WhateverMovesTheTaskEndsTheWait) {
  const auto waiting = task_in(TaskState::pending, kNoon);
  for (const auto to : {TaskState::open, TaskState::acknowledged, TaskState::resolved, TaskState::closed}) {
    const auto moved = set_state(waiting, to, "user:anna", kNoon - kAnHour);
    ASSERT_TRUE(moved);
    EXPECT_EQ(after(moved).pending_until, std::nullopt) << to_string(to);
    EXPECT_THAT(timers_cleared(*moved), Contains(pending_cleared(kFour))) << to_string(to);
  }
  const auto tagged = tag(waiting, "water", "user:anna", kNoon - kAnHour);
  EXPECT_EQ(after(tagged).pending_until, kNoon) << "what moves nothing leaves it";
  EXPECT_THAT(tagged->timers, Not(Contains(pending_cleared(kFour))));
}

TEST(Pend, BackFromAcknowledgedTheChainGoesOnWhereItWas) {
  auto task = task_in(TaskState::acknowledged);
  task.escalation = {{{kAnHour, "head@school.org"}}, 0, kNoon};
  const auto changes = pend(task, kNoon + 4 * kAnHour, "user:anna", kNoon);
  ASSERT_TRUE(changes);
  EXPECT_THAT(changes->timers,
              UnorderedElementsAre(deadline_set(kFour, kNoon + kAnHour), pending_set(kFour, kNoon + 4 * kAnHour)));
}

}  // namespace
}  // namespace orgo::commands
