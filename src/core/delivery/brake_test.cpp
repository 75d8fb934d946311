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
  EXPECT_EQ(after_brake(kNow, 0.0), kNow + Millis{60'000});
  EXPECT_EQ(after_brake(kNow, 1.0), kNow + Millis{120'000});
  EXPECT_EQ(after_brake(kNow, 7.0), kNow + Millis{120'000});
}

}  // namespace
}  // namespace orgo
