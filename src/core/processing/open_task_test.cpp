#include "core/processing/open_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/support/decide_fixture.h"

namespace orgo {
namespace {

TEST_F(Decide, WhatNoRuleRoutesIsStillATask) {
  rules.verdict = {};
  rules.words = {};
  settings.trace = TraceDepth::none;
  const auto changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_opened);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.team, "");
  EXPECT_EQ(changes.all<TaskChange>()[0].task.priority, Priority::normal);
  EXPECT_EQ(changes.find<MessageDecision>()->reason, "no rule routes it: the task waits without a team");
  EXPECT_TRUE(changes.sends.empty());
  EXPECT_TRUE(timers_set(changes).empty());
  EXPECT_TRUE(changes.find<MessageDecision>()->trace.empty());
}

TEST_F(Decide, RulesSayMoreThanKeywords) {
  rules.verdict.priority = Priority::low;
  rules.verdict.assign = "bob@organization.com";
  rules.verdict.tags = {"water", "building \"A\""};
  rules.verdict.notify = {"office@organization.com", "MAINTENANCE@organization.com", "a team name"};
  rules.verdict.webhooks = {"https://hooks.example.org/x"};
  const auto changes = run();
  const Task& task = changes.all<TaskChange>()[0].task;
  EXPECT_EQ(task.priority, Priority::low);
  EXPECT_EQ(task.assignee, "bob@organization.com");
  EXPECT_EQ(task.tags.size(), 2U);
  EXPECT_EQ(recipients(changes), (std::vector<std::string>{
                                     "maintenance@organization.com task_opened", "office@organization.com task_opened",
                                     "bob@organization.com task_assigned", "https://hooks.example.org/x task_opened"}));
  EXPECT_EQ(lane_of(changes.sends.back()), "webhook");
  EXPECT_EQ(changes.sends.back().kind, SendKind::webhook);
  EXPECT_TRUE(parse_json(changes.events[0].data)) << changes.events[0].data;
}

TEST_F(Decide, ThePersonWhoWritesIsAnswered) {
  rules.verdict.reply_with = {"received"};
  auto changes = run();
  EXPECT_EQ(recipients(changes).back(), "secretary@organization.com received");
  EXPECT_EQ(changes.sends.back().kind, SendKind::reply);
  add("List-Id", "<staff.organization.com>");
  changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_opened);
  EXPECT_EQ(changes.sends.size(), 1U);
  EXPECT_NE(changes.find<MessageDecision>()->trace.find("\"not_answered\":\"because of mailing_list"),
            std::string::npos)
      << changes.find<MessageDecision>()->trace;
}

TEST_F(Decide, NobodyOfOursIsToldOfHisOwnMail) {
  incoming.message.from->address = "Maintenance@organization.com";
  EXPECT_TRUE(run().sends.empty());
  incoming.message.from->address = "contractor@example.org";
  incoming.envelope.sender = mail_contact("contractor@example.org");
  rules.verdict.route_to = {"contractor@example.org"};
  EXPECT_EQ(run().sends.size(), 1U) << "a stranger who is also the team is told";
}

TEST_F(Decide, ImportedMailMakesTasksButNoNoise) {
  incoming.envelope.channel = Channel::import_;
  rules.verdict.reply_with = {"received"};
  rules.verdict.webhooks = {"https://hooks.example.org/x"};
  auto changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::task_opened);
  EXPECT_TRUE(changes.sends.empty() && timers_set(changes).empty());
  EXPECT_EQ(changes.all<TaskChange>()[0].task.due_at, std::nullopt);
  in_thread(TaskState::closed);
  changes = run();
  EXPECT_EQ(changes.all<TaskChange>()[0].task.state, TaskState::closed);
  EXPECT_TRUE(changes.sends.empty() && timers_set(changes).empty());
}

TEST_F(Decide, ArchivedMailIsHistory) {
  const auto then = kNow - 24 * 1000 * kHour + 3 * kHour;
  incoming.envelope.channel = Channel::imap;
  incoming.envelope.archived = Archived{then, TaskState::resolved};
  rules.verdict.reply_with = {"received"};
  rules.verdict.webhooks = {"https://hooks.example.org/x"};
  rules.verdict.escalation = {{kHour, "head@organization.com"}};
  auto changes = run();
  EXPECT_TRUE(changes.sends.empty() && timers_set(changes).empty());
  const auto& task = changes.all<TaskChange>()[0].task;
  EXPECT_EQ(task.state, TaskState::resolved);
  EXPECT_EQ(task.created_at, then);
  EXPECT_EQ(task.updated_at, then);
  EXPECT_EQ(task.escalation.started_at, then);
  EXPECT_EQ(task.due_at, std::nullopt);
  EXPECT_EQ(rules.hour, 11) << "rules ask for the hour of the mail, not of its import";
  EXPECT_EQ(changes.events.front().at, kNow) << "the log tells when it happened here";
  EXPECT_NE(changes.find<MessageDecision>()->reason.find("history"), std::string::npos)
      << changes.find<MessageDecision>()->reason;

  incoming.envelope.archived->at = kNow + kHour;
  EXPECT_EQ(run().all<TaskChange>()[0].task.created_at, kNow) << "never in the future";
}

TEST_F(Decide, TheFolderBecomesATag) {
  incoming.envelope.label = "Projects/Roof";
  EXPECT_EQ(run().all<TaskChange>()[0].task.tags.back(), "Projects/Roof");
  in_thread(TaskState::open);
  EXPECT_EQ(run().all<TaskChange>()[0].task.tags.back(), "Projects/Roof");
  context.thread.task->tags = {"Projects/Roof"};
  EXPECT_EQ(run().all<TaskChange>()[0].task.tags.size(), 1U);
  incoming.envelope.label = std::string(100, 'x');
  EXPECT_EQ(run().all<TaskChange>()[0].task.tags.back().size(), 64U);
}

TEST_F(Decide, ItsTeamSaysWhichPromiseHoldsAndTheRuleByWhichCalendarItsChainCounts) {
  rules.place.slas["gold"] = {.name = "gold"};
  rules.place.teams["plumbers"] = {.name = "plumbers", .address = "plumbers@organization.com", .sla = "gold"};
  rules.verdict.route_to = {"plumbers"};
  rules.verdict.escalation = {{.after = kHour, .to = "x@organization.com", .business = true}};
  rules.verdict.escalation_calendar = "night";
  const auto changes = run();
  const auto& task = changes.all<TaskChange>()[0].task;
  ASSERT_TRUE(task.sla);
  EXPECT_EQ(task.sla->sla.name, "gold");
  EXPECT_EQ(task.escalation.calendar, "night");
}

TEST_F(Decide, NobodyWhomTheRulesNameIsLeftOutAndStepsAreBounded) {
  rules.verdict.notify.clear();
  for (int i = 0; i < 2'000; ++i) rules.verdict.notify.push_back("a" + std::to_string(i) + "@organization.com");
  rules.verdict.escalation.assign(200, {kHour, "x@organization.com"});
  const auto changes = run();
  EXPECT_GE(changes.sends.size(), 2'000U);
  for (const auto& event : changes.events) EXPECT_LE(event.data.size(), 65'536U);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.escalation.steps.size(), 100U);
}

}  // namespace
}  // namespace orgo
