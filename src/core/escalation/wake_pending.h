#pragma once
#include "core/changes/changes.h"
#include "core/escalation/escalate.h"
#include "core/task/task.h"

namespace orgo {

/// What the timer of a task that is pending until a date (kPendingTimer) leads to: it is open again, and whoever has
/// it, else its team, else the administrators are told once; in quiet hours when they are over, unless it is urgent.
/// - Not due yet, or another task's: an empty Changes.
/// - It is pending no more, or without a date: the timer is used up and nothing happens.
/// - The date is later than now: the timer is set right.
/// Its clocks go on; the chain, which never stopped, is not touched.
Changes wake_pending(const Task& task, const DueTimer& timer, TimePoint now, const EscalationContext& context);

}  // namespace orgo
