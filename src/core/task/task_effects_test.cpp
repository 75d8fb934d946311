#include "core/task/task_effects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/task/commands.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

constexpr TimePoint kNow{Millis{1'800'000'000'000}};

class TaskEffectsTest : public testing::Test {
 protected:
  TaskEffectsTest() {
    task.team = "maintenance";
    task.tags = {"water"};
  }
  std::vector<std::string> history() {
    std::vector<std::string> lines;
    for (const auto& event : changes.events) lines.push_back(std::string(to_string(event.kind)) + " " + event.data);
    return lines;
  }
  Task task{.tenant = kTenant, .number = TaskNumber{12}};
  Changes changes{.tenant = kTenant, .at = kNow};
};

TEST_F(TaskEffectsTest, EachChangeHasItsEvent) {
  const std::vector<std::string> tags{"water", "leak"}, notes{"call the plumber"};
  apply_to_task(
      {.rule = "night", .priority = Priority::high, .assign = "bert", .team = "heating", .tags = tags, .notes = notes},
      MessageId{7}, task, changes);
  EXPECT_EQ(task.priority, Priority::high);
  EXPECT_EQ(task.assignee, "bert");
  EXPECT_EQ(task.team, "heating");
  EXPECT_THAT(task.tags, testing::ElementsAre("water", "leak"));
  EXPECT_THAT(history(), testing::ElementsAre(R"(task.priority {"from":"normal","to":"high","rule":"night"})",
                                              R"(task.routed {"from":"maintenance","to":"heating","rule":"night"})",
                                              R"(task.assigned {"from":"","to":"bert","rule":"night"})",
                                              R"(task.tagged {"added":"leak","rule":"night"})",
                                              R"(task.commented {"text":"call the plumber","rule":"night"})"));
  for (const auto& event : changes.events) {
    EXPECT_EQ(event.subject, TaskNumber{12});
    EXPECT_EQ(event.message, MessageId{7});
    EXPECT_EQ(event.at, kNow);
    EXPECT_EQ(event.actor, "rules");
  }
}

TEST_F(TaskEffectsTest, WhatIsSoAlreadyIsPassedOver) {
  const std::vector<std::string> tags{"water", "water"};
  const auto before = task;
  apply_to_task({.priority = task.priority, .assign = task.assignee, .team = task.team, .tags = tags}, MessageId{7},
                task, changes);
  EXPECT_TRUE(changes.events.empty());
  EXPECT_EQ(task.tags, before.tags);
}

TEST_F(TaskEffectsTest, TagsEndAtTheLimit) {
  std::vector<std::string> tags;
  for (std::size_t i = 0; i < commands::kTagsMax + 5; ++i) tags.push_back("t" + std::to_string(i));
  apply_to_task({.tags = tags}, MessageId{7}, task, changes);
  EXPECT_EQ(task.tags.size(), commands::kTagsMax);
  EXPECT_EQ(changes.events.size(), commands::kTagsMax - 1) << "one was there";
}

}  // namespace
}  // namespace orgo
