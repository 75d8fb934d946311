#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/work/work.h"
#include "port/lease_owner.h"

namespace orgo {

struct WorkLease {
  WorkKey key;
  std::int64_t token = 0;  ///< fencing token: grows with each lease of the work; only the newest can end or give back
  int attempts = 0;        ///< this lease included; 1 the first time
};

/// Work that was given up: a state of the work, which a person ends.
struct DeadLetter {
  WorkKey key;
  int attempts = 0;
  std::string error;
  TimePoint died_at{};
};

/// The truth about work: a row with a state in the database of what it is about, added in the transaction that made the
/// thing. Who works hears of it by WorkHints and claims it here; hints may get lost or come twice, a claim may not.
///
///     waiting -claim-> waiting, under lease -complete-> gone
///        ^                |        |
///        +----- retry ----+       bury -> dead -drop-> dropped, for ever
///        +--------------- revive ----------+
///
/// A person ends a dead letter by a part of a Changes, with its event (core/work/dead_letter_change.h). Work of a
/// suspended tenant stands still: it is not claimed, not told as unclaimed and not as visible, until the tenant is
/// active again.
///
/// Each move names the state that it expects, so that saying it twice, late or half changes nothing that is not so.
/// Backends: memory, SQL. All pass tests/contract/work_store_contract_test.cpp.
/// Threads: any method from any thread. Time: passed in. Durability: all survives kill -9 when the call returns; a
/// lease too, so that the attempts of a worker that crashes are counted. Errors of every method: unavailable, corrupt,
/// resource_exhausted (disk full).
class WorkStore {
 public:
  static constexpr std::size_t kErrorBytes = 1024;  ///< of an error are kept, cut between two characters
  static constexpr int kAnyAttempts = std::numeric_limits<int>::max();

  virtual ~WorkStore() = default;

  /// Waits from `visible_at` on. What is there already, in whatever state, stays as it is.
  virtual Status add(std::span<const WorkKey> keys, TimePoint visible_at) = 0;
  /// Those of `keys` that wait, are visible and are under no lease, in their order; from `now` to `now + lease_time`
  /// nobody else gets them. What is gone, dead or another's is skipped, as is what was leased `attempts_below` times
  /// already.
  virtual Result<std::vector<WorkLease>> claim(const LeaseOwner& owner, std::span<const WorkKey> keys, TimePoint now,
                                               Millis lease_time, int attempts_below = kAnyAttempts) = 0;
  /// Those of `keys` that claim() skips for `attempts_from` alone: what has failed so often, fewest attempts first, so
  /// that one that is tried and ends its worker is not the first again.
  virtual Result<std::vector<WorkKey>> often_failed(std::span<const WorkKey> keys, TimePoint now,
                                                    int attempts_from) = 0;
  /// Done with. A lease whose time is over still counts while nobody else got the work. A lease that is not the newest
  /// is skipped, as is one that is gone; returns how many counted.
  virtual Result<int> complete(std::span<const WorkLease> leases) = 0;
  /// As complete(), for work whose result stands in the database: joins the next commit without waiting for it. Lost in
  /// a crash, the work comes back once, and whoever claims it finds it done.
  virtual void complete_without_waiting(std::span<const WorkLease> leases) = 0;
  /// Gives it back, visible again at `visible_at`; `error` says why. Stale leases are ignored.
  virtual Status retry(const WorkLease& lease, TimePoint visible_at, std::string_view error) = 0;
  /// As retry(), for work that could not even be tried: its attempt does not count, so that it never becomes a dead
  /// letter by waiting.
  virtual Status postpone(const WorkLease& lease, TimePoint visible_at, std::string_view error) = 0;
  /// Gives back what was not tried, visible at `now`, without a word: the lease was no attempt. Stale leases are
  /// ignored.
  virtual Status give_back(std::span<const WorkLease> leases, TimePoint now) = 0;
  /// Makes it a dead letter. Stale leases are ignored.
  virtual Status bury(const WorkLease& lease, TimePoint now, std::string_view error) = 0;
  /// Gives back the leases of one owner, and nobody else's; their attempts stay counted. What waits for its next
  /// attempt after a failure goes on waiting.
  virtual Status release(const LeaseOwner& owner, LeasesOf which, TimePoint now) = 0;
  /// What a clock that was wrong has put off: work that waits longer than `most` from `now` is visible at `now`, and a
  /// lease ends at `now + most` at the latest. Returns how many.
  virtual Result<int> cap_waits(WorkKind kind, TimePoint now, Millis most) = 0;

  /// Waiting work, that under lease included.
  virtual Result<std::int64_t> depth(WorkKind kind) = 0;
  /// Visible and under no lease, longest visible first, at most `limit`: a sweeper announces them (again).
  virtual Result<std::vector<WorkKey>> unclaimed(WorkKind kind, TimePoint now, int limit) = 0;
  /// When the next becomes visible, or its lease ends, behind `after`; nullopt: nothing will.
  virtual Result<std::optional<TimePoint>> next_visible(WorkKind kind, TimePoint after) = 0;

  /// Newest first. nullopt: of all tenants.
  virtual Result<std::vector<DeadLetter>> dead(std::optional<TenantId> tenant, int limit) = 0;
  /// nullopt: it is no dead letter.
  virtual Result<std::optional<DeadLetter>> find_dead(const WorkKey& key) = 0;
};

}  // namespace orgo
