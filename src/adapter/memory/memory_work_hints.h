#pragma once
#include <functional>
#include <map>
#include <mutex>

#include "core/work/fair_queue.h"
#include "port/work_hints.h"

namespace orgo {

struct MemoryWorkHintsOptions {
  std::size_t hints_max = 20'000;  ///< that wait; what is too much is lost, and the sweeper's
  Millis hands_max{600'000};       ///< how long one is in a worker's hands before it may be announced again
};

/// Hints within one process, in queues that serve tenants in turn. See WorkHints for the contract.
class MemoryWorkHints final : public WorkHints {
 public:
  explicit MemoryWorkHints(MemoryWorkHintsOptions options = {}) : options_(options) {}
  void announce(std::span<const WorkKey> keys, TimePoint now) override;
  std::vector<WorkHint> take(WorkKind kind, int limit, TimePoint now) override;
  void ack(std::span<const WorkHint> hints) override;
  std::size_t waiting(WorkKind kind) override;
  void on_announced(std::function<void(WorkKind)> wake) override;
  /// Loses everything, as a backend does that is started anew.
  void wipe();

 private:
  FairQueue& queue_of(WorkKind kind);
  struct Known {
    std::int64_t delivery = 0;  ///< 0: waits
    TimePoint until{};          ///< in a worker's hands
  };
  MemoryWorkHintsOptions options_;
  std::mutex mutex_;
  std::map<WorkKind, FairQueue> waiting_;
  std::map<WorkKey, Known> known_;
  std::int64_t last_delivery_ = 0;
  std::function<void(WorkKind)> wake_;
};

}  // namespace orgo
