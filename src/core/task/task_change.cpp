#include "core/task/task_change.h"

namespace orgo {

void end_pending(Changes& changes, Task& task) {
  if (!task.pending_until) return;
  task.pending_until.reset();
  changes.timers.push_back(pending_cleared(task.number));
}

}  // namespace orgo
