#include "core/delivery/brake.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

constexpr TimePoint kNow{Millis{1'760'000'000'000}};

TEST(Brake, NothingKnownMayGo) {
  EXPECT_EQ(brake({}, kLoopTotalFactor, kNow).verdict, LoopVerdict::go);
}

TEST(Brake, ASuppressedAddressIsRefusedWhateverTheCountsSay) {
  BrakeFacts facts;
  facts.suppression.emplace(Suppression{.tenant = TenantId{7}, .address = "anna@example.org", .active = true});
  facts.suppression->reason = "userunknown";
  facts.counts.front().in_all = 1'000'000;
  const auto decision = brake(facts, kLoopTotalFactor, kNow);
  EXPECT_EQ(decision.verdict, LoopVerdict::refuse);
  EXPECT_NE(decision.detail.find("userunknown"), std::string::npos);
  facts.suppression->expires_at = kNow;
  EXPECT_EQ(brake(facts, kLoopTotalFactor, kNow).verdict, LoopVerdict::defer) << "it is over, and too much goes out";
}

TEST(Brake, AnAnswerTooManyIsRefusedButNotBeforeWhatMustWait) {
  BrakeFacts facts;
  facts.answers.emplace();
  EXPECT_EQ(brake(facts, kLoopTotalFactor, kNow).verdict, LoopVerdict::go);
  facts.answers->earlier = "s3 of T-1";
  EXPECT_EQ(brake(facts, kLoopTotalFactor, kNow).verdict, LoopVerdict::refuse);
  facts.counts.front().in_all = kLoopLimits.front().mails * kLoopTotalFactor + 1;
  EXPECT_EQ(brake(facts, kLoopTotalFactor, kNow).verdict, LoopVerdict::defer);
  EXPECT_EQ(brake(facts, 0, kNow).verdict, LoopVerdict::refuse) << "without a limit in all";
}

TEST(Brake, WhatWaitsIsLookedAtInOneToTwoMinutes) {
  const auto shortest = kLoopLimits.front().window;
  EXPECT_EQ(after_brake(kNow, shortest, 0.0), kNow + Millis{60'000});
  EXPECT_EQ(after_brake(kNow, shortest, 1.0), kNow + Millis{120'000});
  EXPECT_EQ(after_brake(kNow, shortest, 7.0), kNow + Millis{120'000});
  EXPECT_EQ(after_brake(kNow, Millis{}, 0.0), kNow + Millis{60'000}) << "of no window";
  EXPECT_EQ(after_brake(kNow, kLoopLimits.back().window, 0.0), kNow + Millis{600'000}) << "and ten minutes at most";
}

TEST(Brake, TheCauseMeetsItsLimitBeforeAllDo) {
  BrakeFacts facts;
  facts.of.cause = "anna@example.org";
  auto& first = facts.counts.front();
  first.of_cause = kLoopLimits.front().mails * cause_factor(kLoopTotalFactor);
  EXPECT_EQ(brake(facts, kLoopTotalFactor, kNow).verdict, LoopVerdict::go);
  ++first.of_cause;
  first.in_all = 1'000'000;
  const auto held = brake(facts, kLoopTotalFactor, kNow);
  EXPECT_EQ(held.verdict, LoopVerdict::defer);
  EXPECT_EQ(held.detail, "held: more than 200 ordinary mails set off by anna@example.org within 10 minutes");
  EXPECT_EQ(held.window, kLoopLimits.front().window);
  first.of_cause = 0;
  facts.of.urgent = true;
  EXPECT_EQ(brake(facts, kLoopTotalFactor, kNow).detail, "held: more than 1000 urgent mails in all within 10 minutes");
  EXPECT_EQ(cause_factor(1), 1);
  EXPECT_EQ(cause_factor(0), 0) << "without a limit in all there is none of a cause";
}

TEST(Brake, ARuleMeetsItsLimitBeforeAllDoAndBehindTheCause) {
  BrakeFacts facts;
  facts.of = {.cause = "anna@example.org", .rule = "all mails"};
  auto& first = facts.counts.front();
  first.of_rule = kLoopLimits.front().mails * rule_factor(kLoopTotalFactor);
  EXPECT_EQ(brake(facts, kLoopTotalFactor, kNow).verdict, LoopVerdict::go) << "exactly the limit may go";
  ++first.of_rule;
  first.in_all = 1'000'000;
  const auto held = brake(facts, kLoopTotalFactor, kNow);
  EXPECT_EQ(held.verdict, LoopVerdict::defer);
  EXPECT_EQ(held.detail, "held: more than 500 ordinary mails set off by the rule 'all mails' within 10 minutes");
  first.of_cause = 1'000'000;
  EXPECT_EQ(brake(facts, kLoopTotalFactor, kNow).detail,
            "held: more than 200 ordinary mails set off by anna@example.org within 10 minutes");
  EXPECT_GT(rule_factor(kLoopTotalFactor), cause_factor(kLoopTotalFactor));
  EXPECT_EQ(rule_factor(1), 1);
  EXPECT_EQ(rule_factor(0), 0) << "without a limit in all there is none of a rule";
}

TEST(Brake, OfOurOwnOnlyAPersonsWordCounts) {
  BrakeFacts facts;
  facts.ours = true;
  for (const auto* reason : {"userunknown", "mailboxfull", "feedback", "hostunknown"}) {
    facts.suppression.emplace(Suppression{.tenant = TenantId{7}, .address = "team@example.org", .active = true});
    facts.suppression->reason = reason;
    EXPECT_EQ(brake(facts, kLoopTotalFactor, kNow).verdict, LoopVerdict::go) << reason;
  }
  facts.suppression->reason = "manual";
  EXPECT_EQ(brake(facts, kLoopTotalFactor, kNow).verdict, LoopVerdict::refuse);
}

}  // namespace
}  // namespace orgo
