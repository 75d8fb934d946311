// What every store keeps of a task beside its first facts.
#include "core/intake/raw_message.h"
#include "core/task/message_split.h"
#include "core/task/task_change.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"

namespace orgo::contract {
namespace {

class TaskMoreContract : public Suite {
 protected:
  Task read(TaskNumber number) { return stores.tasks.read(kTenant, number).value(); }
};

TEST_P(TaskMoreContract, UntilWhenItIsPendingComesBackChangesAndGoes) {
  auto task = new_task();
  task.state = TaskState::pending;
  task.pending_until = kStart + Millis{3'600'001};
  const auto number = must_commit(opening(task)).task;
  EXPECT_EQ(read(number).pending_until, task.pending_until);
  for (const auto& until : {std::optional(kStart + Millis{7}), std::optional<TimePoint>()}) {
    auto next = read(number);
    ++next.version;
    next.pending_until = until;
    ASSERT_TRUE(commit_part(TaskChange{next}));
    EXPECT_EQ(read(number).pending_until, until);
  }
  EXPECT_EQ(read(must_commit(opening(new_task())).task).pending_until, std::nullopt);
}

TEST_P(TaskMoreContract, TiesComeBackWhole) {
  const TaskTies all{.links = {TaskNumber{2}, TaskNumber{30}},
                     .into = TaskNumber{7},
                     .merged = {TaskNumber{9}, TaskNumber{4}},
                     .people = {{TaskNumber{9}, "kim@client.example"}, {TaskNumber{4}, "\"a b\"@client.example"}}};
  auto task = new_task();
  task.ties = all;
  const auto number = must_commit(opening(task)).task;
  EXPECT_EQ(read(number).ties, all);
  for (const auto& ties : {TaskTies{.links = {TaskNumber{3}}}, TaskTies{}, TaskTies{.merged = {TaskNumber{8}}}}) {
    auto next = read(number);
    ++next.version;
    next.ties = ties;
    ASSERT_TRUE(commit_part(TaskChange{next}));
    EXPECT_EQ(read(number).ties, ties);
  }
}

TEST_P(TaskMoreContract, ALinkWithATaskOfTheSameChangesGetsItsNumber) {
  const auto old = must_commit(opening(new_task())).task;
  auto known = read(old);
  ++known.version;
  known.ties.links = {TaskRef::nth_new(1), TaskRef(TaskNumber{400}), TaskRef::nth_new(0)};
  Changes changes{.tenant = kTenant, .at = kStart};
  auto one = new_task(), two = new_task();
  one.ties.links = {old, TaskRef::nth_new(1)};
  changes.add(TaskChange{one});
  changes.add(TaskChange{known});
  changes.add(TaskChange{two});
  const auto first = must_commit(changes).task;
  const TaskNumber second{first.value + 1};
  using testing::ElementsAre;
  EXPECT_THAT(read(old).ties.links, ElementsAre(TaskRef(first), TaskRef(second), TaskRef(TaskNumber{400})));
  EXPECT_THAT(read(first).ties.links, ElementsAre(TaskRef(old), TaskRef(second)));
  known = read(old);
  ++known.version;
  known.ties.links = {TaskRef::nth_new(0)};
  EXPECT_EQ(commit_part(TaskChange{known}).error().code, Errc::invalid_input) << "there is none that is new";
}

TEST_P(TaskMoreContract, AMessageIsSplitOffOnce) {
  const auto bytes = mail("first@x");
  const auto message = accept(raw(bytes));
  EXPECT_EQ(commit_part(MessageSplit{message, must_commit(opening(new_task())).task}).error().code, Errc::not_found)
      << "not decided";
  must_commit(deciding(message));
  Changes changes = opening(new_task());
  changes.add(MessageSplit{message, TaskRef::nth_new(0)});
  const auto made = must_commit(changes).task;
  EXPECT_EQ(stores.messages.decision(kTenant, message).value()->split_to, made);
  EXPECT_NE(stores.messages.decision(kTenant, message).value()->task, TaskRef(made)) << "it stays where it was decided";
  EXPECT_EQ(commit(changes).error().code, Errc::conflict);
  EXPECT_EQ(commit_part(MessageSplit{MessageId{999}, made}).error().code, Errc::not_found);
  EXPECT_EQ(commit_part(MessageSplit{message, made}, kOtherTenant).error().code, Errc::not_found);
  ContextQuery query{.tenant = kTenant};
  query.thread.message = MessageId{1'000};
  query.thread.hints.message_ids = {"first@x"};
  query.thread.answers = {message_id_hash(kTenant, "first@x")};
  const auto facts = stores.context.load(std::span(&query, 1)).at(0).value();
  ASSERT_EQ(facts.thread.known.size(), 1U);
  EXPECT_EQ(facts.thread.known[0].task, made);
}

ORGO_CONTRACT(TaskMoreContract);

}  // namespace
}  // namespace orgo::contract
