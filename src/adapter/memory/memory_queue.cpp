#include <algorithm>

#include "adapter/memory/memory_store.h"

namespace orgo {

constexpr std::size_t kErrorBytesMax = 1024;

bool MemoryStore::is_newest(std::int64_t token, std::int64_t newest) const {
  return token == newest;
}

memory::ItemRow* MemoryStore::find_leased(const QueueLease& lease) {
  const auto found = state_.items.find(lease.item);
  if (found == state_.items.end() || found->second.dead) return nullptr;
  return is_newest(lease.token, found->second.token) ? &found->second : nullptr;
}

void MemoryStore::publish_one(std::string_view topic, const QueueItem& item) {
  state_.items.insert_or_assign(QueueItemId{++state_.last_item},
                                memory::ItemRow{.topic = std::string(topic), .item = item});
}

Status MemoryStore::publish(std::string_view topic, std::span<const QueueItem> items) {
  const std::lock_guard lock(mutex_);
  for (const auto& item : items) publish_one(topic, item);
  return {};
}

Result<std::vector<QueueLease>> MemoryStore::lease(std::string_view topic, TimePoint now, Millis lease_time,
                                                   int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<TimePoint, QueueItemId>> visible;
  for (const auto& [id, row] : state_.items)
    if (!row.dead && row.topic == topic && row.item.visible_at <= now) visible.emplace_back(row.item.visible_at, id);
  std::ranges::sort(visible);
  if (visible.size() > static_cast<std::size_t>(limit)) visible.resize(static_cast<std::size_t>(limit));
  std::vector<QueueLease> leases;
  for (const auto& [visible_at, id] : visible) {
    auto& row = state_.items.at(id);
    row.token = ++state_.last_lease;
    row.item.visible_at = now + lease_time;
    leases.push_back({.item = id,
                      .tenant = row.item.tenant,
                      .reference = row.item.reference,
                      .token = row.token,
                      .attempts = ++row.attempts});
  }
  return leases;
}

Result<int> MemoryStore::complete(std::span<const QueueLease> leases) {
  const std::lock_guard lock(mutex_);
  int completed = 0;
  for (const auto& lease : leases) {
    if (find_leased(lease) == nullptr) continue;
    state_.items.erase(lease.item);
    ++completed;
  }
  return completed;
}

Status MemoryStore::retry(const QueueLease& lease, TimePoint visible_at, std::string_view error) {
  const std::lock_guard lock(mutex_);
  if (auto* row = find_leased(lease)) {
    row->item.visible_at = visible_at;
    row->error = error.substr(0, kErrorBytesMax);
    row->token = ++state_.last_lease;  // given back: this lease is over
  }
  return {};
}

Status MemoryStore::bury(const QueueLease& lease, TimePoint now, std::string_view error) {
  const std::lock_guard lock(mutex_);
  if (auto* row = find_leased(lease)) {
    row->dead = true;
    row->died_at = now;
    row->error = error.substr(0, kErrorBytesMax);
    row->token = ++state_.last_lease;
  }
  return {};
}

Result<std::int64_t> MemoryStore::depth(std::string_view topic) {
  const std::lock_guard lock(mutex_);
  return std::ranges::count_if(state_.items,
                               [&](const auto& entry) { return !entry.second.dead && entry.second.topic == topic; });
}

Result<std::vector<DeadLetter>> MemoryStore::dead(int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<DeadLetter> letters;
  for (const auto& [id, row] : state_.items)
    if (row.dead && static_cast<int>(letters.size()) < limit)
      letters.push_back({id, row.item.tenant, row.topic, row.item.reference, row.attempts, row.error, row.died_at});
  return letters;
}

Status MemoryStore::revive(QueueItemId item, TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto found = state_.items.find(item);
  if (found == state_.items.end() || !found->second.dead)
    return failure(Errc::not_found, "no dead letter " + to_string(item));
  found->second.dead = false;
  found->second.attempts = 0;
  found->second.item.visible_at = now;
  return {};
}

Result<DeadLetter> MemoryStore::drop(QueueItemId item) {
  const std::lock_guard lock(mutex_);
  const auto found = state_.items.find(item);
  if (found == state_.items.end() || !found->second.dead)
    return failure(Errc::not_found, "no dead letter " + to_string(item));
  const auto& row = found->second;
  DeadLetter letter{item, row.item.tenant, row.topic, row.item.reference, row.attempts, row.error, row.died_at};
  if (row.topic == "process") {
    const auto message = state_.messages.find(MessageId{row.item.reference});
    if (message != state_.messages.end()) message->second.refused = true;
  }
  state_.items.erase(found);
  return letter;
}

}  // namespace orgo
