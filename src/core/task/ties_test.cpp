// Tasks that have to do with one another: links and merges.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "core/task/commands.h"
#include "core/task/link.h"
#include "core/task/merge_tasks.h"
#include "core/task/pend.h"
#include "core/task/task_change.h"
#include "core/task/word_at_resolving.h"
#include "tests/support/tenants.h"
#include "tests/support/timers.h"

namespace orgo::commands {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimePoint kNoon{Millis{1'800'014'400'000}};
constexpr Millis kAnHour{3'600'000};

/// The tasks of a house, changed by commands as a store would.
class Ties : public testing::Test {
 protected:
  Ties() {
    for (const int number : {12, 15, 16, 17}) open(number, "asks" + std::to_string(number) + "@client.example");
  }
  Task& open(int number, std::string requester) {
    Task task{.tenant = kTenant};
    task.number = TaskNumber{number};
    task.state = TaskState::open;
    task.title = "Task " + std::to_string(number);
    task.requester = mail_contact(std::move(requester));
    task.updated_at = kNoon - kAnHour;
    return tasks.insert_or_assign(number, task).first->second;
  }
  /// "" when it was done, "nothing" when it was so already, else the error.
  std::string keep(const Result<Changes>& changes) {
    if (!changes) return changes.error().message;
    if (changes->find<TaskChange>() == nullptr)
      return changes->events.empty() ? "nothing" : "an event without a change";
    for (const auto& change : changes->all<TaskChange>()) {
      auto& known = tasks.at(static_cast<int>(change.task.number.value));
      EXPECT_EQ(change.task.version, known.version + 1);
      known = change.task;
    }
    last = *changes;
    return "";
  }
  std::string merge(int from, int into) {
    const auto root = end_of_merges(
        tasks.at(into), [&](TaskNumber number) -> Result<Task> { return tasks.at(static_cast<int>(number.value)); });
    return keep(merge_into(tasks.at(from), *root, "user:anna", kNoon));
  }
  std::string undo(int number) {
    const auto into = static_cast<int>(tasks.at(number).ties.into.value);
    return keep(unmerge(tasks.at(number), tasks.at(into == 0 ? number : into), "user:anna", kNoon));
  }
  std::vector<std::int64_t> parts(int number) {
    std::vector<std::int64_t> all;
    for (const auto part : tasks.at(number).ties.merged) all.push_back(part.value);
    return all;
  }
  std::map<int, Task> tasks;
  Changes last{.tenant = kTenant};
};

TEST_F(Ties, ALinkIsSeenFromBothSidesAndOnce) {
  EXPECT_EQ(keep(link(tasks.at(12), tasks.at(15), "user:anna", kNoon)), "");
  EXPECT_THAT(tasks.at(12).ties.links, ElementsAre(TaskRef(TaskNumber{15})));
  EXPECT_THAT(tasks.at(15).ties.links, ElementsAre(TaskRef(TaskNumber{12})));
  ASSERT_THAT(last.events, SizeIs(2));
  EXPECT_EQ(last.events[0].data, R"({"task":"T-15","title":"Task 15"})");
  EXPECT_EQ(last.events[1].data, R"({"task":"T-12","title":"Task 12"})");
  EXPECT_EQ(last.events[1].actor, "user:anna");
  EXPECT_THAT(last.sends, IsEmpty());
  EXPECT_EQ(keep(link(tasks.at(15), tasks.at(12), "user:bert", kNoon)), "nothing") << "whoever says it again";
  EXPECT_EQ(keep(link(tasks.at(12), tasks.at(16), "user:anna", kNoon)), "");
  EXPECT_THAT(tasks.at(12).ties.links, ElementsAre(TaskRef(TaskNumber{15}), TaskRef(TaskNumber{16})));
  EXPECT_EQ(keep(unlink(tasks.at(15), tasks.at(12), "user:anna", kNoon)), "");
  EXPECT_THAT(tasks.at(12).ties.links, ElementsAre(TaskRef(TaskNumber{16})));
  EXPECT_THAT(tasks.at(15).ties.links, IsEmpty());
  EXPECT_EQ(keep(unlink(tasks.at(15), tasks.at(12), "user:anna", kNoon)), "nothing");
}

TEST_F(Ties, ALinkHasBoundsAndLeavesWhatIsDoneAsOldAsItIs) {
  EXPECT_THAT(keep(link(tasks.at(12), tasks.at(12), "user:anna", kNoon)), HasSubstr("itself"));
  tasks.at(15).state = TaskState::closed;
  EXPECT_EQ(keep(link(tasks.at(12), tasks.at(15), "user:anna", kNoon)), "");
  EXPECT_EQ(tasks.at(15).updated_at, kNoon - kAnHour) << "a reply would else reopen it for longer";
  EXPECT_EQ(tasks.at(12).updated_at, kNoon);
  for (std::size_t i = 0; i < TaskTies::kLinksMax; ++i)
    tasks.at(16).ties.links.push_back(TaskNumber{static_cast<std::int64_t>(100 + i)});
  EXPECT_THAT(keep(link(tasks.at(12), tasks.at(16), "user:anna", kNoon)), HasSubstr("T-16 has 100 links"));
  tasks.at(16).ties.links.pop_back();
  EXPECT_EQ(keep(link(tasks.at(12), tasks.at(16), "user:anna", kNoon)), "");
}

TEST_F(Ties, ALinkOfOneSideIsMadeWhole) {
  tasks.at(12).ties.links = {TaskNumber{15}};
  EXPECT_EQ(keep(link(tasks.at(12), tasks.at(15), "user:anna", kNoon)), "");
  EXPECT_THAT(tasks.at(15).ties.links, ElementsAre(TaskRef(TaskNumber{12})));
  EXPECT_THAT(last.events, SizeIs(1));
}

TEST_F(Ties, WhatIsMergedIsClosedAndItsWorkEnds) {
  auto& task = tasks.at(15);
  task.escalation = {{{kAnHour, "head@school.org"}}, 0, kNoon};
  task.due_at = kNoon + kAnHour;
  task.state = TaskState::pending;
  task.pending_until = kNoon + kAnHour;
  ASSERT_EQ(merge(15, 12), "");
  EXPECT_EQ(tasks.at(15).state, TaskState::closed);
  EXPECT_EQ(tasks.at(15).ties.into, TaskNumber{12});
  EXPECT_EQ(tasks.at(15).pending_until, std::nullopt);
  EXPECT_EQ(tasks.at(15).due_at, std::nullopt) << "no date without its alarm";
  EXPECT_THAT(parts(12), ElementsAre(15));
  EXPECT_THAT(tasks.at(12).ties.people, ElementsAre(MergedPerson{TaskNumber{15}, "asks15@client.example"}));
  EXPECT_TRUE(has_asked(tasks.at(12), "ASKS15@client.example"));
  EXPECT_EQ(tasks.at(12).requester.address, "asks12@client.example");
  for (const auto& cleared :
       {deadline_cleared(TaskNumber{15}), overdue_cleared(TaskNumber{15}), pending_cleared(TaskNumber{15})})
    EXPECT_THAT(last.timers, Contains(cleared)) << cleared.name;
  EXPECT_THAT(last.sends, IsEmpty()) << "nobody is told";
  EXPECT_EQ(word_at_resolving(task, tasks.at(15), "user:anna", kNoon), std::nullopt)
      << "nor where people are at the end";
  std::vector<std::string> said;
  for (const auto& event : last.events)
    said.push_back(to_string(event.subject) + " " + std::string(to_string(event.kind)) + " " + event.data);
  EXPECT_THAT(said,
              ElementsAre(R"(T-15 task.state {"from":"pending","to":"closed"})",
                          R"(T-15 task.due {"from":")" + to_rfc3339(kNoon + kAnHour) + "\"}",
                          R"(T-15 task.merged {"into":"T-12","title":"Task 12"})",
                          R"(T-12 task.merged {"task":"T-15","title":"Task 15","requester":"asks15@client.example"})"));
}

TEST_F(Ties, MergedTwiceIsOnceAndElsewhereIsRefused) {
  ASSERT_EQ(merge(15, 12), "");
  EXPECT_EQ(merge(15, 12), "nothing");
  EXPECT_THAT(merge(15, 16), HasSubstr("T-15 was merged into T-12 already"));
  EXPECT_THAT(merge(12, 12), HasSubstr("itself"));
  EXPECT_THAT(merge(12, 15), HasSubstr("itself")) << "T-15 leads to T-12";
}

TEST_F(Ties, WhatIsDoneTakesNoOpenWorkIn) {
  tasks.at(12).state = TaskState::closed;
  EXPECT_THAT(merge(15, 12), HasSubstr("T-12 is closed; reopen it first"));
  EXPECT_EQ(tasks.at(15).state, TaskState::open);
  tasks.at(15).state = TaskState::resolved;
  EXPECT_EQ(merge(15, 12), "") << "both are done";
  EXPECT_EQ(tasks.at(15).state, TaskState::closed);
  EXPECT_EQ(tasks.at(12).state, TaskState::closed);
  EXPECT_EQ(tasks.at(12).updated_at, kNoon - kAnHour);
}

TEST_F(Ties, MergesGoOnWithoutACircle) {
  ASSERT_EQ(merge(15, 12), "");
  ASSERT_EQ(merge(16, 15), "") << "into what was merged: into where that went";
  EXPECT_EQ(tasks.at(16).ties.into, TaskNumber{12});
  ASSERT_EQ(merge(12, 17), "");
  EXPECT_THAT(parts(17), ElementsAre(12, 15, 16));
  EXPECT_THAT(tasks.at(17).ties.people, SizeIs(3));
  EXPECT_EQ(merge(15, 17), "nothing") << "both are one already";
  for (const int number : {12, 15, 16}) EXPECT_THAT(merge(17, number), HasSubstr("itself")) << number;
}

TEST_F(Ties, MergesAreBounded) {
  for (std::size_t i = 0; i < TaskTies::kMergedMax; ++i) {
    const int number = static_cast<int>(100 + i);
    open(number, "");
    ASSERT_EQ(merge(number, 12), "") << number;
  }
  EXPECT_THAT(merge(15, 12), HasSubstr("more than 50 tasks would be one in T-12"));
  EXPECT_EQ(merge(12, 15), "more than 50 tasks would be one in T-15");
}

TEST_F(Ties, WorkOnWhatWasMergedIsWorkOnTheOther) {
  tasks.at(15).tags = {"roof"};
  ASSERT_EQ(keep(link(tasks.at(15), tasks.at(17), "user:anna", kNoon)), "");
  ASSERT_EQ(merge(15, 12), "");
  const auto& task = tasks.at(15);
  for (const auto& changes :
       {assign(task, "anna", "user:anna", kNoon), reopen(task, "user:anna", kNoon),
        set_due(task, kNoon, "user:anna", kNoon), set_state(task, TaskState::open, "user:anna", kNoon),
        pend(task, {}, "user:anna", kNoon), set_priority(task, Priority::high, "user:anna", kNoon),
        tag(task, "wet", "user:anna", kNoon), untag(task, "roof", "user:anna", kNoon),
        set_fields(task, {{"room", "Room", "102", {}}}, "user:anna", kNoon), set_sla(task, {}, "user:anna", kNoon),
        route(task, "desk", "user:anna", kNoon), link(task, tasks.at(16), "user:anna", kNoon),
        link(tasks.at(16), task, "user:anna", kNoon), link(task, tasks.at(12), "user:anna", kNoon),
        unlink(task, tasks.at(17), "user:anna", kNoon)}) {
    ASSERT_FALSE(changes);
    EXPECT_EQ(changes.error().message, "T-15 was merged into T-12; work goes on there");
  }
  EXPECT_TRUE(comment(task, "A note shows with the other.", "user:anna", kNoon));
  EXPECT_EQ(keep(unlink(tasks.at(17), tasks.at(15), "user:anna", kNoon)), "") << "work on the living one";
}

TEST_F(Ties, UnmergingGivesBothWhatTheyHad) {
  tasks.at(15).escalation = {{{kAnHour, "head@school.org"}}, 1, kNoon - 9 * kAnHour};
  ASSERT_EQ(merge(15, 12), "");
  ASSERT_EQ(merge(16, 12), "");
  ASSERT_EQ(undo(15), "");
  EXPECT_EQ(tasks.at(15).state, TaskState::open);
  EXPECT_FALSE(tasks.at(15).ties.into);
  EXPECT_EQ(tasks.at(15).due_at, kNoon + kAnHour) << "by its chain";
  EXPECT_THAT(timers_set(last), Contains(deadline_set(TaskNumber{15}, kNoon + kAnHour))) << "its chain begins anew";
  EXPECT_THAT(parts(12), ElementsAre(16));
  EXPECT_FALSE(has_asked(tasks.at(12), "asks15@client.example"));
  EXPECT_TRUE(has_asked(tasks.at(12), "asks16@client.example"));
  EXPECT_THAT(undo(15), HasSubstr("T-15 was not merged"));
  EXPECT_EQ(merge(15, 12), "") << "and it can be merged again";
}

TEST_F(Ties, WhatWasMergedOnIsTakenApartFromTheEnd) {
  ASSERT_EQ(merge(15, 12), "");
  ASSERT_EQ(merge(12, 17), "");
  EXPECT_THAT(undo(15), HasSubstr("unmerge that one first"));
  ASSERT_EQ(undo(12), "");
  EXPECT_THAT(parts(17), IsEmpty());
  EXPECT_THAT(tasks.at(17).ties.people, IsEmpty());
  EXPECT_THAT(parts(12), ElementsAre(15)) << "with its own part";
  ASSERT_EQ(undo(15), "");
  EXPECT_THAT(parts(12), IsEmpty());
}

}  // namespace
}  // namespace orgo::commands
