#include "core/processing/join_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/task/commands.h"
#include "tests/support/decide_fixture.h"

namespace orgo {
namespace {

TEST_F(Decide, AFollowUpJoinsAndTellsTheTeamOnce) {
  in_thread();
  const auto changes = run();
  EXPECT_EQ(rules.asked, 0);
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_joined);
  EXPECT_EQ(changes.find<MessageDecision>()->task, TaskNumber{12});
  EXPECT_EQ(changes.find<MessageDecision>()->reason, "follow-up of T-12 by In-Reply-To: <x@organization.com>");
  ASSERT_EQ(changes.all<TaskChange>().size(), 1U)
      << "the version is taken, so that a reply that crosses a closing is decided again";
  EXPECT_EQ(changes.all<TaskChange>()[0].task.version, 6);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.state, TaskState::open);
  EXPECT_EQ(recipients(changes), std::vector<std::string>{"maintenance@organization.com task_replied"});
  EXPECT_EQ(changes.sends[0].subject, TaskNumber{12});
  EXPECT_EQ(changes.events.at(0).kind, EventKind::task_replied);
  EXPECT_TRUE(timers_set(changes).empty());
}

TEST_F(Decide, AFollowUpMovesTheClocksOfItsServiceLevelAtOnce) {
  const std::vector<std::pair<std::string, std::string>> ways{{"customer@elsewhere.example", "by the customer"},
                                                              {"maintenance@organization.com", "an answer of ours"}};
  for (const auto state : {TaskState::open, TaskState::pending, TaskState::acknowledged, TaskState::resolved})
    for (const auto& [from, what] : ways) {
      SCOPED_TRACE(what + " to what is " + std::string(to_string(state)));
      in_thread(state);
      incoming.message.from = Address{"", from};
      auto& task = *context.thread.task;
      task.sla.emplace();
      task.sla->sla.targets[0] = SlaTarget{.within = kHour};
      const auto changes = run();
      EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_joined);
      ASSERT_FALSE(timers_set(changes).empty()) << "its deadlines are computed anew";
      if (state != TaskState::resolved) {
        EXPECT_EQ(timers_set(changes).front().due_at, kNow);
      }
    }
  in_thread();
  context.thread.task->sla.emplace();
  incoming.envelope.archived = Archived{kNow - kHour, TaskState::closed};
  EXPECT_TRUE(timers_set(run()).empty()) << "old mail moves no clock";
}

TEST_F(Decide, AReplyOpensWhatIsPendingBeforeItsDate) {
  for (const bool promised : {false, true}) {
    in_thread(TaskState::pending);
    auto& task = *context.thread.task;
    task.pending_until = kNow + kHour;
    if (promised) task.sla.emplace();
    const auto changes = run();
    EXPECT_EQ(changes.find<TaskChange>()->task.state, TaskState::open);
    EXPECT_EQ(changes.find<TaskChange>()->task.pending_until, std::nullopt);
    EXPECT_THAT(timers_cleared(changes), testing::ElementsAre(pending_cleared(task.number)));
    EXPECT_THAT(timers_set(changes), testing::SizeIs(promised ? 1 : 0)) << "its clocks are looked at, too";
  }
}

TEST_F(Decide, RulesThatAskForTheThreadHaveASayAboutFollowUps) {
  in_thread(TaskState::resolved);
  EXPECT_EQ(run().find<MessageDecision>()->outcome, Outcome::task_joined);
  EXPECT_EQ(rules.asked, 0) << "no rule asks for the thread";
  rules.asks.thread = true;
  rules.verdict.priority = Priority::urgent;
  rules.verdict.tags = {"again"};
  rules.verdict.notify = {"head@organization.com"};
  const auto changes = run();
  EXPECT_EQ(rules.asked, 1);
  EXPECT_EQ(rules.last_thread, TaskNumber{12});
  ASSERT_EQ(changes.all<TaskChange>().size(), 1U);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.priority, Priority::urgent);
  EXPECT_THAT(changes.all<TaskChange>()[0].task.tags, testing::ElementsAre("again"));
  EXPECT_THAT(recipients(changes), testing::Contains("head@organization.com task_replied"));
  EXPECT_THAT(changes.find<MessageDecision>()->reason, testing::HasSubstr("rule 'water' acted"));
  rules.verdict = {};
  EXPECT_EQ(run().all<TaskChange>()[0].task.priority, Priority::normal) << "no rule matched";
}

TEST_F(Decide, AReplyReopensWhatIsDone) {
  for (const auto state : {TaskState::resolved, TaskState::closed}) {
    in_thread(state);
    context.thread.task->assignee = "bob@organization.com";
    const auto changes = run();
    const Task& task = changes.all<TaskChange>()[0].task;
    EXPECT_EQ(task.state, TaskState::open);
    EXPECT_EQ(task.escalation.level, 0);
    EXPECT_EQ(task.escalation.started_at, kNow);
    ASSERT_EQ(timers_set(changes).size(), 1U);
    EXPECT_EQ(timers_set(changes)[0].due_at, kNow + 2 * kHour);
    EXPECT_EQ(timers_set(changes)[0].subject, TaskNumber{12});
    EXPECT_EQ(recipients(changes), std::vector<std::string>{"bob@organization.com task_replied"});
    EXPECT_TRUE(std::any_of(changes.events.begin(), changes.events.end(),
                            [](const Event& e) { return e.kind == EventKind::task_reopened; }));
  }
  in_thread(TaskState::pending);
  EXPECT_EQ(run().all<TaskChange>()[0].task.state, TaskState::open);
  in_thread(TaskState::acknowledged);
  EXPECT_EQ(run().all<TaskChange>()[0].task.state, TaskState::acknowledged);
}

/// "It is mended, I have closed it": the agent answers who asked, and Orgo is in Cc.
TEST_F(Decide, OurOwnAnswerToTheCustomerLeavesTheTaskAsItIs) {
  const std::string customer = "secretary@organization.com";
  rules.place.teams["desk"] = {.name = "desk", .address = "desk@organization.com", .members = {"ben@organization.com"}};
  for (const auto* who : {"ben@organization.com", "Desk@organization.com", "maintenance@organization.com",
                          "carl@firm.example"})  // a member, a team, the task's team, its assignee
    for (const auto state : {TaskState::closed, TaskState::resolved, TaskState::pending, TaskState::acknowledged}) {
      for (const bool in_cc : {false, true}) {
        in_thread(state);
        context.thread.task->assignee = "carl@firm.example";
        incoming.message.from->address = who;
        incoming.envelope.sender = mail_contact(who);
        settings.answers.vouching_server = "mx.organization.com";
        const std::string house(domain_part(who));
        incoming.message.make_mail().headers = {
            {"From", who}, {"Authentication-Results", "mx.organization.com; dmarc=pass header.from=" + house}};
        incoming.message.make_mail().to = {{"", in_cc ? "help@organization.com" : customer}};
        incoming.message.make_mail().cc = {{"", in_cc ? customer : "help@organization.com"}};
        const auto changes = run();
        EXPECT_EQ(changes.all<TaskChange>()[0].task.state, state) << who;
        EXPECT_TRUE(timers_set(changes).empty()) << who;
        EXPECT_THAT(changes.find<MessageDecision>()->reason, testing::HasSubstr("our answer to who asked leaves it"));
      }
    }
  // To us alone it opens nothing when one of ours writes; what the customer writes does, who may work here.
  in_thread(TaskState::closed);
  incoming.message.from->address = "ben@organization.com";
  incoming.message.make_mail().to = {{"", "help@organization.com"}};
  incoming.message.make_mail().cc.clear();
  EXPECT_EQ(run().all<TaskChange>()[0].task.state, TaskState::closed);
  incoming.message.from->address = customer;
  incoming.message.make_mail().to = {{"", customer}};
  EXPECT_EQ(run().all<TaskChange>()[0].task.state, TaskState::open);
  incoming.message.from->address = "stranger@example.org";
  EXPECT_EQ(run().all<TaskChange>()[0].task.state, TaskState::open);
}

TEST_F(Decide, TheWriterIsNotToldOfHisOwnReply) {
  in_thread();
  context.thread.task->assignee = "Secretary@organization.com";
  EXPECT_TRUE(run().sends.empty());
  context.thread.task->assignee = "carl@firm.example";
  incoming.envelope.sender = mail_contact("carl@firm.example");
  EXPECT_TRUE(run().sends.empty()) << "nor of what he sends under another name";
  incoming.envelope.sender = mail_contact("mailer@firm.example");
  EXPECT_EQ(recipients(run()), std::vector<std::string>{"carl@firm.example task_replied"});
}

TEST_F(Decide, AnArchivedFollowUpMovesNothing) {
  in_thread(TaskState::closed);
  const auto updated = context.thread.task->updated_at;
  incoming.envelope.archived = Archived{updated - kHour, TaskState::closed};
  auto changes = run();
  EXPECT_EQ(changes.all<TaskChange>()[0].task.state, TaskState::closed);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.updated_at, updated);
  EXPECT_TRUE(changes.sends.empty());
  incoming.envelope.archived.reset();
  EXPECT_EQ(run().all<TaskChange>()[0].task.state, TaskState::open) << "the same mail of today opens it again";
}

TEST_F(Decide, WhatThreadRulesChangeStandsInTheHistory) {
  in_thread();
  rules.asks.thread = true;
  rules.verdict.priority = Priority::urgent;
  rules.verdict.assign = "bert@organization.com";
  rules.verdict.route_to = {"heating@organization.com"};
  rules.verdict.tags = {"again", "urgent"};
  context.thread.task->tags = {"again"};
  const auto changes = run();
  std::vector<std::string> history;
  for (const auto& event : changes.events) {
    EXPECT_EQ(event.subject, TaskNumber{12});
    EXPECT_EQ(event.message, MessageId{7});
    if (event.kind != EventKind::task_replied && event.kind != EventKind::message_decided)
      history.push_back(std::string(to_string(event.kind)) + " " + event.data);
  }
  EXPECT_THAT(
      history,
      testing::ElementsAre(
          R"(task.priority {"from":"normal","to":"urgent","rule":"water"})",
          R"(task.routed {"from":"maintenance@organization.com","to":"heating@organization.com","rule":"water"})",
          R"(task.assigned {"from":"","to":"bert@organization.com","rule":"water"})",
          R"(task.tagged {"added":"urgent","rule":"water"})"));
  context.thread.task = changes.find<TaskChange>()->task;
  for (const auto& event : run().events)
    EXPECT_THAT(event.kind, testing::AnyOf(EventKind::task_replied, EventKind::message_decided)) << "it is so already";
}

/// In a house that has told the names of its teams and people.
class DecideNames : public Decide {
 protected:
  DecideNames() {
    rules.place.teams["maintenance"] = {.name = "maintenance", .address = "maintenance@organization.com"};
    rules.place.people["bert"] = {"bert", "bert@organization.com", {}, false};
    rules.verdict.route_to = {"Maintenance@organization.com"};
    rules.verdict.assign = "bert@organization.com";
  }
};

TEST_F(DecideNames, ATaskStandsUnderOneNameHoweverARuleWritesIt) {
  rules.verdict.escalation[0].effects.emplace().assign = "bert@organization.com";
  const auto changes = run();
  const auto& task = changes.find<TaskChange>()->task;
  EXPECT_EQ(task.team, "maintenance");
  EXPECT_EQ(task.assignee, "bert");
  EXPECT_EQ(task.escalation.steps[0].effects->assign, "bert");
  EXPECT_THAT(recipients(changes),
              testing::ElementsAre("maintenance@organization.com task_opened", "bert@organization.com task_assigned"));
}

TEST_F(DecideNames, AFollowUpIsTheirsUnderThatName) {
  in_thread();
  rules.asks.thread = true;
  context.thread.task->team = "maintenance";
  context.thread.task->assignee = "bert";
  const auto changes = run();
  for (const auto& event : changes.events)
    EXPECT_THAT(event.kind, testing::AnyOf(EventKind::task_replied, EventKind::message_decided)) << "it is so already";
  EXPECT_EQ(recipients(changes).front(), "bert@organization.com task_replied") << "whoever has it, at their address";
}

TEST_F(DecideNames, ACopyForTheSameTeamIsNoTaskOfItsOwn) {
  in_thread();
  context.thread.task->team = "maintenance";
  context.thread.same_content = MessageId{3};
  settings.copies = CopyPolicy::own;
  EXPECT_EQ(run().find<MessageDecision>()->outcome, Outcome::task_joined);
  rules.verdict.route_to = {"heating@organization.com"};
  EXPECT_EQ(run().find<MessageDecision>()->outcome, Outcome::task_opened);
}

TEST_F(Decide, ATaskHasNoMoreTagsThanItMay) {
  for (std::size_t i = 0; i < 2 * commands::kTagsMax; ++i) rules.verdict.tags.push_back("tag" + std::to_string(i));
  EXPECT_EQ(run().find<TaskChange>()->task.tags.size(), commands::kTagsMax) << "a new one";
  in_thread();
  rules.asks.thread = true;
  const auto changes = run();
  EXPECT_EQ(changes.find<TaskChange>()->task.tags.size(), commands::kTagsMax);
  EXPECT_EQ(std::ranges::count(changes.events, EventKind::task_tagged, &Event::kind),
            static_cast<std::ptrdiff_t>(commands::kTagsMax));
}

TEST_F(Decide, TheFolderOfAFollowUpIsATagInTheHistory) {
  in_thread();
  incoming.envelope.label = "Projects/Roof";
  const auto changes = run();
  const auto tagged = std::ranges::find(changes.events, EventKind::task_tagged, &Event::kind);
  ASSERT_NE(tagged, changes.events.end());
  EXPECT_EQ(tagged->data, R"({"added":"Projects/Roof"})");
}

}  // namespace
}  // namespace orgo
