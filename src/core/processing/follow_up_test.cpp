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
  context.thread.task->state = TaskState::open;
  EXPECT_EQ(run().find<MessageDecision>()->outcome, Outcome::task_joined) << "while it is open, it is the same trouble";
  context.thread.task->state = TaskState::resolved;
  incoming.message.make_mail().headers.clear();
  EXPECT_EQ(run().find<MessageDecision>()->outcome, Outcome::task_joined) << "a person's answer is no alert";
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

TEST_F(FollowUp, TheCopyOfAnOldMailIsSilent) {
  as_copy({"roof@house.example"});
  incoming.envelope.channel = Channel::import_;
  EXPECT_THAT(told(run()), IsEmpty());
  EXPECT_EQ(run().find<MessageDecision>()->outcome, Outcome::task_joined);
}

TEST_F(FollowUp, TheTaskOfAFormIsWhoFilledItIn) {
  context = {};
  incoming.message.in_reply_to.clear();
  incoming.message.from = Address{"Website", "noreply@website.example"};
  incoming.message.make_mail().reply_to = {{"Carla", "carla@person.example"}};
  EXPECT_EQ(run().all<TaskChange>()[0].task.requester, mail_contact("carla@person.example"));
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
