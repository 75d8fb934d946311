#include "core/delivery/brake.h"

#include <algorithm>

namespace orgo {
namespace {

constexpr Millis kBrakeWait{60'000};

}  // namespace

LoopDecision brake(const BrakeFacts& facts, std::int64_t total_factor, TimePoint now) {
  if (facts.suppression && blocks(*facts.suppression, now))
    return {LoopVerdict::refuse, refusal_words(*facts.suppression)};
  auto decision = check_loop_limits(facts.counts, total_factor);
  if (decision.verdict == LoopVerdict::go && facts.answers) decision = check_answer_limits(*facts.answers);
  return decision;
}

TimePoint after_brake(TimePoint now, double random) {
  const auto spread = static_cast<double>(kBrakeWait.count()) * std::clamp(random, 0.0, 1.0);
  return now + kBrakeWait + Millis{static_cast<std::int64_t>(spread)};
}

}  // namespace orgo
