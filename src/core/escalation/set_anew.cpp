#include "core/escalation/set_anew.h"

#include "core/task/task_change.h"

namespace orgo {

bool moves_with(const Task& task, const Workplace* before, const Workplace& after) {
  return settles_later(task) || after.quiet_for(task.type) != nullptr ||
         (before != nullptr && before->quiet_for(task.type) != nullptr);
}

bool needs_history_to_set_anew(const Task& task, const EscalationContext& context) {
  if (needs_history(task)) return true;
  const auto due = due_by_chain(task, context);
  return due && due != task.due_at;
}

std::vector<Changes> set_anew(const Task& task, TimePoint now, const EscalationContext& context) {
  std::vector<Changes> all;
  if (const auto due = due_by_chain(task, context); due && due != task.due_at)
    if (auto corrected = correct_due(task, *due, now, context); corrected.find<TaskChange>() != nullptr)
      all.push_back(std::move(corrected));
  if (const auto wake = next_wake(task, now, context)) {
    Changes& timer = all.emplace_back(Changes{.tenant = task.tenant, .at = now});
    timer.timers.push_back(deadline_set(task.number, *wake));
  }
  return all;
}

}  // namespace orgo
