#include "service/tasks/task_service.h"

#include <gmock/gmock.h>

#include "tests/contract/support/gateway_world.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

/// Lets somebody else win the first `losses` times: a comment slips in between reading and committing.
class Contended : public ChangeStore {
 public:
  explicit Contended(MemoryStore& store) : store_(store) {}
  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override {
    ++commits;
    if (losses > 0) {
      --losses;
      auto task = static_cast<TaskStore&>(store_).read(kTenant, batch[0].all<TaskChange>()[0].task.number);
      Changes other{.tenant = kTenant};
      other.at = kStart;
      ++task->version;
      other.add(TaskChange{*task});
      EXPECT_TRUE(store_.commit(std::span(&other, 1), deadline));
    }
    return store_.commit(batch, deadline);
  }
  int losses = 0;
  int commits = 0;

 private:
  MemoryStore& store_;
};

class TaskCommands : public testing::Test {
 protected:
  TaskCommands() {
    auto changes = opening();
    const auto committed = store.commit(std::span(&changes, 1), within(Millis{1000}));
    EXPECT_TRUE(committed && (*committed)[0]);
    target = {.tenant = kTenant, .task = (*committed)[0]->task, .actor = "user:anna"};
  }
  Result<Task> run(std::string_view command, const commands::Input& input = {},
                   const commands::FieldCheck& check = {}) {
    return service.run(target, *commands::find(command), input, check);
  }
  SetClock clock;
  MemoryStore store;
  Contended contended{store};
  TaskService service{store, contended, clock};
  TaskService::Target target{.tenant = kTenant};
};

TEST_F(TaskCommands, DecidesAgainWhenAnotherWriterWasFirst) {
  contended.losses = TaskService::kAttemptsMax - 1;
  const auto task = run("ack");
  ASSERT_TRUE(task) << task.error().message;
  EXPECT_EQ(task->state, TaskState::acknowledged);
  EXPECT_EQ(contended.commits, TaskService::kAttemptsMax);
  EXPECT_EQ(static_cast<TaskStore&>(store).read(kTenant, target.task)->version, task->version);
}

TEST_F(TaskCommands, GivesUpAfterTheLastAttempt) {
  contended.losses = TaskService::kAttemptsMax;
  const auto task = run("ack");
  ASSERT_FALSE(task);
  EXPECT_EQ(task.error().code, Errc::conflict);
  EXPECT_EQ(contended.commits, TaskService::kAttemptsMax);
}

TEST_F(TaskCommands, AVersionThatWasNamedIsNeverDecidedAgain) {
  contended.losses = 1;
  target.version = 0;
  const auto task = run("ack");
  ASSERT_FALSE(task);
  EXPECT_EQ(task.error().code, Errc::conflict);
  EXPECT_EQ(contended.commits, 1);
  const auto late = run("ack");
  ASSERT_FALSE(late);
  EXPECT_EQ(contended.commits, 1) << "seen before anything was tried";
}

TEST_F(TaskCommands, FieldsAreCheckedByTheTypeOfTheTask) {
  const auto check = [](const Task&, const std::string& name, const std::string& value,
                        TimePoint) -> Result<std::optional<TaskField>> {
    if (name == "old") return std::nullopt;
    if (value == "no") return failure(Errc::invalid_input, "'no' is not a room");
    return std::optional(TaskField{name, "Room", value, {}});
  };
  const auto task = run("fields", {{"fields", commands::NamedTexts{{"room", "102"}, {"wing", "B"}}}}, check);
  ASSERT_TRUE(task) << task.error().message;
  EXPECT_EQ(task->fields, (std::vector<TaskField>{{"room", "Room", "102", ""}, {"wing", "Room", "B", ""}}));
  EXPECT_EQ(task->state, TaskState::open) << "a person has touched it";
  EXPECT_EQ(run("fields", {{"fields", commands::NamedTexts{{"room", "103"}, {"wing", "no"}}}}, check).error().code,
            Errc::invalid_input);
  EXPECT_EQ(static_cast<TaskStore&>(store).read(kTenant, target.task)->fields, task->fields) << "all or none";
  EXPECT_EQ(run("fields", {{"fields", commands::NamedTexts{{"room", "102"}}}}, check).error().code, Errc::conflict)
      << "nothing would change";
  EXPECT_EQ(run("fields", {{"fields", commands::NamedTexts{{"old", "x"}}}}, check).error().code, Errc::not_found)
      << "neither the type nor the task knows it";
  const auto any = run("fields", {{"fields", commands::NamedTexts{{"room", " anywhere "}}}}, {});
  ASSERT_TRUE(any);
  EXPECT_EQ(any->fields[0], (TaskField{"room", "Room", "anywhere", ""}))
      << "what the module had checked before it went";
}

TEST_F(TaskCommands, WhatTheStateForbidsIsNotTriedAgain) {
  ASSERT_TRUE(run("close"));
  const auto commits = contended.commits;
  const auto task = run("ack");
  ASSERT_FALSE(task);
  EXPECT_EQ(task.error().code, Errc::conflict);
  EXPECT_EQ(contended.commits, commits);
}

TEST_F(TaskCommands, ResolvingWithACommentIsOneChange) {
  const auto task = run("resolve", {{"comment", "New pipe."}});
  ASSERT_TRUE(task) << task.error().message;
  EXPECT_EQ(task->version, 1);
  EXPECT_EQ(contended.commits, 1);
  const auto history = store.history(kTenant, target.task, 100);
  ASSERT_TRUE(history);
  std::vector<std::string> kinds;
  for (const auto& stored : *history) kinds.emplace_back(to_string(stored.event.kind));
  EXPECT_THAT(kinds, testing::ElementsAre("task.opened", "task.commented", "task.state", "task.state"));
}

TEST_F(TaskCommands, TagsAreAllOrNone) {
  const auto wrong = run("tags", {{"add", commands::Texts{"floor", "water"}}});
  ASSERT_FALSE(wrong) << "it has the tag 'water' already";
  EXPECT_EQ(static_cast<TaskStore&>(store).read(kTenant, target.task)->tags, (std::vector<std::string>{"water"}));
  const auto task = run("tags", {{"add", commands::Texts{"floor", "pipe"}}, {"remove", commands::Texts{"water"}}});
  ASSERT_TRUE(task);
  EXPECT_EQ(task->tags, (std::vector<std::string>{"floor", "pipe"}));
  EXPECT_EQ(task->version, 1);
}

TEST_F(TaskCommands, AcknowledgingStopsTheTimerAndReopeningSetsItAgain) {
  auto changes = opening();
  changes.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart + std::chrono::hours(2)));
  const auto committed = store.commit(std::span(&changes, 1), within(Millis{1000}));
  ASSERT_TRUE(committed && (*committed)[0]);
  target.task = (*committed)[0]->task;
  ASSERT_TRUE(run("ack"));
  EXPECT_EQ(*store.next_timer(kDeadlineTimer), std::nullopt);
  ASSERT_TRUE(run("close"));
  ASSERT_TRUE(run("reopen"));
  EXPECT_EQ(*store.next_timer(kDeadlineTimer), clock.time + std::chrono::hours(2));
}

TEST_F(TaskCommands, UnknownTasksAreNotFound) {
  target.task = TaskNumber{99};
  EXPECT_EQ(run("ack").error().code, Errc::not_found);
}

}  // namespace
}  // namespace orgo::contract
