#include "core/task/lifecycle.h"

#include <string>

namespace orgo {

bool move_allowed(TaskState from, TaskState to) {
  if (from == to || to == TaskState::fresh) return false;
  switch (from) {
    case TaskState::fresh:
    case TaskState::open:
    case TaskState::pending:
    case TaskState::acknowledged:
      return true;
    case TaskState::resolved:
      return to == TaskState::closed;
    case TaskState::closed:
      return false;
  }
  return false;
}

Status check_move(TaskNumber number, TaskState from, TaskState to) {
  if (move_allowed(from, to)) return {};
  const auto task = to_string(number);
  if (from == to) return failure(Errc::conflict, task + " is " + std::string(to_string(to)) + " already");
  if (to == TaskState::fresh) return failure(Errc::conflict, task + " can't become new again: somebody has seen it");
  return failure(Errc::conflict, task + " is " + std::string(to_string(from)) + "; reopen it first");
}

bool escalates(TaskState state) {
  return state == TaskState::fresh || state == TaskState::open || state == TaskState::pending;
}

}  // namespace orgo
