#include "core/delivery/brake.h"

#include <algorithm>

#include "base/planted.h"

namespace orgo {
namespace {

constexpr Millis kWaitLeast{60'000}, kWaitMost{600'000};

}  // namespace

bool is_suppressed(const BrakeFacts& facts, TimePoint now) {
  if (ORGO_PLANT(our_own_refused_by_the_list) && facts.suppression) return blocks(*facts.suppression, now);
  if (ORGO_PLANT(manual_entry_passed_by) && facts.ours) return false;
  return facts.suppression && blocks(*facts.suppression, now) && (!facts.ours || facts.suppression->reason == "manual");
}

LoopDecision brake(const BrakeFacts& facts, std::int64_t total_factor, TimePoint now, const TimeZone& zone) {
  if (is_suppressed(facts, now)) return {LoopVerdict::refuse, refusal_words(*facts.suppression, zone)};
  auto decision = check_loop_limits(facts.counts, total_factor, facts.of);
  if (decision.verdict == LoopVerdict::go && facts.answers) decision = check_answer_limits(*facts.answers);
  return decision;
}

TimePoint after_brake(TimePoint now, Millis window, double random) {
  const auto wait = std::clamp(window / 10, kWaitLeast, kWaitMost);
  const auto spread = static_cast<double>(wait.count()) * std::clamp(random, 0.0, 1.0);
  return now + wait + Millis{static_cast<std::int64_t>(spread)};
}

}  // namespace orgo
