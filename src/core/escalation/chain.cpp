#include "core/escalation/chain.h"

namespace orgo {

std::optional<TimePoint> next_deadline(const Escalation& escalation, AddTime add) {
  const auto level = static_cast<std::size_t>(escalation.level);
  if (level >= escalation.steps.size()) return std::nullopt;
  return add(escalation.started_at, escalation.steps[level].after);
}

}  // namespace orgo
