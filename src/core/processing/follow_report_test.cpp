// What a delivery report does to state: the send, the task, the suppression list, and who is told.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/delivery/send_outcome.h"
#include "core/processing/decide.h"
#include "core/processing/message_decision.h"
#include "core/suppression/suppression_change.h"
#include "core/task/task_change.h"
#include "tests/support/tenants.h"

namespace orgo {
namespace {

constexpr TimePoint kNow{Millis{1'800'000'000'000}};

class BounceEffects : public testing::Test {
 protected:
  BounceEffects() {
    incoming.id = MessageId{40};
    incoming.message.from = Address{"Mail Delivery System", "MAILER-DAEMON@example.org"};
    incoming.message.subject = "Undelivered Mail Returned to Sender";
    incoming.report.emplace();
    incoming.report->original_message_id = "x";
    incoming.report->reporting_mta = "mx.example.org";
    incoming.report->recipients = {{.address = "anna@example.org",
                                    .action = DeliveryAction::failed,
                                    .permanence = Permanence::hard,
                                    .reason = BounceReason::userunknown,
                                    .status = "5.1.1",
                                    .diagnostic = "550 5.1.1 no such user"}};
    Task task{.tenant = kTenant};
    task.number = TaskNumber{12};
    task.version = 3;
    task.requester = mail_contact("anna@example.org");
    task.team = "office@school.example";
    task.state = TaskState::resolved;
    context.thread.task = task;
    context.reported = SendId{5};
    Send send;
    send.kind = SendKind::reply;
    send.recipient = mail_contact("Anna@example.org");
    send.subject = TaskNumber{12};
    context.reported_mail = SentMail{SendId{5}, send, SendState::delivered, 1};
  }
  Changes run() { return decide(incoming, context, *rules, settings, kNow); }
  static bool has(const Changes& changes, EventKind kind) {
    return std::any_of(changes.events.begin(), changes.events.end(),
                       [&](const Event& event) { return event.kind == kind; });
  }
  void expect_nothing(const Changes& changes, const std::string& because) {
    EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::recorded);
    EXPECT_TRUE(changes.all<SendBounced>().empty() && changes.all<SuppressionChange>().empty() &&
                changes.sends.empty() && changes.all<TaskChange>().empty());
    EXPECT_EQ(changes.events.size(), 1U) << "decided, nothing else";
    EXPECT_NE(changes.find<MessageDecision>()->reason.find(because), std::string::npos)
        << changes.find<MessageDecision>()->reason;
  }
  FailedRecipient& recipient() { return incoming.report->recipients[0]; }

  Incoming incoming{.envelope = {.tenant = kTenant}};
  Context context;
  DecideSettings settings;
  std::shared_ptr<const rules::RuleSet> rules = rules::load_rules({}).rules;
};

TEST_F(BounceEffects, AnAnswerThatDidNotArrive) {
  const auto changes = run();
  EXPECT_EQ(changes.find<MessageDecision>()->outcome, Outcome::recorded);
  EXPECT_EQ(changes.find<MessageDecision>()->task, TaskNumber{12});
  ASSERT_EQ(changes.all<SendBounced>().size(), 1U);
  EXPECT_EQ(changes.all<SendBounced>()[0].send, SendId{5});
  EXPECT_EQ(changes.all<SendBounced>()[0].detail, "bounced: userunknown (550 5.1.1 no such user)");
  ASSERT_EQ(changes.all<SuppressionChange>().size(), 1U);
  EXPECT_TRUE(changes.all<SuppressionChange>()[0].entry.active);
  ASSERT_EQ(changes.sends.size(), 1U) << "the team is told";
  EXPECT_EQ(changes.sends[0].recipient.address, "office@school.example");
  EXPECT_EQ(changes.sends[0].template_name, "answer_bounced");
  EXPECT_EQ(changes.sends[0].note, "s5 to Anna@example.org: userunknown (550 5.1.1 no such user)");
  EXPECT_TRUE(has(changes, EventKind::send_bounced));
  EXPECT_TRUE(has(changes, EventKind::suppression_added));
  EXPECT_TRUE(changes.all<TaskChange>().empty()) << "it reopens nothing";
}

TEST_F(BounceEffects, OnceOnly) {
  context.reported_mail->state = SendState::bounced;
  expect_nothing(run(), "known already");
}

TEST_F(BounceEffects, TheAssigneeGoesBeforeTheTeam) {
  context.thread.task->assignee = "bert@school.example";
  EXPECT_EQ(run().sends.at(0).recipient.address, "bert@school.example");
  context.thread.task->assignee = "bert";
  EXPECT_EQ(run().sends.at(0).recipient.address, "office@school.example");
}

TEST_F(BounceEffects, NobodyIsToldOfALostNotification) {
  context.reported_mail->send.kind = SendKind::notification;
  const auto changes = run();
  EXPECT_TRUE(changes.sends.empty());
  EXPECT_EQ(changes.all<SendBounced>().size(), 1U);
  context.reported_mail->send.kind = SendKind::reply;
  context.thread.task->team = "anna@example.org";
  EXPECT_TRUE(run().sends.empty()) << "not by the very address that does not work";
}

TEST_F(BounceEffects, ForgedReportsAreOnlyRecorded) {
  context.reported = {};
  expect_nothing(run(), "names no mail of ours");
  context.reported = SendId{5};
  const auto mail = *context.reported_mail;
  context.reported_mail.reset();
  expect_nothing(run(), "there is no send s5");
  context.reported_mail = mail;
  recipient().address = "boss@school.example";
  expect_nothing(run(), "did not go to whom it names");
  recipient().final_address = "anna@example.org";
  EXPECT_EQ(run().all<SendBounced>().size(), 1U) << "an alias that was resolved";
  incoming.report->recipients.clear();
  expect_nothing(run(), "did not go to whom it names");
}

TEST_F(BounceEffects, WhatNeverWentOutCannotComeBack) {
  context.reported_mail->attempts = 0;
  context.reported_mail->state = SendState::queued;
  expect_nothing(run(), "never went out");
  context.reported_mail->attempts = 1;
  context.reported_mail->state = SendState::refused;
  expect_nothing(run(), "never went out");
  context.reported_mail->state = SendState::queued;
  EXPECT_EQ(run().all<SendBounced>().size(), 1U) << "its answer had got lost";
}

TEST_F(BounceEffects, ADelayIsTold) {
  recipient().action = DeliveryAction::delayed;
  recipient().permanence = Permanence::soft;
  recipient().reason = BounceReason::expired;
  const auto changes = run();
  EXPECT_TRUE(has(changes, EventKind::send_delayed));
  EXPECT_TRUE(changes.all<SendBounced>().empty() && changes.all<SuppressionChange>().empty() && changes.sends.empty());
}

TEST_F(BounceEffects, AFullMailboxCounts) {
  recipient().permanence = Permanence::soft;
  recipient().reason = BounceReason::mailboxfull;
  const auto changes = run();
  EXPECT_EQ(changes.all<SendBounced>().size(), 1U) << "this mail did not arrive";
  ASSERT_EQ(changes.all<SuppressionChange>().size(), 1U);
  EXPECT_FALSE(changes.all<SuppressionChange>()[0].entry.active);
  EXPECT_FALSE(has(changes, EventKind::suppression_added));
}

TEST_F(BounceEffects, AComplaintSuppressesButTheMailDidArrive) {
  recipient().reason = BounceReason::feedback;
  recipient().permanence = Permanence::none;
  recipient().action = DeliveryAction::delivered;
  const auto changes = run();
  EXPECT_TRUE(has(changes, EventKind::send_complained));
  EXPECT_TRUE(changes.all<SendBounced>().empty());
  EXPECT_TRUE(changes.sends.empty());
  EXPECT_TRUE(changes.all<SuppressionChange>()[0].entry.active);
}

TEST_F(BounceEffects, AComplaintBehindABounceIsNewsAllTheSame) {
  context.reported_mail->state = SendState::bounced;
  recipient().reason = BounceReason::feedback;
  recipient().action = DeliveryAction::delivered;
  const auto changes = run();
  EXPECT_TRUE(has(changes, EventKind::send_complained));
  EXPECT_EQ(changes.all<SuppressionChange>().size(), 1U);
}

TEST_F(BounceEffects, AReportMayNameWhereTheAddressLedTo) {
  recipient().address = "alias@elsewhere.example";
  recipient().final_address = "anna@example.org";
  EXPECT_FALSE(run().all<SendBounced>().empty());
}

TEST_F(BounceEffects, ASuccessReportChangesNothing) {
  recipient().action = DeliveryAction::delivered;
  recipient().reason = BounceReason::delivered;
  recipient().permanence = Permanence::none;
  expect_nothing(run(), "s5 was delivered");
}

}  // namespace
}  // namespace orgo
