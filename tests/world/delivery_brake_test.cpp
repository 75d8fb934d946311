// The brake against loops, as the delivery service asks it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/world/support/delivery_fixture.h"

namespace orgo::world {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class DeliveryBrake : public Delivery {};

TEST_F(DeliveryBrake, TheBrakeAgainstLoopsRefusesTheEleventhMailAboutATaskToOneRecipientWithinTenMinutes) {
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

/// Whoever writes much to one customer is no loop: what is beyond the limit waits, and goes.
TEST_F(DeliveryBrake, AnswersOfPeopleWaitAndNoneIsThrownAway) {
  const auto limit = static_cast<std::size_t>(kLoopLimits[0].mails);
  const auto bytes = contract::mail("answer@school.example");
  const auto raw = contract::raw(bytes);
  const auto content =
      static_cast<MessageStore&>(store).accept(std::span(&raw, 1), within(Millis{1'000}))->at(0).message;
  auto answer = contract::notification("kim@client.example");
  answer.kind = SendKind::answer;
  answer.content = content;
  answer.template_name = "answer";
  const auto task = queue(std::vector<Send>(limit + 2, answer));
  auto delivery = service();
  const auto report = delivery.step().value();
  EXPECT_EQ(report.sent, static_cast<int>(limit));
  EXPECT_EQ(report.refused, 0);
  EXPECT_EQ(sends(task).back().state, SendState::queued);
  clock.advance(kLoopLimits[0].window + Millis{1});
  EXPECT_EQ(delivery.step()->sent, 2);
}

TEST_F(DeliveryBrake, ManyPeopleToldOfOneTaskAreNoLoop) {
  std::vector<Send> all;
  for (int i = 0; i < 30; ++i) all.push_back(contract::notification("person" + std::to_string(i) + "@school.example"));
  queue(all);
  auto delivery = service();
  EXPECT_EQ(delivery.step()->sent, 30);
}

TEST_F(DeliveryBrake, TooMuchInAllWaits) {
  settings.loop_total_factor = 1;  // ten in all within ten minutes
  std::vector<TaskNumber> tasks;
  for (int i = 0; i < 13; ++i) tasks.push_back(queue({contract::notification()}));
  auto delivery = service();
  const auto report = delivery.step().value();
  EXPECT_EQ(report.sent, 10) << "exactly the limit may go";
  EXPECT_EQ(report.deferred, 3);
  EXPECT_THAT(sends(tasks.back())[0].detail, HasSubstr("held: more than 10 ordinary mails in all within 10 minutes"));
  EXPECT_EQ(sends(tasks.back())[0].attempts, 0) << "that it was held is no attempt";
  clock.advance(kLoopLimits[0].window + Millis{1});
  EXPECT_EQ(delivery.step()->sent, 3) << "later there is room";
  const auto told = history(tasks.back());
  EXPECT_EQ(std::ranges::count(told, EventKind::send_deferred, [](const auto& one) { return one.event.kind; }), 1);
}

/// An outsider who writes a thousand mails holds back his own, and nothing urgent of anybody.
TEST_F(DeliveryBrake, AFloodOfOneSenderHoldsBackNobodyElse) {
  settings.batch = 100;
  auto flood = contract::notification("office@school.example");
  flood.cause = "spam@outside.example";
  for (int i = 0; i < 60; ++i) {
    auto changes = contract::opening();
    changes.at = clock.now();
    for (int k = 0; k < 20; ++k) {
      flood.recipient = mail_contact("p" + std::to_string(i) + "." + std::to_string(k) + "@school.example");
      changes.sends.push_back(flood);
    }
    ASSERT_TRUE(store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0));
  }
  auto alarm = contract::notification("fire@school.example");
  alarm.priority = Priority::urgent;
  alarm.cause = "sensor@school.example";
  const auto fire = queue({alarm});
  auto other = contract::notification("desk@school.example");
  other.cause = "anna@client.example";
  const auto request = queue({other});
  auto delivery = service();
  EXPECT_GE(delivery.step()->sent, 1);
  EXPECT_EQ(sends(fire)[0].state, SendState::delivered) << "the most urgent goes first";
  for (int i = 0; i < 20; ++i) (void)delivery.step();
  EXPECT_EQ(sends(request)[0].state, SendState::delivered);
  const auto of_flood =
      std::ranges::count_if(mail.taken, [](const Outgoing& one) { return one.recipient.address.starts_with("p"); });
  EXPECT_EQ(of_flood, kLoopLimits[0].mails * cause_factor(settings.loop_total_factor));
  // A second alarm behind a flood of the urgent by somebody else.
  flood.priority = Priority::urgent;
  for (int i = 0; i < 30; ++i) {
    auto changes = contract::opening();
    changes.at = clock.now();
    for (int k = 0; k < 10; ++k) {
      flood.recipient = mail_contact("u" + std::to_string(i) + "." + std::to_string(k) + "@school.example");
      changes.sends.push_back(flood);
    }
    ASSERT_TRUE(store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0));
  }
  const auto again = queue({alarm});
  for (int i = 0; i < 10; ++i) (void)delivery.step();
  EXPECT_EQ(sends(again)[0].state, SendState::delivered);
}

/// A rule that matches the mails of everybody, each of whom stays below his own limit.
TEST_F(DeliveryBrake, ARuleGoneWildHoldsBackNoOtherRule) {
  settings.loop_total_factor = 10;  // 100 in all within ten minutes, 50 of one rule, 20 of one sender
  settings.batch = 100;
  const auto queue_wild = [&](int mails, Priority priority) {
    for (int i = 0; i < mails; ++i) {
      auto wild = contract::notification("p" + std::to_string(i) + "@school.example");
      wild.cause = "sender" + std::to_string(i) + "@client.example";
      wild.rule = "all mails";
      wild.priority = priority;
      queue({wild});
    }
  };
  queue_wild(120, Priority::high);
  auto other = contract::notification("desk@school.example");
  other.cause = "anna@client.example";
  other.rule = "water";
  const auto request = queue({other});
  auto alarm = contract::notification("fire@school.example");
  alarm.rule = "all mails";
  alarm.priority = Priority::urgent;
  const auto fire = queue({alarm});
  auto delivery = service();
  for (int i = 0; i < 3; ++i) (void)delivery.step();
  EXPECT_EQ(sends(request)[0].state, SendState::delivered);
  EXPECT_EQ(sends(fire)[0].state, SendState::delivered) << "what is urgent of the same rule has a share of its own";
  EXPECT_EQ(mail.taken.size(), 50U + 2U) << "exactly the limit of the rule may go";
  const auto held = store.held_sends(kTenant, {}, 200).value();
  ASSERT_THAT(held, SizeIs(70));
  EXPECT_EQ(held[0].detail, "held: more than 50 ordinary mails set off by the rule 'all mails' within 10 minutes");
  EXPECT_GT(held[0].send.due_at, clock.now());
  // The urgent of one rule have their limit, too, and hold back no alarm of another.
  queue_wild(60, Priority::urgent);
  alarm.rule = "fire";
  const auto again = queue({alarm});
  for (int i = 0; i < 3; ++i) (void)delivery.step();
  EXPECT_EQ(sends(again)[0].state, SendState::delivered);
  EXPECT_EQ(mail.taken.size(), 52U + 49U + 1U) << "one urgent mail of the rule went before";
  clock.advance(kLoopLimits[0].window + Millis{1});
  EXPECT_GT(delivery.step()->sent, 0) << "later there is room";
}

TEST_F(DeliveryBrake, OrdinaryMailsBeyondTheTotalHoldBackNothingUrgent) {
  settings.loop_total_factor = 1;  // ten in all within ten minutes
  for (int i = 0; i < 12; ++i) queue({contract::notification()});
  auto delivery = service();
  EXPECT_EQ(delivery.step()->sent, 10);
  auto alarm = contract::notification("fire@school.example");
  alarm.priority = Priority::urgent;
  const auto fire = queue({alarm});
  EXPECT_EQ(delivery.step()->sent, 1);
  EXPECT_EQ(sends(fire)[0].state, SendState::delivered);
}

TEST_F(DeliveryBrake, TheLoadOfATenantOrOfALaneMovesNoOtherBrake) {
  settings.loop_total_factor = 1;  // ten in all within ten minutes
  auto hook = contract::notification();
  hook.recipient = webhook_contact("https://hook.example/");
  for (int i = 0; i < 30; ++i) queue({hook});
  auto others = contract::opening(contract::new_task(), kOtherTenant);
  others.at = clock.now();
  for (int i = 0; i < 30; ++i) others.sends.push_back(contract::notification("p" + std::to_string(i) + "@x.example"));
  ASSERT_TRUE(store.commit(std::span(&others, 1), within(Millis{1'000}))->at(0));
  const auto mine = queue({contract::notification()});
  auto delivery = service();
  EXPECT_EQ(delivery.step()->sent, 11)
      << "ten of the thirty of another tenant, and ours: they and the webhooks don't count";
  EXPECT_EQ(sends(mine)[0].state, SendState::delivered);
  EXPECT_EQ(service_of(webhooks).step()->deferred, 20) << "they are too many among themselves";
}

}  // namespace
}  // namespace orgo::world
