// Another service level by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parts/parts.h"
#include "core/task/command.h"
#include "core/task/commands.h"
#include "tests/support/tenants.h"

namespace orgo::commands {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr TimePoint kMoment{Millis{1'800'000'000'000}};

Task plain_task() {
  Task task{.tenant = kTenant, .number = TaskNumber{4}};
  task.version = 1;
  task.created_at = kMoment;
  return task;
}
TaskSla level(std::string name) {
  TaskSla made;
  made.sla.name = std::move(name);
  made.sla.targets[0] = SlaTarget{.within = Millis{3'600'000}};
  return made;
}

TEST(SetSla, ItsClocksAreLookedAtAtOnceAndNothingOfTheOldIsKept) {
  auto task = plain_task();
  task.sla = level("silver");
  task.sla->tell(SlaClock::first_response, true, kMoment);
  const auto changes = set_sla(task, level("gold"), "user:anna", kMoment);
  ASSERT_TRUE(changes);
  const auto& next = changes->all<TaskChange>()[0].task;
  EXPECT_EQ(next.sla->sla.name, "gold");
  EXPECT_TRUE(next.sla->told.empty());
  EXPECT_EQ(next.state, TaskState::open);
  EXPECT_EQ(changes->events[0].kind, EventKind::task_sla);
  EXPECT_EQ(changes->events[0].data, R"({"from":"silver","to":"gold"})");
  EXPECT_THAT(changes->timers, ElementsAre(deadline_set(task.number, kMoment)));
}

TEST(SetSla, NoneLeavesTheChainItsTimer) {
  auto task = plain_task();
  task.sla = level("silver");
  EXPECT_THAT(set_sla(task, std::nullopt, "user:anna", kMoment)->timers, ElementsAre(deadline_cleared(task.number)));
  task.escalation = {{{Millis{60'000}, "head@school.org"}}, 0, kMoment};
  EXPECT_THAT(set_sla(task, std::nullopt, "user:anna", kMoment)->timers,
              ElementsAre(deadline_set(task.number, kMoment + Millis{60'000})));
}

TEST(SetSla, WhatChangesNothingIsRefused) {
  auto task = plain_task();
  EXPECT_EQ(set_sla(task, std::nullopt, "user:anna", kMoment).error().code, Errc::conflict);
  task.sla = level("gold");
  EXPECT_EQ(set_sla(task, level("gold"), "user:anna", kMoment).error().code, Errc::conflict);
  task.state = TaskState::closed;
  EXPECT_EQ(set_sla(task, std::nullopt, "user:anna", kMoment).error().code, Errc::conflict);
}

TEST(SetSla, TheCommandAsksForTheLevel) {
  const auto* command = find("sla");
  ASSERT_NE(command, nullptr);
  const Input input{{"sla", Value{std::string("glod")}}};
  Help help;
  help.find_sla = [](const Task&, std::string_view name) -> Result<TaskSla> {
    return failure(Errc::invalid_input, "there is no service level '" + std::string(name) + "'");
  };
  const auto steps = command->apply(input, help);
  ASSERT_TRUE(steps);
  EXPECT_THAT((*steps)[0](plain_task(), "user:anna", kMoment).error().message, HasSubstr("'glod'"));
  const Input none{{"sla", Value{std::string("none")}}};
  auto task = plain_task();
  task.sla = level("gold");
  const auto taken = command->apply(none, help);
  EXPECT_FALSE((*taken)[0](task, "user:anna", kMoment)->all<TaskChange>()[0].task.sla);
}

}  // namespace
}  // namespace orgo::commands
