// What joins a task: who is told, by a person, a machine and a copy for another department.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/processing/decide.h"
#include "tests/support/decide_fixture.h"
#include "tests/support/tenants.h"
#include "tests/support/timers.h"

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FollowUp : public testing::Test {
 protected:
  FollowUp() {
    incoming.id = MessageId{7};
    incoming.envelope.sender = mail_contact("svc@vendor.example");
    incoming.envelope.recipient = mail_contact("roof@house.example");
    incoming.message.from = Address{"Vendor", "svc@vendor.example"};
    incoming.message.make_mail().to = {{"", "roof@house.example"}};
    incoming.message.subject = "RE: [T-12] The pump";
    incoming.message.in_reply_to = "x@house.example";
    incoming.message.text = "Hello, the pump has arrived broken. Please send somebody today.\n";
    settings.domain = "orgo.house.example";
    Task task{.tenant = kTenant, .number = TaskNumber{12}};
    task.version = 5;
    task.state = TaskState::resolved;
    task.title = "The pump";
    task.requester = mail_contact("svc@vendor.example");
    task.team = "water@house.example";
    context.thread.task = task;
    context.thread.evidence = "In-Reply-To: <x@house.example>";
  }
  void add(std::string name, std::string value) {
    incoming.message.make_mail().headers.push_back({std::move(name), std::move(value)});
  }
  void as_copy(std::vector<std::string> route_to) {
    context.thread.same_content = MessageId{3};
    rules.verdict.route_to = std::move(route_to);
    rules.verdict.matched = {"by recipient"};
  }
  Changes run() { return decide(incoming, context, rules, settings, kNow); }
  static std::vector<std::string> told(const Changes& changes) {
    std::vector<std::string> all;
    for (const auto& send : changes.sends) all.push_back(send.recipient.address + " " + send.template_name);
    return all;
  }

  Incoming incoming{.envelope = {.tenant = kTenant}};
  Context context;
  FakeRules rules;
  DecideSettings settings;
};

TEST_F(FollowUp, NewWordsReachTheTeamWhoeverSentThem) {
  for (const char* mark : {"", "auto-generated", "auto-generated; owner=\"x\"", "auto-notified"}) {
    incoming.message.make_mail().headers.clear();
    if (*mark != '\0') {
      add("Auto-Submitted", mark);
      add("Precedence", "bulk");
    }
    const auto changes = run();
    EXPECT_EQ(changes.all<TaskChange>()[0].task.state, TaskState::open) << mark;
    EXPECT_THAT(told(changes), ElementsAre("water@house.example task_replied")) << mark;
    EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_joined);
  }
}

TEST_F(FollowUp, AMachineThatSendsBackWhatItGotTellsNobody) {
  add("Auto-Submitted", "auto-generated");
  incoming.message.text = "> We have your request.\n> Thank you.\n";
  const auto changes = run();
  EXPECT_EQ(changes.all<TaskChange>()[0].task.state, TaskState::resolved);
  EXPECT_THAT(told(changes), IsEmpty());
}

TEST_F(FollowUp, ASecondAlertMayOpenATaskOfItsOwn) {
  add("Auto-Submitted", "auto-generated");
  settings.alerts = AlertPolicy::open;
  rules.verdict.route_to = {"water@house.example"};
  auto changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_opened);
  EXPECT_THAT(changes.find<MessageDecision>()->reason, HasSubstr("related to T-12"));
  EXPECT_THAT(told(changes), ElementsAre("water@house.example task_opened"));
  const auto& seen = *context.thread.task;
  ASSERT_EQ(changes.all<TaskChange>().size(), 2U) << "each shows the other";
  EXPECT_THAT(changes.all<TaskChange>()[0].task.ties.links, ElementsAre(TaskRef(seen.number)));
  EXPECT_THAT(changes.all<TaskChange>()[1].task.ties.links, ElementsAre(TaskRef::nth_new(0)));
  EXPECT_EQ(changes.all<TaskChange>()[1].task.version, seen.version + 1);
  EXPECT_EQ(changes.all<TaskChange>()[1].task.updated_at, seen.updated_at) << "it stays as long ago as it is";
  EXPECT_EQ(changes.all<TaskChange>()[1].task.state, TaskState::resolved);
  context.thread.task->ties.links.resize(TaskTies::kLinksMax);
  EXPECT_EQ(run().all<TaskChange>().size(), 1U) << "where there is room";
  context.thread.task->ties.links.clear();
  context.thread.task->state = TaskState::open;
  EXPECT_EQ(run().find<MessageDecision>()->outcome, Outcome::task_joined) << "while it is open, it is the same trouble";
  context.thread.task->state = TaskState::resolved;
  incoming.message.make_mail().headers.clear();
  EXPECT_EQ(run().find<MessageDecision>()->outcome, Outcome::task_joined) << "a person's answer is no alert";
  add("Auto-Submitted", "auto-generated");
  add("X-Orgo-Hop", "1");
  EXPECT_EQ(run().find<MessageDecision>()->outcome, Outcome::task_joined) << "nor is what another Orgo tells of a task";
}

TEST_F(FollowUp, ACopyForAnotherDepartmentTellsIt) {
  as_copy({"roof@house.example"});
  const auto changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_joined);
  EXPECT_THAT(
      changes.find<MessageDecision>()->reason,
      HasSubstr("a further copy of m3, which belongs to T-12; told whom the rules name for roof@house.example"));
  EXPECT_THAT(told(changes), ElementsAre("roof@house.example task_opened"));
  EXPECT_EQ(changes.all<TaskChange>()[0].task.team, "water@house.example") << "it stays whose it was";
  EXPECT_EQ(changes.all<TaskChange>()[0].task.state, TaskState::open) << "there is new work in it";
}

TEST_F(FollowUp, ACopyTellsNobodyTwice) {
  as_copy({"water@house.example"});
  EXPECT_THAT(told(run()), IsEmpty()) << "the team of the task";
  EXPECT_THAT(run().all<TaskChange>(), IsEmpty());
  as_copy({"Roof@house.example", "heating@house.example"});
  context.told = {"roof@house.example", "svc@vendor.example"};
  EXPECT_THAT(told(run()), ElementsAre("heating@house.example task_opened"));
  context.told.emplace_back("heating@house.example");
  EXPECT_THAT(told(run()), IsEmpty());
  as_copy({});
  EXPECT_THAT(told(run()), IsEmpty()) << "no rule names anybody";
  context.told.clear();
  as_copy({"roof@house.example"});
  rules.verdict.drop = "no roof";
  EXPECT_THAT(told(run()), IsEmpty());
  EXPECT_THAT(run().find<MessageDecision>()->reason, HasSubstr("dropped by rule 'no roof'"));
}

TEST_F(FollowUp, WhatTheRulesSayOfTheSecondDepartmentJoinsTheTask) {
  as_copy({"roof@house.example"});
  auto& task = *context.thread.task;
  task.state = TaskState::open;
  rules.verdict.priority = Priority::urgent;
  rules.verdict.tags = {"roof"};
  rules.verdict.assign = "hans@house.example";
  rules.verdict.escalation = {{kHour, "boss@house.example"}, {2 * kHour, ""}};
  const auto changes = run();
  const auto& next = changes.all<TaskChange>()[0].task;
  EXPECT_EQ(next.priority, Priority::urgent);
  EXPECT_EQ(next.assignee, "hans@house.example");
  EXPECT_THAT(next.tags, ElementsAre("roof"));
  EXPECT_EQ(next.team, "water@house.example");
  ASSERT_EQ(next.escalation.steps.size(), 2U);
  EXPECT_EQ(next.escalation.steps[1].to, "roof@house.example") << "its team is reminded, not the first one";
  EXPECT_EQ(next.escalation.started_at, kNow);
  EXPECT_EQ(next.due_at, kNow + kHour);
  EXPECT_THAT(changes.events, testing::Contains(testing::Field(&Event::kind, EventKind::task_due)))
      << "the history has no holes";
  EXPECT_THAT(changes.timers, ElementsAre(deadline_set(task.number, kNow + kHour)));
  EXPECT_THAT(told(changes), ElementsAre("roof@house.example task_opened", "hans@house.example task_assigned"));
}

TEST_F(FollowUp, TheSecondDepartmentTakesNothingAwayFromTheFirst) {
  as_copy({"roof@house.example"});
  auto& task = *context.thread.task;
  task.state = TaskState::open;
  task.priority = Priority::high;
  task.assignee = "ina@house.example";
  task.escalation = {{{kHour, "ina@house.example"}, {3 * kHour, "head@house.example"}}, 1, kNow - kHour};
  task.due_at = kNow + 9 * kHour;  // by a person
  rules.verdict.assign = "hans@house.example";
  rules.verdict.escalation = {{2 * kHour, "boss@house.example"}, {3 * kHour, "head@house.example"}};
  for (const auto priority : {Priority::low, Priority::normal, Priority::high}) {
    rules.verdict.priority = priority;
    const auto changes = run();
    const auto& next = changes.all<TaskChange>()[0].task;
    EXPECT_EQ(next.priority, Priority::high);
    EXPECT_EQ(next.assignee, "ina@house.example");
    EXPECT_EQ(next.due_at, kNow + 9 * kHour);
    EXPECT_EQ(next.escalation.level, 1);
    ASSERT_EQ(next.escalation.steps.size(), 3U) << "the same step twice is one";
    EXPECT_EQ(next.escalation.steps[2].to, "boss@house.example");
    EXPECT_THAT(changes.timers, ElementsAre(deadline_set(task.number, kNow + kHour))) << "the stricter one is next";
  }
}

TEST_F(FollowUp, ATaskWithoutATeamIsTheSecondDepartments) {
  as_copy({"roof@house.example"});
  context.thread.task->team.clear();
  context.thread.task->state = TaskState::open;
  for (const auto copies : {CopyPolicy::join, CopyPolicy::own}) {
    settings.copies = copies;
    const auto changes = run();
    EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_joined);
    EXPECT_EQ(changes.all<TaskChange>()[0].task.team, "roof@house.example");
    EXPECT_THAT(told(changes), ElementsAre("roof@house.example task_opened"));
  }
}

TEST_F(FollowUp, ACopyUnderTheSameRuleChangesNothing) {
  as_copy({"water@house.example"});
  auto& task = *context.thread.task;
  task.state = TaskState::open;
  task.priority = Priority::high;
  task.assignee = "ina@house.example";
  task.tags = {"roof"};
  task.escalation = {{{kHour, "head@house.example"}}, 0, kNow};
  rules.verdict.priority = Priority::high;
  rules.verdict.assign = "ina@house.example";
  rules.verdict.tags = {"roof"};
  rules.verdict.notes = {"as the manual says"};
  rules.verdict.escalation = {{kHour, "head@house.example"}};
  EXPECT_THAT(run().all<TaskChange>(), IsEmpty());
  EXPECT_THAT(told(run()), IsEmpty());
  task.state = TaskState::closed;
  rules.verdict.tags = {"new"};
  EXPECT_THAT(run().all<TaskChange>(), IsEmpty()) << "what is done stays done as long as nobody new is told";
}

TEST_F(FollowUp, ACopyMayOpenATaskOfItsOwn) {
  as_copy({"roof@house.example"});
  rules.verdict.reply_with = {"received"};
  settings.copies = CopyPolicy::own;
  const auto changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_opened);
  EXPECT_THAT(changes.find<MessageDecision>()->reason, HasSubstr("a copy of m3 belongs to T-12"));
  EXPECT_THAT(told(changes), ElementsAre("roof@house.example task_opened")) << "and its sender is not answered again";
  as_copy({"water@house.example"});
  EXPECT_EQ(run().find<MessageDecision>()->outcome, Outcome::task_joined) << "the same team needs no second task";
}

TEST_F(FollowUp, TheChainOfACopyAnswersNobodyASecondTime) {
  as_copy({"roof@house.example"});
  settings.copies = CopyPolicy::own;
  rules.verdict.escalation = {
      {.after = kHour, .effects = StepEffects{.priority = Priority::high, .replies = {"delayed"}}}};
  const auto changes = run();
  const auto& chain = changes.all<TaskChange>()[0].task.escalation;
  ASSERT_EQ(chain.steps.size(), 1U);
  EXPECT_EQ(chain.steps[0].effects->priority, Priority::high) << "all else of the step holds";
  EXPECT_THAT(chain.steps[0].effects->replies, IsEmpty());
}

TEST_F(FollowUp, TheSameStepOfTwoRulesIsOne) {
  as_copy({"roof@house.example"});
  auto& task = *context.thread.task;
  task.state = TaskState::open;
  task.escalation = {{{.after = kHour, .to = "head@house.example", .rule = "water"}}, 0, kNow};
  rules.verdict.escalation = {{.after = kHour, .to = "head@house.example", .rule = "roof"}};
  const auto changes = run();
  const auto& steps = changes.all<TaskChange>()[0].task.escalation.steps;
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].rule, "water") << "of the one that wanted it first";
}

TEST_F(FollowUp, TheCopyOfAnOldMailIsSilent) {
  as_copy({"roof@house.example"});
  incoming.envelope.channel = Channel::import_;
  rules.verdict.tags = {"roof"};
  rules.verdict.priority = Priority::urgent;
  rules.verdict.escalation = {{kHour, "head@house.example"}};
  for (const auto state : {TaskState::open, TaskState::closed}) {
    context.thread.task->state = state;
    const auto changes = run();
    EXPECT_THAT(told(changes), IsEmpty());
    EXPECT_THAT(changes.timers, IsEmpty());
    EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_joined);
    ASSERT_EQ(changes.all<TaskChange>().size(), 1U);
    const auto& task = changes.all<TaskChange>()[0].task;
    EXPECT_THAT(task.tags, ElementsAre("roof")) << "it is known as what the second department calls it";
    EXPECT_EQ(task.priority, Priority::urgent);
    EXPECT_EQ(task.state, state);
  }
  settings.copies = CopyPolicy::own;
  EXPECT_EQ(run().find<MessageDecision>()->outcome, Outcome::task_opened);
  EXPECT_THAT(told(run()), IsEmpty());
}

TEST_F(FollowUp, TheTaskOfAFormIsWhoFilledItIn) {
  context = {};
  incoming.message.in_reply_to.clear();
  incoming.message.from = Address{"Website", "noreply@website.example"};
  incoming.message.make_mail().reply_to = {{"Carla", "carla@person.example"}};
  EXPECT_EQ(run().all<TaskChange>()[0].task.requester, mail_contact("carla@person.example"));
  incoming.message.from = Address{"Our form", "roof@firm.example"};
  EXPECT_EQ(run().all<TaskChange>()[0].task.requester, mail_contact("roof@firm.example"));
  rules.verdict.route_to = {"roof@firm.example"};
  EXPECT_EQ(run().all<TaskChange>()[0].task.requester, mail_contact("carla@person.example"))
      << "whom the rules route to is one of ours";
}

TEST_F(FollowUp, AStrangerWithTheSameAncestorHasARelatedTask) {
  context = {};
  context.thread.related = TaskNumber{12};
  const auto changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_opened);
  EXPECT_THAT(changes.find<MessageDecision>()->reason, HasSubstr("related to T-12"));
  EXPECT_THAT(changes.events.front().data, HasSubstr("\"related\":\"T-12\""));
}

}  // namespace
}  // namespace orgo
