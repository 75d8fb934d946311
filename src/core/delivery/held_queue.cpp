#include "core/delivery/held_queue.h"

#include <algorithm>

#include "base/planted.h"
#include "core/delivery/brake.h"

namespace orgo {

TimePoint queue_up(HeldQueue& queue, const LoopDecision& decision, TimePoint now, double random) {
  const auto soonest = after_brake(now, decision.window, random);
  if (decision.each <= Millis{0} || ORGO_PLANT(held_stand_in_no_queue)) return soonest;
  const auto latest = now + kTurnMost;
  queue.end = std::clamp(queue.end, now, latest) + decision.each;
  if (queue.end > latest) {
    queue.end = latest;
    const auto half = static_cast<double>(kTurnMost.count()) / 2;
    return latest - Millis{static_cast<std::int64_t>(half * std::clamp(random, 0.0, 1.0))};
  }
  return std::max(soonest, queue.end);
}

}  // namespace orgo
