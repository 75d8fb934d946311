#pragma once
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "port/clock.h"
#include "port/outbox.h"
#include "service/alarm/alarm_keeper.h"

namespace orgo {

/// Tells of sends that a restore holds, until a person has decided about each: an alarm with a task for the
/// administrators in each tenant concerned, a metric, and `trouble()` for /readyz. One thread calls step(); trouble():
/// any.
class RestoredWatch {
 public:
  RestoredWatch(Outbox& outbox, AlarmKeeper alarms, Clock& clock, std::vector<std::string> administrators)
      : outbox_(outbox), alarms_(std::move(alarms)), clock_(clock), administrators_(std::move(administrators)) {}

  struct Report {
    int raised = 0;  ///< alarms
    Millis pause{};  ///< until the next step
  };
  Result<Report> step();
  /// In words; empty: nothing is held.
  [[nodiscard]] std::string trouble() const;

 private:
  Outbox& outbox_;
  AlarmKeeper alarms_;
  Clock& clock_;
  const std::vector<std::string> administrators_;
  mutable std::mutex mutex_;
  std::string trouble_;
};

}  // namespace orgo
