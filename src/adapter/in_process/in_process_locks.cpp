#include "adapter/in_process/in_process_locks.h"

#include <algorithm>

namespace orgo {
Result<Lock> InProcessLocks::acquire(std::string_view name, std::string_view owner, TimePoint now, Millis ttl) {
  ORGO_CHECK(check_lock(name, owner, ttl));
  const std::lock_guard guard(mutex_);
  const auto known = held_.find(name);
  if (known != held_.end() && known->second.ends_at > now)
    return failure(Errc::conflict, "the lock " + known->second.name + " is held by " + known->second.owner);
  if (known == held_.end() && held_.size() >= kMost) {
    std::erase_if(held_, [now](const auto& one) { return one.second.ends_at <= now; });
    if (held_.size() >= kMost) return failure(Errc::resource_exhausted, "there are too many locks");
  }
  Lock lock{std::string(name), std::string(owner), ++last_token_, now + ttl};
  held_.insert_or_assign(lock.name, lock);
  return lock;
}

Result<Lock> InProcessLocks::renew(const Lock& lock, TimePoint now, Millis ttl) {
  ORGO_CHECK(check_lock(lock.name, lock.owner, ttl));
  const std::lock_guard guard(mutex_);
  const auto known = held_.find(lock.name);
  if (known == held_.end() || known->second.token != lock.token || known->second.owner != lock.owner ||
      known->second.ends_at <= now)
    return failure(Errc::conflict, "the lock " + lock.name + " is no longer held by " + lock.owner);
  known->second.ends_at = std::max(known->second.ends_at, now + ttl);
  return known->second;
}

Status InProcessLocks::release(const Lock& lock) {
  const std::lock_guard guard(mutex_);
  const auto known = held_.find(lock.name);
  if (known != held_.end() && known->second.token == lock.token && known->second.owner == lock.owner)
    held_.erase(known);
  return {};
}

Status InProcessLocks::release_all(const LeaseOwner& owner, LeasesOf which) {
  const std::lock_guard guard(mutex_);
  std::erase_if(held_, [&](const auto& one) { return belongs_to(one.second.owner, owner, which); });
  return {};
}

}  // namespace orgo
