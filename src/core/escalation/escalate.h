#pragma once
#include "base/time.h"
#include "core/changes/changes.h"
#include "core/escalation/chain.h"
#include "core/task/task.h"

namespace orgo {

/// A deadline that the store says is due.
struct DueTimer {
  TaskNumber task;
  TimePoint due_at{};
};

/// What one due deadline of `task` leads to. Each call fires at most one step, and each Changes names the deadline that it
/// uses up (TimerFired), so that of two workers, or of two attempts, one is refused: one escalation per deadline, never two.
///
/// Catching up after a downtime: the next deadline is set as it stands in the chain, even if that is past already, so that
/// the following sweep fires it next. All missed steps fire in their order, each once.
///
/// - Not due yet (`due_at` > now), or another task's: an empty Changes (nothing in it to commit); never early.
/// - The task is acknowledged, resolved or closed: the deadline is used up and nobody is told. (TimerFired and not
///   TimerCleared: had the task been reopened meanwhile, its new deadline must stay.)
/// - The chain has another deadline than the timer (somebody changed the chain): the timer is set right, nobody is told.
/// - Otherwise: the level grows, step.to is told (the team when it is empty), priority P0 when the task is urgent or it was
///   the last step, else P1. A step that leads to no mail address is recorded all the same, as told to nobody.
Changes escalate(const Task& task, const DueTimer& timer, TimePoint now, AddTime add = add_wall_time);

/// Is there anything in it to commit?
bool is_empty(const Changes& changes);

}  // namespace orgo
