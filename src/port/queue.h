#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace orgo {

/// What the queue carries: a reference to work that stands in the database, never the work itself.
struct QueueItem {
  TenantId tenant;
  std::int64_t reference = 0;  ///< for topic "process": the MessageId
  TimePoint visible_at{};      ///< not leased before
};

struct QueueLease {
  QueueItemId item;
  TenantId tenant;
  std::int64_t reference = 0;
  std::int64_t token = 0;  ///< fencing token: grows with each lease of the item; only the newest can complete or retry
  int attempts = 0;        ///< this lease included; 1 the first time
};

struct DeadLetter {
  QueueItemId item;
  TenantId tenant;
  std::string topic;
  std::int64_t reference = 0;
  int attempts = 0;
  std::string error;
  TimePoint died_at{};
};

/// Hands out references to workers: at least once, never to two at a time within the lease.
/// Backends: memory, sqlite. All pass tests/contract/queue_contract_test.cpp.
/// Threads: any method from any thread. Time: passed in. Durability: publish, complete, retry and bury survive kill -9
/// when they return; a lease survives too, so that the attempts of a worker that crashes are counted. Errors of every
/// method: unavailable, deadline_exceeded, corrupt.
class Queue {
 public:
  virtual ~Queue() = default;

  virtual Status publish(std::string_view topic, std::span<const QueueItem> items) = 0;
  /// At most `limit` (1 to 1,000) visible items, oldest `visible_at` first, then in the order of publishing.
  /// From `now` to `now + lease_time` nobody else gets them.
  virtual Result<std::vector<QueueLease>> lease(std::string_view topic, TimePoint now, Millis lease_time,
                                                int limit) = 0;
  /// Done with. A lease whose time is over still counts while nobody else got the item. A lease that is not the newest
  /// of its item is skipped, as is one that is gone; returns how many counted.
  virtual Result<int> complete(std::span<const QueueLease> leases) = 0;
  /// As complete(), for work whose result stands in the database: joins the next commit without waiting for it. Lost in
  /// a crash, the item comes back once, and whoever leases it finds the work done.
  virtual void complete_without_waiting(std::span<const QueueLease> leases) { (void)complete(leases); }
  /// Gives one back, visible again at `visible_at`; `error` says why (1 KiB of it is kept). Stale leases are ignored.
  virtual Status retry(const QueueLease& lease, TimePoint visible_at, std::string_view error) = 0;
  /// Moves one to the dead letters. Stale leases are ignored.
  virtual Status bury(const QueueLease& lease, TimePoint now, std::string_view error) = 0;

  /// Waiting items, those under lease included.
  virtual Result<std::int64_t> depth(std::string_view topic) = 0;
  virtual Result<std::vector<DeadLetter>> dead(int limit) = 0;
  /// Back to its topic, visible at `now`, with attempts 0. not_found: no such dead letter.
  virtual Status revive(QueueItemId item, TimePoint now) = 0;
  /// not_found: no such dead letter. The caller records why.
  virtual Result<DeadLetter> drop(QueueItemId item) = 0;
};

}  // namespace orgo
