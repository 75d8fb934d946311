#pragma once
#include "base/time.h"

namespace orgo {

/// The only way a service learns what time it is; the simulator passes its own. Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() = 0;  ///< wall clock, UTC; may jump (nothing may rely on it never running back)
};

}  // namespace orgo
