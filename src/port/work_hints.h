#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/time.h"
#include "core/work/work.h"

namespace orgo {

struct WorkHint {
  WorkKey key;
  std::int64_t delivery = 0;  ///< of this taking; what ack() names
};

/// Tells workers that there is work; WorkStore says whether that is so. A backend may lose hints (it is bounded, it
/// restarts) and may give one twice: a sweeper announces what waits unclaimed, and a claim is given once. So it never
/// fails, and nobody waits for it. Tenants are served in turn, and one that brings more than there is room for takes
/// none of the others' (core/work/fair_queue.h).
/// Backends: in process (adapter/memory), the same with a broker between nodes (adapter/broker). All pass
/// tests/contract/work_hints_contract_test.cpp.
/// Threads: any method from any thread. Time: passed in.
class WorkHints {
 public:
  virtual ~WorkHints() = default;
  /// Of a tenant the oldest is given first. One that waits here or is in a worker's hands is not kept a second time.
  virtual void announce(std::span<const WorkKey> keys, TimePoint now) = 0;
  /// At most `limit`; empty when none waits. They are in the hands of the caller until ack(), or until he kept them
  /// longer than any worker does: then they may be announced again.
  virtual std::vector<WorkHint> take(WorkKind kind, int limit, TimePoint now) = 0;
  /// Claimed, or found to be nothing to claim. What is not acknowledged comes again some time.
  virtual void ack(std::span<const WorkHint> hints) = 0;
  /// How many wait to be taken, more or less: a sweeper that sees many lets the workers catch up.
  virtual std::size_t waiting(WorkKind kind) = 0;
  /// `wake` is called after each announcement, on the thread that announces; it must be quick. Before the first one.
  virtual void on_announced(std::function<void(WorkKind)> wake) = 0;
  /// What is announced here comes to workers of other nodes, too, as far as those here have too much. Any moment may
  /// change it.
  [[nodiscard]] virtual bool reaches_others() const { return false; }
};

}  // namespace orgo
