#pragma once
#include "base/time.h"

namespace orgo {

/// The only way a service learns what time it is; the simulator passes its own. Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() = 0;  ///< wall clock, UTC; may jump (nothing may rely on it never running back)
  /// For spans: never jumps, and says nothing of the time of day. What this process has lent itself (leases) ends by
  /// it.
  virtual Deadline steady() { return std::chrono::steady_clock::now(); }
};

}  // namespace orgo
