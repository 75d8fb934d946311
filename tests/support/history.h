#pragma once
#include <algorithm>
#include <initializer_list>
#include <string>

#include "core/changes/changes.h"
#include "core/task/task_change.h"

/// Every change of a task that people see has its event.
namespace orgo {

/// What `changes` makes of `before` and does not tell: the fields, separated by spaces; empty: it tells everything.
inline std::string untold(const Task& before, const Changes& changes) {
  std::string found;
  const auto told_by = [&](std::initializer_list<EventKind> kinds) {
    return std::ranges::any_of(changes.events, [&](const Event& event) {
      return event.subject == before.number && std::ranges::find(kinds, event.kind) != kinds.end();
    });
  };
  const auto check = [&](const char* name, bool same, std::initializer_list<EventKind> kinds) {
    if (!same && !told_by(kinds)) found += (found.empty() ? "" : " ") + std::string(name);
  };
  for (const auto& [task] : changes.all<TaskChange>()) {
    if (task.number != before.number) continue;
    // A reply tells in its own event what becomes of the state; who reopens a task begins its chain anew, and with it
    // the deadline.
    check("state", task.state == before.state,
          {EventKind::task_state, EventKind::task_reopened, EventKind::task_replied});
    check("priority", task.priority == before.priority, {EventKind::task_priority});
    check("assignee", task.assignee == before.assignee, {EventKind::task_assigned});
    check("team", task.team == before.team, {EventKind::task_routed});
    check("tags", task.tags == before.tags, {EventKind::task_tagged});
    check("due", task.due_at == before.due_at, {EventKind::task_due, EventKind::task_reopened});
    check("fields", task.fields == before.fields, {EventKind::task_field});
    check("type", task.type == before.type, {});
    check("title", task.title == before.title, {});
    check("requester", task.requester == before.requester, {});
  }
  return found;
}

}  // namespace orgo
