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
};

/// In this order: a suppressed address is refused, a loop about one task and recipient is refused, too much in all
/// waits, an answer too many is refused.
LoopDecision brake(const BrakeFacts& facts, std::int64_t total_factor, TimePoint now);

/// When one that the brake deferred is looked at again: in one to two minutes. `random` from 0 to 1.
TimePoint after_brake(TimePoint now, double random);

}  // namespace orgo
