#include "core/task/pend.h"

#include <string>

#include "core/task/command_draft.h"
#include "core/task/lifecycle.h"
#include "core/task/task_change.h"

namespace orgo::commands {

Result<Changes> pend(const Task& task, std::optional<TimePoint> until, std::string_view actor, TimePoint now) {
  if (until && *until <= now)
    return failure(Errc::invalid_input, to_rfc3339(*until) + " has passed: until then nothing can wait any more");
  ORGO_CHECK(check_not_merged(task));
  const bool is_pending = task.state == TaskState::pending;
  if (!is_pending) ORGO_CHECK(check_move(task.number, task.state, TaskState::pending));
  if (is_pending && task.pending_until == until)
    return nothing_to_do(task, until ? "is pending until then already" : "is pending already, without a date");
  CommandDraft draft(task, actor, now);
  if (!is_pending) draft.change_state(TaskState::pending);
  if (task.pending_until != until)
    draft.event(EventKind::task_pending, [&](JsonWriter& json) {
      if (task.pending_until) json.field("from", to_rfc3339(*task.pending_until));
      if (until) json.field("to", to_rfc3339(*until));
    });
  draft.task.pending_until = until;
  if (until) draft.changes.timers.push_back(pending_set(task.number, *until));
  else if (task.pending_until) draft.changes.timers.push_back(pending_cleared(task.number));
  return draft.done();
}

}  // namespace orgo::commands
