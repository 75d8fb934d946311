#pragma once
#include "port/clock.h"

namespace orgo {

/// The clock of the machine.
class SystemClock final : public Clock {
 public:
  TimePoint now() override { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }
};

}  // namespace orgo
