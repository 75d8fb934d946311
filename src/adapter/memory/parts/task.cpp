#include <algorithm>

#include "adapter/memory/parts/parts.h"

namespace orgo::memory {

Status check(const Tx& tx, const TaskChange& change) {
  const auto& task = change.task;
  if (!task.number) return {};
  ORGO_CHECK(tx.check_task(task.number));
  const auto* current = tx.state.find_task(tx.tenant, task.number);
  if (tx.fences.is_next_version(task.version, current->version)) return {};
  return failure(Errc::conflict, to_string(task.number) + " has version " + std::to_string(current->version) +
                                     "; the change saw version " + std::to_string(task.version - 1));
}

void apply(Tx& tx, const TaskChange& change) {
  Task task = change.task;
  task.tenant = tx.tenant;
  for (auto& link : task.ties.links) link = tx.number(link);
  std::ranges::sort(task.ties.links);
  if (!task.number) task.number = TaskNumber{++tx.state.last_task[tx.tenant]};
  tx.state.tasks.insert_or_assign(InTenant<TaskNumber>{tx.tenant, task.number}, std::move(task));
}

}  // namespace orgo::memory
