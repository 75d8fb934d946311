#include "adapter/memory/memory_work_hints.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/planted.h"

namespace orgo {

void MemoryWorkHints::announce(std::span<const WorkKey> keys, TimePoint now) {
  std::set<WorkKind> announced;
  std::function<void(WorkKind)> wake;
  {
    const std::lock_guard lock(mutex_);
    wake = wake_;
    for (const auto& key : keys) {
      auto [known, is_new] = known_.try_emplace(key);
      if (!is_new && (known->second.delivery == 0 || now < known->second.until)) continue;
      const auto pushed = queue_of(key.kind).push(key);
      if (pushed.given_up) known_.erase(*pushed.given_up);
      if (!pushed.kept) {
        known_.erase(key);
        continue;
      }
      known->second = {};
      announced.insert(key.kind);
    }
  }
  if (wake)
    for (const auto kind : announced) wake(kind);
}

std::vector<WorkHint> MemoryWorkHints::take(WorkKind kind, int limit, TimePoint now) {
  const std::lock_guard lock(mutex_);
  std::vector<WorkHint> taken;
  for (const auto& key : queue_of(kind).take(static_cast<std::size_t>(std::max(limit, 0)))) {
    known_[key] = {++last_delivery_, now + options_.hands_max};
    taken.push_back({key, last_delivery_});
  }
  return taken;
}

void MemoryWorkHints::ack(std::span<const WorkHint> hints) {
  const std::lock_guard lock(mutex_);
  for (const auto& hint : hints)
    if (const auto known = known_.find(hint.key); known != known_.end() && known->second.delivery == hint.delivery)
      if (!ORGO_PLANT(each_hint_is_kept)) known_.erase(known);
}

std::size_t MemoryWorkHints::waiting(WorkKind kind) {
  const std::lock_guard lock(mutex_);
  return queue_of(kind).size();
}

void MemoryWorkHints::on_announced(std::function<void(WorkKind)> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

FairQueue& MemoryWorkHints::queue_of(WorkKind kind) {
  return waiting_.try_emplace(kind, options_.hints_max).first->second;
}

void MemoryWorkHints::wipe() {
  const std::lock_guard lock(mutex_);
  waiting_.clear();
  known_.clear();
}

}  // namespace orgo
