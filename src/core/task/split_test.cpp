#include "core/task/split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parts/parts.h"
#include "core/task/message_split.h"
#include "core/task/task_change.h"
#include "tests/support/tenants.h"
#include "tests/support/timers.h"

namespace orgo::commands {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr TimePoint kNoon{Millis{1'800'014'400'000}};
constexpr Millis kAnHour{3'600'000};

Task leaking() {
  Task task{.tenant = kTenant};
  task.number = TaskNumber{12};
  task.version = 3;
  task.state = TaskState::acknowledged;
  task.title = "The roof";
  task.requester = mail_contact("kim@client.example");
  task.team = "desk@school.example";
  task.priority = Priority::high;
  task.origin = MessageId{7};
  return task;
}
JoinedMessage heating() {
  return {.id = MessageId{17},
          .task = TaskNumber{12},
          .split_to = {},
          .subject = "Re: The roof",
          .from = "pat@client.example",
          .is_work = true};
}

TEST(Split, AMessageBecomesATaskOfItsAuthor) {
  auto task = leaking();
  StepEffects effects;
  effects.replies = {"patience"};
  task.escalation = {{{.after = kAnHour, .to = "head@school.example", .effects = effects}}, 1, kNoon - 9 * kAnHour};
  const auto changes = split_off(task, heating(), "", "user:anna", kNoon);
  ASSERT_TRUE(changes) << changes.error().message;
  EXPECT_TRUE(check_form(*changes));
  ASSERT_THAT(changes->all<TaskChange>(), SizeIs(2));
  const auto& before = changes->all<TaskChange>()[0].task;
  EXPECT_EQ(before.number, task.number);
  EXPECT_EQ(before.version, 4);
  EXPECT_EQ(before.state, TaskState::acknowledged) << "it keeps all that it has";
  EXPECT_THAT(before.ties.links, ElementsAre(TaskRef::nth_new(0)));
  const auto& made = changes->all<TaskChange>()[1].task;
  EXPECT_FALSE(made.number);
  EXPECT_EQ(made.version, 0);
  EXPECT_EQ(made.state, TaskState::open);
  EXPECT_EQ(made.title, "Re: The roof");
  EXPECT_EQ(made.requester.address, "pat@client.example");
  EXPECT_EQ(made.team, "desk@school.example");
  EXPECT_EQ(made.priority, Priority::high);
  EXPECT_EQ(made.origin, MessageId{17});
  EXPECT_THAT(made.ties.links, ElementsAre(TaskRef(TaskNumber{12})));
  EXPECT_EQ(made.escalation.level, 0);
  EXPECT_TRUE(made.escalation.steps.at(0).effects->replies.empty()) << "those would go to who asked for the other";
  EXPECT_EQ(made.due_at, kNoon + kAnHour);
  EXPECT_THAT(timers_set(*changes), Contains(deadline_set(TaskRef::nth_new(0), kNoon + kAnHour)));
  ASSERT_THAT(changes->sends, SizeIs(1));
  EXPECT_EQ(changes->sends[0].recipient.address, "desk@school.example");
  EXPECT_EQ(changes->sends[0].subject, TaskRef::nth_new(0));
  ASSERT_NE(changes->find<MessageSplit>(), nullptr);
  EXPECT_EQ(changes->find<MessageSplit>()->into, TaskRef::nth_new(0));
  std::vector<std::string> said;
  for (const auto& event : changes->events)
    said.push_back(to_string(event.subject) + " " + std::string(to_string(event.kind)) + " " +
                   to_string(event.message));
  EXPECT_THAT(said, ElementsAre("T-12 task.split m17", "new T-1 task.opened m17"));
}

TEST(Split, IsRefusedWithTheReason) {
  const auto why = [](auto change, std::string_view title = "") {
    auto task = leaking();
    auto message = heating();
    change(task, message);
    const auto changes = split_off(task, message, title, "user:anna", kNoon);
    return changes ? std::string() : changes.error().message;
  };
  EXPECT_EQ(why([](auto&, auto&) {}), "");
  EXPECT_EQ(why([](auto& task, auto& message) {
              task.ties.merged = {TaskNumber{15}};
              message.task = TaskNumber{15};
            }),
            "")
      << "of a part";
  EXPECT_THAT(why([](auto& task, auto& message) {
                task.ties.merged = {TaskNumber{15}};
                message.task = TaskNumber{15};
                message.opened = true;
              }),
              HasSubstr("m17 opened T-15; unmerge that"));
  EXPECT_EQ(why([](auto& task, auto&) { task.ties.into = TaskNumber{15}; }),
            "T-12 was merged into T-15; work goes on there");
  EXPECT_THAT(why([](auto&, auto& message) { message.task = TaskNumber{13}; }), HasSubstr("no message of T-12"));
  EXPECT_THAT(why([](auto&, auto& message) { message.is_work = false; }), HasSubstr("no message of T-12"));
  EXPECT_THAT(why([](auto&, auto& message) { message.id = MessageId{7}; }), HasSubstr("opened T-12"));
  EXPECT_THAT(why([](auto&, auto& message) { message.is_ours = true; }), HasSubstr("written by us"));
  EXPECT_THAT(why([](auto&, auto& message) { message.split_to = TaskNumber{20}; }), HasSubstr("already, as T-20"));
  EXPECT_THAT(why([](auto& task, auto&) { task.ties.links.resize(TaskTies::kLinksMax); }), HasSubstr("100 links"));
  EXPECT_EQ(why([](auto&, auto&) {}, std::string(kTitleMax, 'x')), "");
  EXPECT_THAT(why([](auto&, auto&) {}, std::string(kTitleMax + 1, 'x')), HasSubstr("501 bytes"));
}

}  // namespace
}  // namespace orgo::commands
