#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "core/delivery/loop_limits.h"
#include "core/suppression/suppression.h"

namespace orgo {

/// All that decides whether a send may go now. Counts are of its tenant and its lane only, so that nobody's load moves
/// another's brake.
struct BrakeFacts {
  std::optional<Suppression> suppression{};            ///< what is known of its recipient
  std::array<LoopCount, kLoopLimits.size()> counts{};  ///< one for each of kLoopLimits
  std::optional<AnswerCount> answers{};                ///< of an automatic answer only
  SetOff of{};
  bool ours = false;  ///< reaches_our_own(): of the suppression list only what a person wrote counts
};

/// In this order: a suppressed address is refused, a loop about one task and recipient is refused, too much of one
/// cause, of one rule or in all waits, an answer too many is refused.
LoopDecision brake(const BrakeFacts& facts, std::int64_t total_factor, TimePoint now, const TimeZone& zone = {});

/// Does what is known of the recipient forbid this send?
bool is_suppressed(const BrakeFacts& facts, TimePoint now);
/// When one that the brake deferred for the limit of `window` is looked at again: after a tenth of it to twice that, 1
/// to 20 minutes. `random` from 0 to 1.
TimePoint after_brake(TimePoint now, Millis window, double random);

}  // namespace orgo
