#pragma once
#include <algorithm>
#include <iterator>
#include <vector>

#include "core/changes/changes.h"

/// What a Changes does with timers, by kind.
namespace orgo {

inline std::vector<TimerChange> timers_of_kind(const Changes& changes, TimerChange::Kind kind) {
  std::vector<TimerChange> found;
  std::ranges::copy_if(changes.timers, std::back_inserter(found),
                       [&](const TimerChange& timer) { return timer.kind == kind; });
  return found;
}
inline std::vector<TimerChange> timers_set(const Changes& changes) {
  return timers_of_kind(changes, TimerChange::Kind::set);
}
inline std::vector<TimerChange> timers_cleared(const Changes& changes) {
  return timers_of_kind(changes, TimerChange::Kind::cleared);
}
inline std::vector<TimerChange> timers_fired(const Changes& changes) {
  return timers_of_kind(changes, TimerChange::Kind::fired);
}

}  // namespace orgo
