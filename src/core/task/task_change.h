#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "core/changes/changes.h"
#include "core/changes/ref.h"
#include "core/changes/timer_change.h"
#include "core/task/task.h"

namespace orgo {

/// A task as it becomes. A new task has number 0 and version 0. A changed one carries version = seen + 1; the store
/// compares (conflict), and one that does not exist is not_found.
struct TaskChange {
  Task task;

  [[nodiscard]] std::string key() const { return task.number ? to_string(task.number) : std::string(); }
  static void refs(auto& self, auto visit) {
    for (auto& link : self.task.ties.links) visit(link);
  }
  /// Of two changes that were decided one after the other, the later one is what becomes; the version that the store
  /// compares stays that of the first.
  void take_over(TaskChange&& later) {
    const auto version = task.version;
    task = std::move(later.task);
    task.version = version;
  }
};

/// The one timer of a task: the next step of its chain, or the next promise of its service level.
inline constexpr std::string_view kDeadlineTimer = "deadline";

inline TimerChange deadline_set(TaskRef task, TimePoint due_at) {
  return TimerChange::set(task, kDeadlineTimer, due_at);
}
inline TimerChange deadline_cleared(TaskRef task) {
  return TimerChange::cleared(task, kDeadlineTimer);
}
inline TimerChange deadline_fired(TaskRef task, TimePoint due_at) {
  return TimerChange::fired(task, kDeadlineTimer, due_at);
}

/// The alarm for the deadline that a person has set. It is pending as long as the deadline has not been told of; a
/// deadline that a chain makes has none, since its steps tell.
inline constexpr std::string_view kOverdueTimer = "overdue";

inline TimerChange overdue_set(TaskRef task, TimePoint due_at) {
  return TimerChange::set(task, kOverdueTimer, due_at);
}
inline TimerChange overdue_cleared(TaskRef task) {
  return TimerChange::cleared(task, kOverdueTimer);
}

/// When a pending task is open again (Task::pending_until); see core/escalation/wake_pending.h.
inline constexpr std::string_view kPendingTimer = "pending";

inline TimerChange pending_set(TaskRef task, TimePoint until) {
  return TimerChange::set(task, kPendingTimer, until);
}
inline TimerChange pending_cleared(TaskRef task) {
  return TimerChange::cleared(task, kPendingTimer);
}

/// The task is pending no more, or not until a date: whoever moves it says so by this.
void end_pending(Changes& changes, Task& task);

}  // namespace orgo
