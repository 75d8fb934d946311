#include "adapter/memory/memory_store.h"

namespace orgo {

Result<Workload> MemoryStore::read_workload(TimePoint now) {
  const std::lock_guard lock(mutex_);
  Workload made;
  for (const auto& [id, task] : state_.tasks) {
    if (!is_open(task.state)) continue;
    ++made.open[task.state];
    if (task.due_at && *task.due_at < now) ++made.overdue;
  }
  for (const auto& id : state_.queued) {
    const auto made_at = state_.sends.at(id).stored.created_at;
    ++made.sends;
    if (!made.oldest_send || made_at < *made.oldest_send) made.oldest_send = made_at;
  }
  return made;
}

Result<std::optional<WaitingSend>> MemoryStore::oldest_send() {
  const std::lock_guard lock(mutex_);
  std::optional<WaitingSend> oldest;
  for (const auto& id : state_.queued) {  // by tenant and number
    const auto& stored = state_.sends.at(id).stored;
    if (oldest && stored.created_at >= oldest->created_at) continue;
    oldest = WaitingSend{.tenant = id.first,
                         .id = id.second,
                         .recipient = to_string(stored.send.recipient),
                         .attempts = stored.attempts,
                         .detail = stored.detail,
                         .created_at = stored.created_at};
  }
  return oldest;
}

}  // namespace orgo
