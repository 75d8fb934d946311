#include "core/delivery/outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/stored_text.h"
#include "core/parts/parts.h"

namespace orgo {
namespace {

constexpr TimePoint kNow{Millis{1'760'000'000'000}};

Attempt attempt() {
  Attempt made{.tenant = TenantId{7}, .id = SendId{5}};
  made.lease = 3;
  made.created_at = kNow;
  made.send.recipient = mail_contact("anna@example.org");
  made.send.subject = TaskNumber{12};
  return made;
}

const ChannelTraits& mail() {
  return *find_channel("mail");
}
const ChannelTraits& webhook() {
  return *find_channel("webhook");
}

TEST(Outcome, APeersAnswerIsStoredCutBetweenCharactersAndWithoutNul) {
  for (std::size_t pad = 1020; pad <= 1025; ++pad) {
    auto ended = attempt();
    end_by_answer(ended, {}, AttemptResult::delivered, std::string(pad, 'x') + "\xF0\x9F\x98\x80", kNow, 0.5);
    const auto changes = outcome_of(ended, mail(), {}, kNow);
    const auto* const outcome = changes.find<SendOutcome>();
    ASSERT_NE(outcome, nullptr);
    EXPECT_TRUE(is_storable(outcome->detail)) << pad;
    EXPECT_LE(outcome->detail.size(), 1024U);
    EXPECT_TRUE(is_storable(changes.events.at(0).data)) << pad;
    ASSERT_TRUE(parse_json(changes.events.at(0).data)) << pad;
  }
}

TEST(Outcome, NoWayToWaitIsLongerThanItsPatience) {
  using Kind = SendOutcome::Kind;
  for (const auto priority : {Priority::low, Priority::normal, Priority::high, Priority::urgent}) {
    const auto policy = retry_policy(priority);
    for (const auto age : {Millis{0}, policy.age_max - Millis{1}, policy.age_max, policy.age_max * 2}) {
      const auto expected = age < policy.age_max ? Kind::deferred : Kind::failed;
      const auto aged = [&] {
        auto made = attempt();
        made.created_at = kNow - age;
        return made;
      };
      auto untried = aged(), held = aged(), answered = aged(), unknown = aged();
      end_untried(untried, policy, "not now", kNow + Millis{1}, kNow);
      end_by_brake(held, policy, {LoopVerdict::defer, "too much"}, kNow + Millis{60'000}, kNow);
      end_by_answer(answered, policy, AttemptResult::temporary, "451 later", kNow, 0.5);
      end_by_answer(unknown, policy, AttemptResult::unknown, "no answer", kNow, 0.5);
      for (const auto* ended : {&untried, &held, &answered, &unknown})
        EXPECT_EQ(ended->kind, expected) << ended->detail << ", " << to_string(priority) << ", " << age.count();
    }
  }
}

TEST(Outcome, BrokenBytesOfAPeerReachNoColumn) {
  for (const auto result : {AttemptResult::delivered, AttemptResult::temporary, AttemptResult::permanent}) {
    auto ended = attempt();
    ended.send.kind = SendKind::reply;
    ended.task.emplace(Task{.tenant = TenantId{7}, .number = TaskNumber{12}});
    ended.holder = "ben@example.org";
    end_by_answer(ended, {}, result, std::string("550 5.1.1 \xE9\x00\xFF gone", 17), kNow, 0.5);
    const auto changes = outcome_of(ended, mail(), {}, kNow);
    for (const auto& outcome : changes.all<SendOutcome>()) EXPECT_TRUE(is_storable(outcome.detail));
    for (const auto& change : changes.all<SuppressionChange>()) EXPECT_TRUE(is_storable(change.entry.detail));
    for (const auto& event : changes.events) EXPECT_TRUE(is_storable(event.data));
    for (const auto& send : changes.sends) EXPECT_TRUE(is_storable(send.note));
    EXPECT_EQ(changes.sends.size(), result == AttemptResult::permanent ? 1U : 0U) << "somebody hears of a lost answer";
  }
}

TEST(Outcome, AQuietChannelEndsWithItsEventAlone) {
  auto ended = attempt();
  ended.send.recipient = webhook_contact("https://example.org/hook");
  end_by_answer(ended, {}, AttemptResult::permanent, "550 5.1.1 no such user", kNow, 0.5);
  const auto changes = outcome_of(ended, webhook(), {}, kNow);
  EXPECT_EQ(changes.parts.size(), 1U);
  EXPECT_EQ(changes.events.size(), 1U);
  EXPECT_TRUE(changes.sends.empty());
}

TEST(Outcome, AnAddressThatTheRelayDoesNotKnowIsSuppressed) {
  auto ended = attempt();
  end_by_answer(ended, {}, AttemptResult::permanent, "550 5.1.1 no such user", kNow, 0.5);
  const auto changes = outcome_of(ended, mail(), {}, kNow);
  ASSERT_EQ(changes.all<SuppressionChange>().size(), 1U);
  EXPECT_TRUE(changes.all<SuppressionChange>()[0].entry.active);
}

SendResult refused(std::string detail, SendResult::Stage stage = SendResult::Stage::recipient) {
  return {.kind = SendResult::Kind::permanent, .detail = std::move(detail), .stage = stage};
}

TEST(Outcome, ARefusalOfUsIsHeldUntilItIsMendedAndSuppressesNobody) {
  const RetryPolicy policy;
  auto held = attempt();
  held.number = policy.attempts_max + 10;
  held.created_at = kNow - 3 * policy.age_max;
  end_by_result(held, policy, refused("530 5.7.0 Authentication required"), "orgo@example.org", kNow, 0.5);
  EXPECT_EQ(held.kind, SendOutcome::Kind::deferred) << "however old and however often";
  EXPECT_EQ(held.next_attempt, kNow + policy.most);
  EXPECT_EQ(held.wait, SendOutcome::Wait::untried) << "it is no attempt of this mail";
  const auto changes = outcome_of(held, mail(), {}, kNow);
  EXPECT_TRUE(changes.all<SuppressionChange>().empty());
  EXPECT_NE(changes.events.at(0).data.find("\"about\":\"us\""), std::string::npos);
  auto young = attempt();
  end_by_result(young, policy, refused("550 5.1.1 <orgo@example.org>: Sender address rejected"), "orgo@example.org",
                kNow, 0.5);
  EXPECT_EQ(young.next_attempt, kNow + policy.first) << "soon at first";
}

TEST(Outcome, ARefusalOfTheMailEndsItAndSaysNothingOfTheAddress) {
  auto ended = attempt();
  end_by_result(ended, {}, refused("550 5.1.1 content looks like spam", SendResult::Stage::text), "orgo@example.org",
                kNow, 0.5);
  ended = attempt();
  end_by_result(ended, {}, refused("554 5.6.0 message rejected", SendResult::Stage::text), "orgo@example.org", kNow,
                0.5);
  EXPECT_EQ(ended.kind, SendOutcome::Kind::failed);
  EXPECT_EQ(ended.about, About::mail);
  EXPECT_TRUE(outcome_of(ended, mail(), {}, kNow).all<SuppressionChange>().empty());
}

TEST(Outcome, OurOwnAreTriedAgainAndNeverSuppressed) {
  const RetryPolicy policy;
  auto ours = attempt();
  ours.ours = true;
  end_by_result(ours, policy, refused("550 5.1.1 no such user"), "orgo@example.org", kNow, 0.5);
  EXPECT_EQ(ours.kind, SendOutcome::Kind::deferred);
  ours.number = policy.attempts_max;
  end_by_result(ours, policy, refused("550 5.1.1 no such user"), "orgo@example.org", kNow, 0.5);
  EXPECT_EQ(ours.kind, SendOutcome::Kind::failed);
  EXPECT_TRUE(outcome_of(ours, mail(), {}, kNow).all<SuppressionChange>().empty());
  for (const auto stage : {SendResult::Stage::data, SendResult::Stage::text}) {
    auto filtered = attempt();
    filtered.ours = true;
    end_by_result(filtered, policy, refused("554 5.7.1 rejected as spam", stage), "orgo@example.org", kNow, 0.5);
    EXPECT_EQ(filtered.kind, SendOutcome::Kind::deferred) << "or nobody would hear of the task";
    EXPECT_EQ(filtered.about, About::mail);
  }
  auto stranger = attempt();
  end_by_result(stranger, policy, refused("550 5.1.1 no such user"), "orgo@example.org", kNow, 0.5);
  EXPECT_EQ(stranger.kind, SendOutcome::Kind::failed);
  EXPECT_EQ(outcome_of(stranger, mail(), {}, kNow).all<SuppressionChange>().size(), 1U);
}

TEST(Outcome, APauseThatThePeerAsksForIsKept) {
  const RetryPolicy policy;
  const auto after = [&](std::optional<Millis> pause) {
    auto ended = attempt();
    end_by_result(ended, policy, {.kind = SendResult::Kind::temporary, .detail = "HTTP 429", .retry_after = pause}, "",
                  kNow, 0.5);
    return ended.next_attempt - kNow;
  };
  EXPECT_EQ(after(std::nullopt), policy.first);
  EXPECT_EQ(after(Millis{120'000}), Millis{120'000});
  EXPECT_EQ(after(Millis{1'000}), policy.first) << "the least wait, not the most";
  EXPECT_EQ(after(Millis{7 * 86'400'000LL}), policy.most) << "capped";
}

TEST(Outcome, WhatGoesOnBeingHeldIsNoNews) {
  auto waits = attempt();
  end_by_brake(waits, {}, {LoopVerdict::defer, "held: too much"}, kNow + Millis{60'000}, kNow);
  EXPECT_EQ(outcome_of(waits, mail(), {}, kNow).events.size(), 1U);
  EXPECT_EQ(outcome_of(waits, mail(), {}, kNow).find<SendOutcome>()->wait, SendOutcome::Wait::held);
  waits.was_held = true;
  EXPECT_TRUE(outcome_of(waits, mail(), {}, kNow).events.empty());
  end_by_answer(waits, {}, AttemptResult::temporary, "451", kNow, 0.5);
  waits.wait = SendOutcome::Wait::tried;
  EXPECT_EQ(outcome_of(waits, mail(), {}, kNow).events.size(), 1U);
}

TEST(Outcome, WhatTheBrakeDefersEndsByItsAgeOnly) {
  const RetryPolicy policy;
  auto waits = attempt();
  waits.number = policy.attempts_max + 1000;
  end_by_brake(waits, policy, {LoopVerdict::defer, "too much"}, kNow + Millis{60'000}, kNow);
  EXPECT_EQ(waits.kind, SendOutcome::Kind::deferred);
  EXPECT_EQ(waits.next_attempt, kNow + Millis{60'000});
  waits.created_at = kNow - policy.age_max;
  end_by_brake(waits, policy, {LoopVerdict::defer, "too much"}, kNow + Millis{60'000}, kNow);
  EXPECT_EQ(waits.kind, SendOutcome::Kind::failed);
  end_by_brake(waits, policy, {LoopVerdict::refuse, "a loop"}, kNow + Millis{60'000}, kNow);
  EXPECT_EQ(waits.kind, SendOutcome::Kind::refused);
}

}  // namespace
}  // namespace orgo
