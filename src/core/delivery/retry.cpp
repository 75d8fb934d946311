#include "core/delivery/retry.h"

#include <algorithm>
#include <cmath>

#include "base/planted.h"

namespace orgo {

RetryPolicy retry_policy(Priority priority, RetryPolicy ordinary) {
  if (priority == Priority::urgent) {
    ordinary.first = std::min(ordinary.first, Millis{5'000});
    if (!ORGO_PLANT(urgent_waits_like_the_others)) ordinary.most = std::min(ordinary.most, Millis{300'000});
    if (!ORGO_PLANT(urgent_gives_up_early))
      ordinary.attempts_max = std::max(ordinary.attempts_max, 1500);  // as long as the others, at shorter waits
  }
  return ordinary;
}

Millis retry_wait(const RetryPolicy& policy, int attempts, double random) {
  const auto most = static_cast<double>(policy.most.count());
  // Beyond 64 steps any factor above 1 has met the ceiling; the bound keeps pow() finite at absurd attempts.
  const double grown =
      static_cast<double>(policy.first.count()) * std::pow(policy.factor, std::clamp(attempts - 1, 0, 64));
  const double base = std::min(most, grown);
  const double spread = 1.0 + policy.jitter * (2.0 * std::clamp(random, 0.0, 1.0) - 1.0);
  return Millis{std::max<std::int64_t>(1, static_cast<std::int64_t>(base * spread))};
}

RetryDecision decide_retry(const RetryPolicy& policy, AttemptResult result, int attempts, TimePoint created_at,
                           TimePoint now, double random) {
  if (result == AttemptResult::delivered) return {SendOutcome::Kind::delivered, {}};
  if (result == AttemptResult::permanent) return {SendOutcome::Kind::failed, {}};
  if (attempts >= policy.attempts_max + (ORGO_PLANT(one_attempt_too_many) ? 1 : 0) ||
      now - created_at >= policy.age_max)
    return {SendOutcome::Kind::failed, {}};
  return {SendOutcome::Kind::deferred, now + retry_wait(policy, attempts, random)};
}

}  // namespace orgo
