#pragma once
#include <chrono>

#include "app/node/node.h"
#include "port/clock.h"
#include "port/workload_reader.h"

namespace orgo {

/// Tells how much is left to do. Where counting takes long, since very much is open, it tells
/// what it counted last, so that it never takes more than a twentieth of the time.
class WorkloadGauges {
 public:
  WorkloadGauges(WorkloadReader& reader, Clock& clock);
  /// One thread. Counts, or leaves it; how long the last counting took decides.
  void refresh();

 private:
  using Steady = std::chrono::steady_clock;
  static constexpr int kShare = 20;

  WorkloadReader& reader_;
  Clock& clock_;
  Steady::time_point not_before_{};
};

}  // namespace orgo
