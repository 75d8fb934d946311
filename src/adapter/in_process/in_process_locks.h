#pragma once
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "port/locks.h"

namespace orgo {

/// Locks for the threads of one process, which is all there is on one machine. Tokens begin at the time of the start,
/// so that they grow over restarts too.
class InProcessLocks final : public Locks {
 public:
  static constexpr std::size_t kMost = 100'000;  ///< locks at a time; past it acquire() is resource_exhausted

  /// `started_at`: now; later than the start before, or its tokens come again.
  explicit InProcessLocks(TimePoint started_at) : last_token_(to_ms(started_at) << kTokensInMilli) {}

  Result<Lock> acquire(std::string_view name, std::string_view owner, TimePoint now, Millis ttl) override;
  Result<Lock> renew(const Lock& lock, TimePoint now, Millis ttl) override;
  Status release(const Lock& lock) override;
  Status release_all(const LeaseOwner& owner, LeasesOf which) override;

 private:
  static constexpr int kTokensInMilli = 10;  ///< bits: 1,024 tokens for each millisecond since the start

  std::mutex mutex_;
  std::int64_t last_token_;
  std::map<std::string, Lock, std::less<>> held_;
};

}  // namespace orgo
