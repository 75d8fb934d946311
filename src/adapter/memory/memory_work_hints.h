#pragma once
#include <deque>
#include <functional>
#include <map>
#include <mutex>

#include "port/work_hints.h"

namespace orgo {

struct MemoryWorkHintsOptions {
  std::size_t hints_max = 20'000;  ///< that wait; what comes then is lost, and the sweeper's
  Millis hands_max{600'000};       ///< how long one is in a worker's hands before it may be announced again
};

/// Hints within one process, as plain queues. See WorkHints for the contract.
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
  struct Known {
    std::int64_t delivery = 0;  ///< 0: waits
    TimePoint until{};          ///< in a worker's hands
  };
  MemoryWorkHintsOptions options_;
  std::mutex mutex_;
  std::map<WorkKind, std::deque<WorkKey>> waiting_;
  std::map<WorkKey, Known> known_;
  std::int64_t last_delivery_ = 0;
  std::function<void(WorkKind)> wake_;
};

}  // namespace orgo
