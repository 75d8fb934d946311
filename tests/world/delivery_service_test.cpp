// The delivery service over the memory store: what each answer of a peer leads to.
#include "service/delivery/delivery_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/memory/memory_store.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"

namespace orgo::world {
namespace {

using contract::kStart;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A store whose commits can be made to fail, or to lose their answers.
class TroubledStore : public MemoryStore {
 public:
  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override {
    if (down) return failure(Errc::unavailable, "disk gone");
    auto answers = MemoryStore::commit(batch, deadline);
    if (std::exchange(lose_answer, false)) return failure(Errc::deadline_exceeded, "answer lost");
    return answers;
  }
  bool down = false;
  bool lose_answer = false;
};

class Delivery : public testing::Test {
 protected:
  Delivery() { policy.settings.render.domain = "orgo.example"; }
  DeliveryService service() { return service_of(mail); }
  DeliveryService service_of(OutboundChannel& channel) {
    return DeliveryService(
        store, store, store, store, clock, channel,
        [this](TenantId) { return Result<std::shared_ptr<const Policy>>(std::make_shared<const Policy>(policy)); },
        [] { return 0.5; }, settings);
  }
  TaskNumber queue(std::vector<Send> sends, MessageId message = {}) {
    auto changes = contract::opening();
    changes.at = clock.now();
    for (auto& send : sends) send.message = message;
    changes.sends = std::move(sends);
    return store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0)->task;
  }
  std::vector<StoredSend> sends(TaskNumber task) { return store.sends_of_task(kTenant, task).value(); }
  std::vector<StoredEvent> history(TaskNumber task) { return store.history(kTenant, task, 1000).value(); }
  void answer_with(SendResult::Kind kind, std::string detail) {
    mail.answer = [kind, detail](const Outgoing&) { return SendResult{kind, detail}; };
  }

  SimulatedClock clock{kStart};
  TroubledStore store;
  FakeMailServer mail;
  FakeWebhookReceiver webhooks;
  Policy policy{.tenant = kTenant, .rules = rules::load_rules({}).rules, .settings = {}};
  DeliverySettings settings;
};

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

TEST_F(Delivery, TheBrakeAgainstLoopsRefusesTheEleventhMailAboutATaskToOneRecipientWithinTenMinutes) {
  const auto limit = static_cast<std::size_t>(kLoopLimits[0].mails);
  const auto within_limit = queue(std::vector<Send>(limit, contract::notification()));
  EXPECT_EQ(service().step()->sent, static_cast<int>(limit)) << "exactly the limit may go";
  const auto beyond = queue(std::vector<Send>(limit + 1, contract::notification()));
  const auto report = service().step().value();
  EXPECT_EQ(report.refused, 1) << "those in front of it go";
  EXPECT_THAT(sends(beyond).back().detail,
              HasSubstr("more than 10 mails about this task to one recipient within 10 minutes"));
  EXPECT_EQ(sends(beyond).back().state, SendState::refused);
  EXPECT_EQ(sends(beyond).front().state, SendState::delivered);
  EXPECT_EQ(sends(within_limit)[0].state, SendState::delivered);
}

TEST_F(Delivery, ManyPeopleToldOfOneTaskAreNoLoop) {
  std::vector<Send> all;
  for (int i = 0; i < 30; ++i) all.push_back(contract::notification("person" + std::to_string(i) + "@school.example"));
  queue(all);
  auto delivery = service();
  EXPECT_EQ(delivery.step()->sent, 30);
}

TEST_F(Delivery, TooMuchInAllWaits) {
  settings.loop_total_factor = 1;  // ten in all within ten minutes
  std::vector<TaskNumber> tasks;
  for (int i = 0; i < 11; ++i) tasks.push_back(queue({contract::notification()}));
  auto delivery = service();
  const auto report = delivery.step().value();
  EXPECT_EQ(report.deferred, 11);
  EXPECT_THAT(sends(tasks[0])[0].detail, HasSubstr("in all"));
  EXPECT_THAT(mail.tried, IsEmpty());
  clock.advance(kLoopLimits.back().window);
  EXPECT_EQ(delivery.step()->sent, 11) << "later there is room";
}

TEST_F(Delivery, TheLoadOfATenantOrOfALaneMovesNoOtherBrake) {
  settings.loop_total_factor = 1;  // ten in all within ten minutes
  auto hook = contract::notification();
  set_recipient(hook, webhook_contact("https://hook.example/"));
  for (int i = 0; i < 30; ++i) queue({hook});
  auto others = contract::opening(contract::new_task(), kOtherTenant);
  others.at = clock.now();
  for (int i = 0; i < 30; ++i) others.sends.push_back(contract::notification("p" + std::to_string(i) + "@x.example"));
  ASSERT_TRUE(store.commit(std::span(&others, 1), within(Millis{1'000}))->at(0));
  const auto mine = queue({contract::notification()});
  auto delivery = service();
  EXPECT_EQ(delivery.step()->sent, 1) << "thirty mails of another tenant and thirty webhooks do not count";
  EXPECT_EQ(sends(mine)[0].state, SendState::delivered);
  EXPECT_EQ(service_of(webhooks).step()->deferred, 30) << "they are too many among themselves";
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
  EXPECT_THAT(sends(task)[0].detail, HasSubstr("manual (left the school), added by user:anna"));
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
  const auto task = queue({answer, contract::notification("anna@gone.example")});
  auto delivery = service();
  EXPECT_EQ(delivery.step()->failed, 2) << "both of one step, although both name the address";
  const std::vector<std::string> addresses{"anna@gone.example"};
  const auto entries = store.find_suppressions(kTenant, addresses).value();
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0].reason, "userunknown");
  EXPECT_TRUE(entries[0].active);
  ASSERT_THAT(sends(task), SizeIs(3)) << "one mail to the team, for the answer only";
  EXPECT_EQ(sends(task)[2].send.template_name, "answer_bounced");
  EXPECT_EQ(sends(task)[2].send.recipient.address, "maintenance@school.example");
  answer_with(SendResult::Kind::delivered, "250 ok");
  EXPECT_EQ(delivery.step()->sent, 1);
  EXPECT_THAT(mail.taken.back().body, HasSubstr("anna@gone.example: 550 5.1.1"));
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
