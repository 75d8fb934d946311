#pragma once
#include "base/time.h"
#include "core/delivery/loop_limits.h"

namespace orgo {

/// Those that one limit of the brake holds back stand in a queue: each is looked at about when it is its turn, so that
/// looks cost what may go, and not what waits (virtual scheduling: ITU-T I.371, the generic cell rate algorithm). Kept
/// in memory: behind a restart those that wait keep their times, and the queue begins anew.
struct HeldQueue {
  TimePoint end{};  ///< turn of the last of them
};

/// No turn is later, so that nobody waits for long when those in front go away (taken back, suppressed) or the limit
/// is raised. What would have a later one comes back within the second half of it, in no order.
inline constexpr Millis kTurnMost{3'600'000};

/// When one that waits for `decision` is looked at again: at its turn, behind those that wait already, and not before
/// after_brake(). `random` from 0 to 1.
TimePoint queue_up(HeldQueue& queue, const LoopDecision& decision, TimePoint now, double random);

}  // namespace orgo
