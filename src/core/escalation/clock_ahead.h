#pragma once
#include <string_view>

#include "base/time.h"
#include "core/changes/changes.h"
#include "core/escalation/escalate.h"
#include "core/task/task.h"

namespace orgo {

/// A timer of a task as the store has it.
struct WaitingTimer {
  std::string_view name;  ///< kDeadlineTimer, kOverdueTimer or kPendingTimer
  TimePoint due_at{};
  TimePoint visible_at{};  ///< later than `due_at` while it is claimed
};

/// By so much the clocks of two nodes may differ: what is later than now by more was made by a clock that was ahead.
inline constexpr Millis kClockSkew{5'000};

/// What a clock that was ahead, and is right now, has put off: no wait is longer than its own span from now.
/// - What lies in the future of when the task was opened, its chain began or fired, or its clocks began, becomes `now`
///   (of the history by an event that says so, see sla_facts()), the deadline that the chain gave it follows, and its
///   timer is set to what comes next from there. A deadline that a person has set stays.
/// - A timer that is later than the task says is set right; quiet hours and calendars count as always.
/// - Nothing of it: an empty Changes, as when it is asked again.
/// `context`: its history must be at hand when needs_history().
Changes after_clock_ahead(const Task& task, const WaitingTimer& timer, TimePoint now, const EscalationContext& context);

}  // namespace orgo
