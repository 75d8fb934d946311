#include "adapter/memory/memory_store.h"

namespace orgo {

Result<Lineage> MemoryStore::read_lineage() {
  const std::lock_guard lock(mutex_);
  return state_.lineage;
}

Status MemoryStore::keep(const Lineage& lineage) {
  const std::lock_guard lock(mutex_);
  state_.lineage = lineage;
  return {};
}

Result<std::int64_t> MemoryStore::begin_epoch(const Lineage& lineage) {
  const std::lock_guard lock(mutex_);
  state_.lineage = lineage;
  for (const auto& id : state_.queued) {
    auto& row = state_.sends.at(id);
    row.stored.state = SendState::restored;
    row.lease = ++state_.last_lease;
    row.leased_until = {};
    row.owner.clear();
  }
  const auto held = static_cast<std::int64_t>(state_.queued.size());
  state_.queued.clear();
  for (auto& [tenant, last] : state_.last_send) last += kSendGap;
  for (auto& [tenant, last] : state_.last_task) last += kTaskGap;
  return held;
}

Result<std::vector<StoredSend>> MemoryStore::restored_sends(TenantId tenant, SendId after, int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<StoredSend> found;
  for (auto it = state_.sends.upper_bound({tenant, after});
       it != state_.sends.end() && it->first.first == tenant && static_cast<int>(found.size()) < limit; ++it)
    if (it->second.stored.state == SendState::restored) found.push_back(it->second.stored);
  return found;
}

Result<std::map<TenantId, std::int64_t>> MemoryStore::count_restored() {
  const std::lock_guard lock(mutex_);
  std::map<TenantId, std::int64_t> counts;
  for (const auto& [id, row] : state_.sends)
    if (row.stored.state == SendState::restored) ++counts[id.first];
  return counts;
}

}  // namespace orgo
