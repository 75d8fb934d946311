#pragma once
#include <atomic>
#include <cstdint>
#include <limits>

#include "port/clock.h"

namespace orgo {

/// The clock of the machine, until others are agreed with: from then on theirs, which runs on by the steady clock. So
/// nodes whose machines differ, or whose clocks are set, agree about the ends of leases.
class AgreedClock final : public Clock {
 public:
  TimePoint now() override;
  /// The others' time was `told` at the moment `at`. Any thread.
  void agree(TimePoint told, Deadline at);
  /// How much the machine is ahead of what was agreed; 0: nothing was.
  [[nodiscard]] Millis machine_ahead();

 private:
  static constexpr auto kNone = std::numeric_limits<std::int64_t>::min();
  std::atomic<std::int64_t> from_steady_{kNone};  ///< ms from the steady clock to the agreed one
};

}  // namespace orgo
