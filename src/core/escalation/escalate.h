#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "base/time_zone.h"
#include "core/chain/chain.h"
#include "core/changes/changes.h"
#include "core/task/task_change.h"
#include "core/workplace/workplace.h"

namespace orgo {

/// A deadline that the store says is due.
struct DueTimer {
  TaskNumber task;
  TimePoint due_at{};
};

/// What one due deadline of `task` leads to. Each call fires at most one step, and each Changes names the deadline that
/// it uses up (a timer that has fired), so that of two workers, or of two attempts, one is refused: one escalation per
/// deadline, never two.
///
/// What was missed (a downtime, quiet hours, a task that is put back to open) is one message to whoever was due first;
/// the next step counts from there (Escalation::pace), so that whoever was told has time to act.
///
/// - Not due yet (`due_at` > now), or another task's: an empty Changes (nothing in it to commit); never early.
/// - The task is acknowledged, resolved or closed: the deadline is used up and nobody is told. (Fired and not
///   cleared: had the task been reopened meanwhile, its new deadline must stay.)
/// - The chain has another deadline than the timer (somebody changed the chain): the timer is set right, nobody is
/// told.
/// - Otherwise: the level grows, step.to is told (the team when it is empty), urgently when the task is urgent or it
/// was
///   the last step, else P1. A step that leads to no mail address is recorded all the same, as told to nobody.
Changes escalate(const Task& task, const DueTimer& timer, TimePoint now, AddTime add = add_wall_time);

/// What a deadline depends on beside the task.
struct EscalationContext {
  const Workplace* workplace = nullptr;  ///< nullptr: wall time, and who is told are addresses
  std::span<const Event> history = {};   ///< of the task, oldest first; only read when needs_history()
  TimeZone zone = {};                    ///< in which mails say times: the organization's
  /// Who is told when neither the last step nor the team reaches anybody.
  std::vector<std::string> administrators = {};
};

/// The same with business time, quiet hours, rotas and service levels. Beside the chain's steps it tells, each once,
/// when a promise of the task's service level is near to be broken, and when it is: the service level's `notify`, else
/// the assignee, else the team. That goes on when the task is acknowledged; not while it is paused or done. A step that
/// was made for silence (`unless_answered`) is passed over when somebody has answered.
/// - A step reaches nobody, as a rota with nobody on duty: the step behind it fires at once; behind the last one the
/// team
///   is told, else the administrators. The history says so.
/// - Nothing is due: the timer is set to the next deadline, nobody is told.
Changes escalate(const Task& task, const DueTimer& timer, TimePoint now, const EscalationContext& context);

/// The next instant at which escalate() has something to do; nullopt: never, as things are. For a new task, with an
/// empty history, and for all tasks when a calendar or service level changed.
std::optional<TimePoint> next_wake(const Task& task, TimePoint now, const EscalationContext& context);

/// When the work should be done as the chain says: its first step in open time of the calendar that holds now. nullopt:
/// the chain counts no open time, has gone on already, or the task is done.
std::optional<TimePoint> due_by_chain(const Task& task, const EscalationContext& context);
/// Gives the task the deadline that due_by_chain() tells, for when a calendar has changed; its history must be at hand.
/// It is told in the history. A deadline that a person has set stays: an empty Changes.
Changes correct_due(const Task& task, TimePoint due, TimePoint now, const EscalationContext& context);

}  // namespace orgo
