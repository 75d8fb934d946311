#pragma once
#include <optional>

#include "base/clock_watch.h"
#include "base/result.h"
#include "port/clock.h"
#include "port/work_hints.h"
#include "port/work_store.h"

namespace orgo {

struct SweeperSettings {
  int batch = 5'000;          ///< announced in one step
  Millis wait_most{300'000};  ///< no lease, and no wait for the next attempt, is longer
};

/// Announces (again) what waits unclaimed: hints that got lost, work of a process that died, failures whose next
/// attempt has come, everything at a start. While many hints wait to be taken it does nothing. One thread.
class WorkSweeper {
 public:
  WorkSweeper(WorkStore& store, WorkHints& hints, Clock& clock, SweeperSettings settings = {})
      : store_(store), hints_(hints), clock_(clock), settings_(settings) {}

  struct Report {
    int announced = 0;
    bool more = false;                      ///< there may be more that waits now
    std::optional<TimePoint> next_visible;  ///< when the next waits, of what does not yet; nullopt: nothing will
  };
  Result<Report> step(WorkKind kind);

 private:
  Status cap_waits(WorkKind kind, TimePoint now);

  WorkStore& store_;
  WorkHints& hints_;
  Clock& clock_;
  SweeperSettings settings_;
  ClockWatch watch_;
  Deadline capped_at_{};
};

}  // namespace orgo
