// The delivery service over the memory store: what each answer of a peer leads to.
#include "service/delivery/delivery_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/world/support/delivery_fixture.h"

namespace orgo::world {
namespace {

using contract::kStart;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(Delivery, SendsWhatIsDueAndRecordsTheAnswer) {
  const auto bytes = contract::mail("question@x");
  const auto raw = contract::raw(bytes);
  const auto message = store.accept(std::span(&raw, 1), within(Millis{1'000}))->at(0).message;
  const auto task = queue({contract::notification("maintenance@school.example")}, message);
  const auto report = service().step().value();
  EXPECT_EQ(report.sent, 1);
  EXPECT_EQ(report.next_due, std::nullopt);
  ASSERT_THAT(mail.taken, SizeIs(1));
  EXPECT_EQ(mail.taken[0].recipient.address, "maintenance@school.example");
  EXPECT_EQ(mail.taken[0].sender.address, "orgo@orgo.example");
  EXPECT_THAT(mail.taken[0].body, HasSubstr("[T-1]"));
  EXPECT_THAT(mail.taken[0].body, HasSubstr("In-Reply-To: <question@x>"));
  EXPECT_THAT(mail.taken[0].body, HasSubstr("Auto-Submitted: auto-generated"));
  EXPECT_EQ(sends(task)[0].state, SendState::delivered);
  EXPECT_EQ(sends(task)[0].detail, "250 2.0.0 ok");
  const auto told = history(task).back().event;
  EXPECT_EQ(told.kind, EventKind::send_delivered);
  EXPECT_EQ(told.send, sends(task)[0].id);
  EXPECT_EQ(told.actor, "delivery");
  EXPECT_THAT(told.data, HasSubstr("\"to\":\"maintenance@school.example\""));
  EXPECT_THAT(told.data, HasSubstr("\"message_id\":\""));
}

TEST_F(Delivery, NothingDueIsNoWork) {
  queue({contract::notification("a@school.example", kStart + Millis{5'000})});
  const auto report = service().step().value();
  EXPECT_EQ(report.leased, 0);
  EXPECT_EQ(report.next_due, kStart + Millis{5'000});
  EXPECT_THAT(mail.tried, IsEmpty());
}

TEST_F(Delivery, ATemporaryAnswerIsTriedAgainLater) {
  answer_with(SendResult::Kind::temporary, "451 later");
  const auto task = queue({contract::notification()});
  auto delivery = service();
  const auto report = delivery.step().value();
  EXPECT_EQ(report.deferred, 1);
  ASSERT_TRUE(report.next_due);
  EXPECT_GT(*report.next_due, clock.now());
  EXPECT_EQ(sends(task)[0].state, SendState::queued);
  EXPECT_EQ(history(task).back().event.kind, EventKind::send_deferred);
  EXPECT_THAT(history(task).back().event.data, HasSubstr("451 later"));
  EXPECT_EQ(delivery.step()->leased, 0) << "not before its time";
  answer_with(SendResult::Kind::delivered, "250 ok");
  clock.set(*report.next_due);
  EXPECT_EQ(delivery.step()->sent, 1);
  EXPECT_EQ(sends(task)[0].attempts, 2);
}

TEST_F(Delivery, APermanentAnswerEndsIt) {
  answer_with(SendResult::Kind::permanent, "550 no");
  const auto task = queue({contract::notification()});
  EXPECT_EQ(service().step()->failed, 1);
  EXPECT_EQ(sends(task)[0].state, SendState::failed);
  EXPECT_EQ(history(task).back().event.kind, EventKind::send_failed);
}

TEST_F(Delivery, AfterALostAnswerTheSameMailGoesOutAgain) {
  answer_with(SendResult::Kind::unknown, "cut after the dot");
  queue({contract::notification()});
  auto delivery = service();
  const auto report = delivery.step().value();
  EXPECT_EQ(report.deferred, 1);
  clock.set(*report.next_due);
  answer_with(SendResult::Kind::delivered, "250 ok");
  EXPECT_EQ(delivery.step()->sent, 1);
  ASSERT_THAT(mail.tried, SizeIs(2));
  EXPECT_EQ(mail.tried[0].body, mail.tried[1].body) << "byte for byte, with the same Message-ID";
}

TEST_F(Delivery, GivesUpWhenThePolicySaysSo) {
  answer_with(SendResult::Kind::temporary, "451 later");
  const auto task = queue({contract::notification()});
  auto delivery = service();
  EXPECT_EQ(delivery.step()->deferred, 1);
  clock.advance(std::chrono::hours(24 * 6));
  EXPECT_EQ(delivery.step()->failed, 1) << "five days are enough";
  EXPECT_EQ(sends(task)[0].state, SendState::failed);
}

TEST_F(Delivery, WhatAPeerHasTakenIsToldBeforeAnythingIsLeasedAgain) {
  const auto task = queue({contract::notification()});
  auto delivery = service();
  mail.answer = [this](const Outgoing&) {
    store.down = true;  // the store goes away while the mail is under way
    return SendResult{SendResult::Kind::delivered, "250 ok"};
  };
  EXPECT_EQ(delivery.step().error().code, Errc::unavailable);
  clock.advance(std::chrono::hours(1));  // far beyond the lease
  EXPECT_FALSE(delivery.step()) << "still down";
  store.down = false;
  EXPECT_EQ(delivery.step()->sent, 1);
  EXPECT_THAT(mail.taken, SizeIs(1)) << "not sent a second time";
  EXPECT_EQ(sends(task)[0].state, SendState::delivered);
}

TEST_F(Delivery, ALostAnswerOfTheStoreDoublesNothing) {
  const auto task = queue({contract::notification()});
  auto delivery = service();
  store.lose_answer = true;
  EXPECT_EQ(delivery.step().error().code, Errc::deadline_exceeded);
  const auto report = delivery.step().value();
  EXPECT_EQ(report.stale, 1) << "its outcome was in already";
  EXPECT_THAT(mail.taken, SizeIs(1));
  int delivered = 0;
  const auto events = history(task);
  for (const auto& event : events) delivered += event.event.kind == EventKind::send_delivered ? 1 : 0;
  EXPECT_EQ(delivered, 1);
}

TEST_F(Delivery, AnAnswerAfterTheLeaseWasTakenOverIsNotCounted) {
  const auto task = queue({contract::notification()});
  auto slow = service();
  mail.answer = [this](const Outgoing&) {
    clock.advance(settings.lease_time);
    (void)store.lease_sends(contract::kOwner, clock.now(), settings.lease_time, 1,
                            "mail");  // another worker has it now
    return SendResult{SendResult::Kind::temporary, "451 later"};
  };
  const auto report = slow.step().value();
  EXPECT_EQ(report.stale, 1);
  EXPECT_EQ(report.deferred, 0);
  EXPECT_EQ(history(task).size(), 1U) << "nothing of the stale answer is written";
}

TEST_F(Delivery, OneBadMailKeepsNoOtherFromGoingOut) {
  const auto task = queue({contract::notification("no address at all"), contract::notification("good@school.example")});
  const auto report = service().step().value();
  EXPECT_EQ(report.failed, 1);
  EXPECT_EQ(report.sent, 1);
  EXPECT_THAT(sends(task)[0].detail, HasSubstr("no mail address"));
  EXPECT_EQ(sends(task)[1].state, SendState::delivered);
}

TEST_F(Delivery, AWebhookIsCalledWithItsJson) {
  auto send = contract::notification("https://erp.example/hook");
  send.channel = "webhook";
  send.kind = SendKind::webhook;
  const auto task = queue({send});
  EXPECT_EQ(service_of(webhooks).step()->sent, 1);
  ASSERT_THAT(webhooks.called, SizeIs(1));
  EXPECT_EQ(webhooks.called[0].recipient.address, "https://erp.example/hook");
  EXPECT_EQ(webhooks.called[0].id, to_string(sends(task)[0].id));
  EXPECT_THAT(webhooks.called[0].body, HasSubstr("\"number\":\"T-1\""));
  EXPECT_THAT(mail.tried, IsEmpty());
  EXPECT_THAT(history(task).back().event.data, HasSubstr("\"channel\":\"webhook\""));
}

TEST_F(Delivery, ASlowWebhookKeepsNoMailFromBeingRecorded) {
  auto hook = contract::notification("https://erp.example/hook");
  hook.channel = "webhook";
  const auto task = queue({hook, contract::notification(), hook});
  webhooks.meanwhile = [&] {
    EXPECT_EQ(service().step()->sent, 1) << "the lane of mails goes on while a webhook says nothing";
    EXPECT_EQ(sends(task)[1].state, SendState::delivered);
    clock.advance(settings.lease_time - Millis{1});
  };
  EXPECT_EQ(service_of(webhooks).step()->sent, 1);
  EXPECT_THAT(webhooks.called, SizeIs(1)) << "what its lease does not cover any more is left to the next";
  EXPECT_EQ(sends(task)[2].state, SendState::queued);
}

TEST_F(Delivery, NothingGoesToASuppressedAddress) {
  auto added = commands::suppress(kTenant, {}, "gone@school.example", "left the school", clock.now() + Millis{1'000},
                                  "user:anna", clock.now());
  ASSERT_TRUE(store.commit(std::span(&*added, 1), within(Millis{1'000}))->at(0));
  const auto task =
      queue({contract::notification("Gone@School.example"), contract::notification("here@school.example")});
  auto delivery = service();
  const auto report = delivery.step().value();
  EXPECT_EQ(report.refused, 1);
  EXPECT_EQ(report.sent, 1);
  EXPECT_EQ(sends(task)[0].state, SendState::refused);
  EXPECT_THAT(sends(task)[0].detail, HasSubstr("manual (left the school), added by anna"));
  EXPECT_EQ(history(task).back().event.kind == EventKind::send_refused ||
                history(task)[history(task).size() - 2].event.kind == EventKind::send_refused,
            true);
  clock.advance(Millis{1'000});
  queue({contract::notification("gone@school.example")});
  EXPECT_EQ(delivery.step()->sent, 1) << "its time is over";
}

TEST_F(Delivery, AMailboxThatTheRelayDoesNotKnowIsSuppressedAndALostAnswerIsTold) {
  auto answer = contract::notification("anna@gone.example");
  answer.kind = SendKind::reply;
  answer.template_name = "reply_received";
  answer_with(SendResult::Kind::permanent, "550 5.1.1 <anna@gone.example>: no such user");
  auto other = answer;
  other.template_name = "task_opened";
  const auto task = queue({answer, other});
  auto delivery = service();
  EXPECT_EQ(delivery.step()->failed, 2) << "both of one step, although both name the address";
  const std::vector<std::string> addresses{"anna@gone.example"};
  const auto entries = store.find_suppressions(kTenant, addresses).value();
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0].reason, "userunknown");
  EXPECT_TRUE(entries[0].active);
  EXPECT_EQ(std::ranges::count(history(task), EventKind::suppression_added,
                               [](const StoredEvent& one) { return one.event.kind; }),
            1)
      << "it came onto the list once";
  ASSERT_THAT(sends(task), SizeIs(4)) << "a mail to the team for each answer";
  EXPECT_EQ(sends(task)[2].send.template_name, "answer_bounced");
  EXPECT_EQ(sends(task)[2].send.recipient.address, "maintenance@school.example");
  answer_with(SendResult::Kind::delivered, "250 ok");
  EXPECT_EQ(delivery.step()->sent, 2);
  EXPECT_THAT(mail.taken.back().body, HasSubstr("anna@gone.example: 550 5.1.1"));
}

/// Whoever works here may write to us as well, and an answer is no notification: who is ours says the workplace.
TEST_F(Delivery, StaffAreNeverSuppressed) {
  policy.rules = rules::load_rules({{"rules.yaml",
                                     "teams:\n  desk: {address: desk@school.example, members: "
                                     "[ben@school.example]}\n"}})
                     .rules;
  mail.answer = [](const Outgoing&) {
    return SendResult{
        .kind = SendResult::Kind::permanent, .detail = "550 5.1.1 no such user", .stage = SendResult::Stage::recipient};
  };
  std::vector<Send> answers;
  for (const auto* to : {"ben@school.example", "desk@school.example", "anna@client.example"}) {
    auto answer = contract::notification(to);
    answer.kind = SendKind::reply;
    answer.template_name = "reply_received";
    answers.push_back(answer);
  }
  queue(answers);
  const auto report = service().step().value();
  EXPECT_EQ(report.failed, 1) << "a stranger's";
  EXPECT_EQ(report.deferred, 2) << "ours are tried again";
  const auto entries = store.list_suppressions(kTenant, "", false, 10).value();
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0].address, "anna@client.example");
}

TEST_F(Delivery, ARelayThatRefusesUsSaysNothingAboutTheAddress) {
  answer_with(SendResult::Kind::permanent, "554 5.7.1 relay access denied");
  queue({contract::notification("anna@x.example")});
  EXPECT_EQ(service().step()->failed, 1);
  EXPECT_THAT(store.list_suppressions(kTenant, "", false, 10).value(), IsEmpty());
}

TEST_F(Delivery, OneAnswerToOnePersonAboutOneSubjectADay) {
  auto answer = contract::notification("bot@x.example");
  answer.kind = SendKind::reply;
  answer.template_name = "reply_received";
  auto delivery = service();
  queue({answer});
  EXPECT_EQ(delivery.step()->sent, 1);
  const auto again = queue({answer});
  EXPECT_EQ(delivery.step()->refused, 1) << "another task of the same title";
  EXPECT_THAT(sends(again)[0].detail, HasSubstr("answered already: s1 of T-1"));
  clock.advance(kAnswerTime + Millis{1});
  queue({answer});
  EXPECT_EQ(delivery.step()->sent, 1);
}

TEST_F(Delivery, WhoIsToldThatItIsDoneIsToldSoAgainAfterItWasReopened) {
  auto word = contract::notification("kim@client.example");
  word.kind = SendKind::reply;
  word.template_name = "task_resolved";
  auto delivery = service();
  queue({word});
  EXPECT_EQ(delivery.step()->sent, 1);
  queue({word});
  EXPECT_EQ(delivery.step()->sent, 1) << "a person resolved it once more, on the same day";
  word.cause = "mail:kim@client.example";
  queue({word});
  EXPECT_EQ(delivery.step()->refused, 1) << "by a rule it is an answer to a mail, as all";
}

TEST_F(Delivery, AnswersToOneAddressEndWithinTheLimitsHoweverManyTasksTheyAreAbout) {
  auto delivery = service();
  int sent = 0;
  for (int i = 0; i < 300; ++i) {  // a program that answers each answer with a new mail, at once
    auto changes = contract::opening(contract::new_task("New ticket " + std::to_string(i)));
    changes.at = clock.now();
    auto answer = contract::notification("bot@x.example", clock.now());
    answer.kind = SendKind::reply;
    answer.template_name = "reply_received";
    changes.sends = {answer};
    ASSERT_TRUE(store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0));
    sent += delivery.step()->sent;
    clock.advance(Millis{1'000});
  }
  EXPECT_EQ(sent, 10) << "within ten minutes";
}

TEST_F(Delivery, TheIdThatARelayGivesBelongsToTheTask) {
  const std::string token = "0100018f0a1b2c3d-11111111-2222-3333-4444-555555555555-000000";
  answer_with(SendResult::Kind::delivered, "250 Ok " + token);
  const auto task = queue({contract::notification()});
  ASSERT_EQ(service().step()->sent, 1);
  ContextQuery query{.tenant = kTenant};
  query.reported_ids = {message_id_hash(kTenant, "ses:" + token)};
  const auto found = store.load(std::span(&query, 1)).at(0)->reported_aliases;
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].task, task);
  EXPECT_EQ(found[0].send, sends(task)[0].id);
}

TEST_F(Delivery, EachLaneTakesItsOwn) {
  auto hook = contract::notification("https://hook.example/");
  hook.channel = "webhook";
  const auto task = queue({contract::notification(), hook});
  const auto report = service_of(webhooks).step().value();
  EXPECT_EQ(report.sent, 1);
  EXPECT_EQ(report.next_due, std::nullopt) << "no reason to look again";
  EXPECT_EQ(sends(task)[0].state, SendState::queued) << "without a relay nobody works the lane of mails";
  EXPECT_EQ(sends(task)[0].attempts, 0);
  EXPECT_EQ(sends(task)[1].state, SendState::delivered);
  EXPECT_EQ(service().step()->sent, 1);
}

TEST_F(Delivery, TheMostUrgentGoesFirst) {
  settings.batch = 1;
  queue({contract::notification("later@school.example", kStart, Priority::normal),
         contract::notification("now@school.example", kStart, Priority::urgent)});
  auto delivery = service();
  ASSERT_TRUE(delivery.step());
  ASSERT_THAT(mail.taken, SizeIs(1));
  EXPECT_EQ(mail.taken[0].recipient.address, "now@school.example");
}

}  // namespace
}  // namespace orgo::world
