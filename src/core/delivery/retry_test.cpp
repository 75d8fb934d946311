#include "core/delivery/retry.h"

#include <gtest/gtest.h>

#include "core/changes/priority.h"

namespace orgo {
namespace {

constexpr TimePoint kNow{Millis{1'800'000'000'000}};

/// However short the waits of a priority are, it is tried until its age ends it.
TEST(Retry, EachPriorityHasTheSamePatience) {
  for (const auto priority : kMostUrgentFirst) {
    const auto policy = retry_policy(priority);
    auto now = kNow;
    for (int attempt = 1;; ++attempt) {
      const auto decided = decide_retry(policy, AttemptResult::temporary, attempt, kNow, now, 0.5);
      if (decided.kind != SendOutcome::Kind::deferred) break;
      ASSERT_GT(decided.next_attempt, now);
      now = decided.next_attempt;
    }
    EXPECT_GE(now - kNow, std::chrono::hours{5 * 24 - 2}) << to_string(priority);
    EXPECT_LE(now - kNow, std::chrono::hours{5 * 24 + 2}) << to_string(priority);
  }
}

TEST(Retry, WhatIsUrgentIsTriedEachFiveMinutesAtLeast) {
  EXPECT_EQ(retry_wait(retry_policy(Priority::urgent), 50, 0.5), std::chrono::minutes{5});
  EXPECT_GT(retry_wait(retry_policy(Priority::high), 50, 0.5), std::chrono::minutes{5});
  EXPECT_EQ(retry_wait(retry_policy(Priority::urgent), 1, 0.5), std::chrono::seconds{5});
}

}  // namespace
}  // namespace orgo
