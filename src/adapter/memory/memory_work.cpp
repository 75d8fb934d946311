#include <algorithm>

#include "adapter/memory/memory_store.h"
#include "base/stored_text.h"

namespace orgo {

using memory::WorkState;

bool MemoryStore::is_newest(std::int64_t token, std::int64_t newest) const {
  return token == newest;
}

memory::WorkRow* MemoryStore::find_leased(const WorkLease& lease) {
  const auto found = state_.work.find(lease.key);
  if (found == state_.work.end() || found->second.state != WorkState::waiting) return nullptr;
  return is_newest(lease.token, found->second.token) ? &found->second : nullptr;
}

void MemoryStore::add_work(const WorkKey& key, TimePoint visible_at) {
  memory::WorkRow row;
  row.visible_at = visible_at;
  state_.work.try_emplace(key, std::move(row));
}

Status MemoryStore::add(std::span<const WorkKey> keys, TimePoint visible_at) {
  const std::lock_guard lock(mutex_);
  for (const auto& key : keys) add_work(key, visible_at);
  return {};
}

Result<std::vector<WorkLease>> MemoryStore::claim(const LeaseOwner& owner, std::span<const WorkKey> keys, TimePoint now,
                                                  Millis lease_time, int attempts_below) {
  const std::lock_guard lock(mutex_);
  std::vector<WorkLease> leases;
  for (const auto& key : keys) {
    const auto found = state_.work.find(key);
    if (found == state_.work.end() || found->second.state != WorkState::waiting || found->second.visible_at > now ||
        found->second.attempts >= attempts_below || state_.is_suspended(key.tenant))
      continue;
    auto& row = found->second;
    row.token = ++state_.last_lease;
    row.owner = to_string(owner);
    row.visible_at = now + lease_time;
    leases.push_back({.key = key, .token = row.token, .attempts = ++row.attempts});
  }
  return leases;
}

Result<std::vector<WorkKey>> MemoryStore::often_failed(std::span<const WorkKey> keys, TimePoint now,
                                                       int attempts_from) {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<int, WorkKey>> found;
  for (const auto& key : keys)
    if (const auto row = state_.work.find(key); row != state_.work.end() && row->second.state == WorkState::waiting &&
                                                row->second.visible_at <= now && row->second.attempts >= attempts_from)
      found.emplace_back(row->second.attempts, key);
  std::ranges::stable_sort(found, {}, &std::pair<int, WorkKey>::first);
  std::vector<WorkKey> often;
  for (const auto& [attempts, key] : found) often.push_back(key);
  return often;
}

Result<int> MemoryStore::complete(std::span<const WorkLease> leases) {
  const std::lock_guard lock(mutex_);
  int completed = 0;
  for (const auto& lease : leases) {
    if (find_leased(lease) == nullptr) continue;
    state_.work.erase(lease.key);
    ++completed;
  }
  return completed;
}

Status MemoryStore::retry(const WorkLease& lease, TimePoint visible_at, std::string_view error) {
  const std::lock_guard lock(mutex_);
  if (auto* row = find_leased(lease)) {
    row->visible_at = visible_at;
    row->error = stored_text(error, kErrorBytes);
    row->token = ++state_.last_lease;  // given back: this lease is over
    row->owner.clear();
  }
  return {};
}

Status MemoryStore::postpone(const WorkLease& lease, TimePoint visible_at, std::string_view error) {
  const std::lock_guard lock(mutex_);
  if (auto* row = find_leased(lease)) {
    row->visible_at = visible_at;
    row->error = stored_text(error, kErrorBytes);
    row->token = ++state_.last_lease;
    row->owner.clear();
    --row->attempts;
  }
  return {};
}

Status MemoryStore::give_back(std::span<const WorkLease> leases, TimePoint now) {
  const std::lock_guard lock(mutex_);
  for (const auto& lease : leases)
    if (auto* row = find_leased(lease)) {
      row->visible_at = now;
      row->token = ++state_.last_lease;
      row->owner.clear();
      --row->attempts;
    }
  return {};
}

Status MemoryStore::bury(const WorkLease& lease, TimePoint now, std::string_view error) {
  const std::lock_guard lock(mutex_);
  if (auto* row = find_leased(lease)) {
    row->state = WorkState::dead;
    row->died_at = now;
    row->error = stored_text(error, kErrorBytes);
    row->token = ++state_.last_lease;
    row->owner.clear();
  }
  return {};
}

Status MemoryStore::release(const LeaseOwner& owner, LeasesOf which, TimePoint now) {
  const std::lock_guard lock(mutex_);
  for (auto& [key, row] : state_.work) {
    if (row.state != WorkState::waiting || row.visible_at <= now || !belongs_to(row.owner, owner, which)) continue;
    row.visible_at = now;
    row.token = ++state_.last_lease;
    row.owner.clear();
  }
  return {};
}

Result<std::int64_t> MemoryStore::depth(WorkKind kind) {
  const std::lock_guard lock(mutex_);
  return std::ranges::count_if(state_.work, [&](const auto& entry) {
    return entry.first.kind == kind && entry.second.state == WorkState::waiting;
  });
}

Result<std::vector<WorkKey>> MemoryStore::unclaimed(WorkKind kind, TimePoint now, int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<TimePoint, WorkKey>> visible;
  for (const auto& [key, row] : state_.work)
    if (key.kind == kind && row.state == WorkState::waiting && row.visible_at <= now &&
        !state_.is_suspended(key.tenant))
      visible.emplace_back(row.visible_at, key);
  std::ranges::sort(visible);
  if (visible.size() > static_cast<std::size_t>(limit)) visible.erase(visible.begin() + limit, visible.end());
  std::vector<WorkKey> keys;
  for (const auto& [at, key] : visible) keys.push_back(key);
  return keys;
}

Result<int> MemoryStore::cap_waits(WorkKind kind, TimePoint now, Millis most) {
  const std::lock_guard lock(mutex_);
  int capped = 0;
  for (auto& [key, row] : state_.work) {
    if (key.kind != kind || row.state != WorkState::waiting || row.visible_at <= now + most) continue;
    row.visible_at = row.owner.empty() ? now : now + most;
    ++capped;
  }
  return capped;
}

Result<std::optional<TimePoint>> MemoryStore::next_visible(WorkKind kind, TimePoint after) {
  const std::lock_guard lock(mutex_);
  std::optional<TimePoint> next;
  for (const auto& [key, row] : state_.work)
    if (key.kind == kind && row.state == WorkState::waiting && row.visible_at > after &&
        !state_.is_suspended(key.tenant) && (!next || row.visible_at < *next))
      next = row.visible_at;
  return next;
}

Result<std::vector<DeadLetter>> MemoryStore::dead(std::optional<TenantId> tenant, int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<DeadLetter> letters;
  for (const auto& [key, row] : state_.work)
    if (row.state == WorkState::dead && (!tenant || key.tenant == *tenant)) letters.push_back(row.letter(key));
  std::ranges::sort(letters, [](const DeadLetter& a, const DeadLetter& b) {
    if (a.died_at != b.died_at) return a.died_at > b.died_at;
    if (a.key.tenant != b.key.tenant) return a.key.tenant < b.key.tenant;
    return a.key.reference > b.key.reference;
  });
  if (letters.size() > static_cast<std::size_t>(limit)) letters.erase(letters.begin() + limit, letters.end());
  return letters;
}

Result<std::optional<DeadLetter>> MemoryStore::find_dead(const WorkKey& key) {
  const std::lock_guard lock(mutex_);
  const auto found = state_.work.find(key);
  if (found == state_.work.end() || found->second.state != WorkState::dead) return std::optional<DeadLetter>();
  return std::optional(found->second.letter(key));
}

}  // namespace orgo
