// What delivery promises whatever happens: nothing twice by a kill or a clock, nothing held up by one peer, nobody of
// ours switched off.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <future>

#include "tests/world/support/delivery_fixture.h"

namespace orgo::world {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class DeliveryPromises : public Delivery {};

/// A process that is killed has at most one mail whose answer the store does not know, for each connection.
TEST_F(DeliveryPromises, EachOutcomeIsDurableBeforeTheNextMailGoesOut) {
  std::vector<Send> many;
  for (int i = 0; i < 20; ++i) many.push_back(contract::notification("p" + std::to_string(i) + "@school.example"));
  const auto task = queue(many);
  mail.answer = [&](const Outgoing&) {
    const auto stored = sends(task);
    EXPECT_EQ(std::ranges::count(stored, SendState::delivered, &StoredSend::state),
              static_cast<std::ptrdiff_t>(mail.taken.size()))
        << "when mail " << mail.tried.size() << " goes out";
    return SendResult{SendResult::Kind::delivered, "250 ok"};
  };
  EXPECT_EQ(service().step()->sent, 20);
}

TEST_F(DeliveryPromises, WhenTheStoreGoesAwayNothingFurtherGoesOut) {
  const auto task = queue(std::vector<Send>(5, contract::notification()));
  auto delivery = service();
  mail.answer = [this](const Outgoing&) {
    if (mail.taken.size() == 1) store.down = true;
    return SendResult{SendResult::Kind::delivered, "250 ok"};
  };
  EXPECT_FALSE(delivery.step());
  EXPECT_THAT(mail.taken, SizeIs(2)) << "the second one was under way";
  store.down = false;
  EXPECT_EQ(delivery.step()->sent, 4) << "the one that was not told, and the three that were given back";
  EXPECT_THAT(mail.taken, SizeIs(5));
  for (const auto& one : sends(task)) EXPECT_EQ(one.attempts, 1) << "what was given back was no attempt";
}

TEST_F(DeliveryPromises, AStopLetsTheMailUnderWayEndAndGivesTheRestBack) {
  const auto task = queue(std::vector<Send>(5, contract::notification()));
  auto delivery = service();
  mail.answer = [&](const Outgoing&) {
    delivery.ask_to_stop();
    return SendResult{SendResult::Kind::delivered, "250 ok"};
  };
  EXPECT_EQ(delivery.step()->sent, 1);
  EXPECT_EQ(delivery.step()->leased, 0) << "nothing is begun any more";
  auto next = service();
  mail.answer = [](const Outgoing&) { return SendResult{SendResult::Kind::delivered, "250 ok"}; };
  EXPECT_EQ(next.step()->sent, 4) << "at once, whoever comes next";
  EXPECT_EQ(sends(task)[4].attempts, 1);
}

/// The wall clock is set while a mail is with a slow relay: another worker of the same process must not take it for one
/// whose lease is over.
TEST_F(DeliveryPromises, AJumpOfTheClockSendsNothingTwice) {
  for (const auto jump : {Millis{10 * 60'000}, Millis{-3'600'000}, Millis{24 * 3'600'000LL}}) {
    mail.taken.clear();
    const auto task = queue({contract::notification("a@school.example", clock.now()),
                             contract::notification("b@school.example", clock.now())});
    const auto state = std::make_shared<LaneState>(store, "mail", settings.loop_total_factor, 2);
    FakeMailServer other;
    DeliveryService first(
        store, store, store, store, clock, mail, policies(), [] { return 0.5; }, settings, state);
    DeliveryService second(
        store, store, store, store, clock, other, policies(), [] { return 0.5; }, settings, state);
    mail.answer = [&](const Outgoing&) {
      clock.jump(jump);
      EXPECT_EQ(second.step()->leased, 0) << "a jump of " << jump.count();
      return SendResult{SendResult::Kind::delivered, "250 ok"};
    };
    EXPECT_EQ(first.step()->sent, 2);
    EXPECT_THAT(other.tried, IsEmpty());
    EXPECT_THAT(mail.taken, SizeIs(2));
    for (const auto& one : sends(task)) EXPECT_EQ(one.state, SendState::delivered);
  }
}

/// The clock jumps past the lease between its commit and the note that it is under way here.
TEST_F(DeliveryPromises, AJumpBetweenALeaseAndItsNoteSendsNothingTwice) {
  const auto task = queue({contract::notification("a@school.example", clock.now())});
  const auto state = std::make_shared<LaneState>(store, "mail", settings.loop_total_factor, 2);
  FakeMailServer other;
  DeliveryService first(
      store, store, store, store, clock, mail, policies(), [] { return 0.5; }, settings, state);
  DeliveryService second(
      store, store, store, store, clock, other, policies(), [] { return 0.5; }, settings, state);
  std::future<bool> beside;
  store.after_lease = [&] {
    clock.jump(Millis{24 * 3'600'000LL});
    beside = std::async(std::launch::async, [&] { return second.step().has_value(); });
    beside.wait_for(std::chrono::milliseconds(300));  // it comes to its end only if it does not wait for its turn
  };
  ASSERT_TRUE(first.step());
  ASSERT_TRUE(beside.get());
  clock.advance(Millis{24 * 3'600'000LL});
  ASSERT_TRUE(first.step());
  ASSERT_TRUE(second.step());
  EXPECT_EQ(mail.taken.size() + other.taken.size(), 1U);
  EXPECT_EQ(sends(task)[0].state, SendState::delivered);
}

TEST_F(DeliveryPromises, WhatAWrongClockHasPutOffGoesOutSoonWhenItIsRight) {
  answer_with(SendResult::Kind::temporary, "451 later");
  clock.jump(Millis{10LL * 365 * 86'400'000});  // ten years ahead
  const auto task = queue({contract::notification()});
  EXPECT_EQ(service().step()->deferred, 1);
  clock.jump(-Millis{10LL * 365 * 86'400'000});
  answer_with(SendResult::Kind::delivered, "250 ok");
  auto delivery = service();
  EXPECT_EQ(delivery.step()->leased, 0);
  clock.advance(settings.retry.first);
  EXPECT_EQ(delivery.step()->sent, 1) << "as the first time that it is tried again";
  EXPECT_EQ(sends(task)[0].state, SendState::delivered);
}

TEST_F(DeliveryPromises, NothingIsGivenUpForAnAgeThatNobodySaw) {
  for (const auto jump : {Millis{7 * 86'400'000LL}, Millis{2LL * 365 * 86'400'000}}) {
    answer_with(SendResult::Kind::temporary, "451 later");
    auto delivery = service();
    const auto task = queue({contract::notification("a@school.example", clock.now())});
    EXPECT_EQ(delivery.step()->deferred, 1);
    clock.advance(Millis{86'400'000});
    clock.jump(jump);
    EXPECT_EQ(delivery.step()->deferred, 1) << "two attempts in a day";
    clock.jump(-jump);
    EXPECT_EQ(delivery.step()->leased, 0) << "the clock is right again: it waits no longer than it may";
    clock.advance(settings.retry.first);
    EXPECT_EQ(delivery.step()->deferred, 1);
    // Nobody was there for longer than the patience, and the relay wants a second try.
    clock.advance(Millis{8 * 86'400'000LL});
    auto next_day = service();
    EXPECT_EQ(next_day.step()->deferred, 1);
    clock.advance(Millis{3'600'000});
    answer_with(SendResult::Kind::delivered, "250 ok");
    EXPECT_EQ(next_day.step()->sent, 1);
    EXPECT_EQ(sends(task)[0].state, SendState::delivered);
  }
}

TEST_F(DeliveryPromises, AClockThatIsSetBackMakesNoWaitLonger) {
  auto delivery = service();
  answer_with(SendResult::Kind::temporary, "451 later");
  for (const auto ahead : {Millis{3'600'000}, Millis{10'000}, Millis{86'400'000}}) {
    clock.jump(ahead);
    queue({contract::notification("a@school.example", clock.now())});
    EXPECT_EQ(delivery.step()->deferred, 1);
    clock.jump(-ahead);
    clock.advance(Millis{1'000});
    EXPECT_EQ(delivery.step()->leased, 0);
    clock.advance(settings.retry.first);
    EXPECT_EQ(delivery.step()->deferred, 1) << "ahead by " << ahead.count();
    answer_with(SendResult::Kind::delivered, "250 ok");
    clock.advance(Millis{86'400'000});
    EXPECT_EQ(delivery.step()->sent, 1);
    answer_with(SendResult::Kind::temporary, "451 later");
  }
}

TEST_F(DeliveryPromises, AWorkerForTheUrgentLeavesTheRest) {
  auto alarm = contract::notification("fire@school.example");
  alarm.priority = Priority::urgent;
  queue({contract::notification(), alarm});
  settings.least = Priority::urgent;
  auto urgent_only = service();
  EXPECT_EQ(urgent_only.step()->sent, 1);
  ASSERT_THAT(mail.taken, SizeIs(1));
  EXPECT_EQ(mail.taken[0].recipient.address, "fire@school.example");
  EXPECT_EQ(urgent_only.step()->leased, 0);
}

TEST_F(DeliveryPromises, ARelayThatRefusesUsIsToldAndNothingIsLost) {
  const auto state = std::make_shared<LaneState>(store, "mail", settings.loop_total_factor, 1);
  DeliveryService delivery(
      store, store, store, store, clock, mail, policies(), [] { return 0.5; }, settings, state);
  mail.answer = [](const Outgoing&) {
    return SendResult{SendResult::Kind::permanent, "530 5.7.0 Authentication required", SendResult::Stage::sender};
  };
  const auto task = queue({contract::notification(), contract::notification("anna@x.example")});
  EXPECT_EQ(delivery.step()->deferred, 2);
  EXPECT_THAT(state->health.trouble(), HasSubstr("530 5.7.0"));
  for (int i = 0; i < 200; ++i) {  // for weeks
    clock.advance(Millis{4 * 3'600'000});
    ASSERT_TRUE(delivery.step());
  }
  for (const auto& one : sends(task)) EXPECT_EQ(one.state, SendState::queued) << one.detail;
  EXPECT_THAT(store.list_suppressions(kTenant, "", false, 10).value(), IsEmpty());
  answer_with(SendResult::Kind::delivered, "250 ok");
  clock.advance(settings.wait_most);
  EXPECT_EQ(delivery.step()->sent, 2);
  EXPECT_EQ(state->health.trouble(), "");
}

TEST_F(DeliveryPromises, OnceTheRelayTakesUsAgainWhatWasHeldGoesOutSoon) {
  auto delivery = service();
  mail.answer = [](const Outgoing&) {
    return SendResult{SendResult::Kind::permanent, "530 5.7.0 Authentication required", SendResult::Stage::sender};
  };
  const auto held = queue({contract::notification()});
  for (int i = 0; i < 20; ++i) {  // until it waits as long as any mail
    ASSERT_TRUE(delivery.step());
    clock.advance(settings.wait_most);
  }
  ASSERT_TRUE(delivery.step());
  answer_with(SendResult::Kind::delivered, "250 ok");
  queue({contract::notification("other@school.example", clock.now())});
  EXPECT_EQ(delivery.step()->sent, 1);
  clock.advance(settings.retry.first);
  EXPECT_EQ(delivery.step()->sent, 1) << "and not when its own wait is over";
  EXPECT_EQ(sends(held)[0].state, SendState::delivered);
}

TEST_F(DeliveryPromises, ATeamThatIsRefusedForAWhileIsToldLaterAndNotSuppressed) {
  mail.answer = [](const Outgoing&) {
    return SendResult{SendResult::Kind::permanent, "550 5.1.1 no such user", SendResult::Stage::recipient};
  };
  const auto task = queue({contract::notification("team@school.example")});
  auto delivery = service();
  EXPECT_EQ(delivery.step()->deferred, 1);
  EXPECT_THAT(store.list_suppressions(kTenant, "", false, 10).value(), IsEmpty());
  answer_with(SendResult::Kind::delivered, "250 ok");
  clock.advance(Millis{60'000});
  EXPECT_EQ(delivery.step()->sent, 1);
  EXPECT_EQ(sends(task)[0].state, SendState::delivered);
}

TEST_F(DeliveryPromises, ASilentReceiverIsLeftAlone) {
  auto hook = contract::notification("https://silent.example/hook");
  hook.channel = "webhook";
  queue(std::vector<Send>(20, hook));
  hook.recipient = webhook_contact("https://well.example/hook");
  const auto other = queue({hook});
  webhooks.meanwhile = [&] {
    const bool silent = webhooks.called.back().recipient.address.starts_with("https://silent");
    webhooks.answer = {silent ? SendResult::Kind::unknown : SendResult::Kind::delivered, "said nothing"};
    if (silent) clock.advance(Millis{10'000});
  };
  settings.send_time = Millis{10'000};
  auto delivery = service_of(webhooks);
  ASSERT_TRUE(delivery.step());
  EXPECT_EQ(sends(other)[0].state, SendState::delivered);
  EXPECT_THAT(webhooks.called, SizeIs(ReceiverGate::kSilentMax + 1)) << "the others of the silent one were not tried";
}

}  // namespace
}  // namespace orgo::world
