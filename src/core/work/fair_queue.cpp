#include "core/work/fair_queue.h"

#include <algorithm>

#include "base/planted.h"

namespace orgo {

FairQueue::Pushed FairQueue::push(const WorkKey& key) {
  const auto tenant = key.tenant.value;
  const auto mine = lines_.find(tenant);
  const auto before = mine == lines_.end() ? 0 : mine->second.size();
  Pushed pushed;
  if (size_ >= room_) {
    if (ORGO_PLANT(full_for_everybody)) return pushed;
    pushed.given_up = drop_newest_of_longest(before + 1);
    if (!pushed.given_up) return pushed;
  }
  auto& line = lines_[tenant];
  if (line.empty()) turns_.push_back(tenant);
  line.push_back(key);
  ++size_;
  resized(tenant, before, before + 1);
  pushed.kept = true;
  return pushed;
}

std::vector<WorkKey> FairQueue::take(std::size_t limit) {
  std::vector<WorkKey> taken;
  auto left = std::min(limit, size_);
  taken.reserve(left);
  const auto share = std::max<std::size_t>(1, left / std::max<std::size_t>(1, turns_.size()));
  while (left > 0) {
    const auto tenant = turns_.front();
    auto& line = lines_.at(tenant);
    const auto before = line.size();
    auto count = std::min({before, left, share});
    if (ORGO_PLANT(first_tenant_takes_all)) count = std::min(before, left);
    taken.insert(taken.end(), line.begin(), line.begin() + static_cast<std::ptrdiff_t>(count));
    line.erase(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(count));
    left -= count;
    size_ -= count;
    resized(tenant, before, before - count);
    turns_.pop_front();
    if (before > count) turns_.push_back(tenant);
    else lines_.erase(tenant);
  }
  return taken;
}

void FairQueue::clear() {
  lines_.clear();
  turns_.clear();
  lengths_.clear();
  size_ = 0;
}

void FairQueue::resized(std::int64_t tenant, std::size_t before, std::size_t after) {
  if (before > 0) lengths_.erase({before, tenant});
  if (after > 0) lengths_.emplace(after, tenant);
}

std::optional<WorkKey> FairQueue::drop_newest_of_longest(std::size_t longer_than) {
  if (lengths_.empty() || lengths_.rbegin()->first <= longer_than) return std::nullopt;
  const auto [length, tenant] = *lengths_.rbegin();
  auto& line = lines_.at(tenant);
  const auto newest = line.back();
  line.pop_back();
  --size_;
  resized(tenant, length, length - 1);
  return newest;
}

}  // namespace orgo
