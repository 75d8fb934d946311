#pragma once
#include "core/changes/changes.h"
#include "core/escalation/escalate.h"
#include "core/task/task.h"

namespace orgo {

/// What an alarm for the deadline that a person has set (kOverdueTimer) leads to: whoever has the task, else its team,
/// else the administrators are told once that it has passed. Nobody else tells of that date: a chain and a service
/// level know only their own.
/// - Not due yet, or another task's: an empty Changes.
/// - The task is done, or has no deadline any more: the alarm is used up and nobody is told.
/// - The deadline is later than now: the alarm is set right.
/// - Quiet hours that hold for the task: the alarm waits for their end, unless the task is urgent.
/// Nobody who has an address is told all the same on the record, as told to nobody.
Changes tell_overdue(const Task& task, const DueTimer& timer, TimePoint now, const EscalationContext& context);

}  // namespace orgo
