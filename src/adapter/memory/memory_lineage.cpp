#include <algorithm>

#include "adapter/memory/memory_store.h"
#include "adapter/memory/parts/parts.h"

namespace orgo {

SendState memory::Tx::first_state(const State& state, const Changes& changes) {
  const auto is_old = [&](TimePoint at) { return is_before_restore(at, state.lineage.restored_at); };
  const bool of_old_message = std::ranges::any_of(changes.all<MessageDecision>(), [&](const auto& decision) {
    const auto* message = state.find_message(changes.tenant, decision.message);
    return message != nullptr && is_old(message->message.envelope.received_at);
  });
  const auto holds_some = [&](const Subject& subject) {
    return std::ranges::any_of(state.sends, [&](const auto& entry) {
      return entry.first.first == changes.tenant && entry.second.stored.state == SendState::restored &&
             entry.second.stored.send.subject == subject;
    });
  };
  const bool of_old_timer = std::ranges::any_of(changes.timers, [&](const TimerChange& timer) {
    return timer.kind == TimerChange::Kind::fired &&
           is_timer_of_before(timer.due_at, state.lineage.restored_at, holds_some(timer.subject));
  });
  return of_old_message || of_old_timer ? SendState::restored : SendState::queued;
}

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
