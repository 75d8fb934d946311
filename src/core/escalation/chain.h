#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace orgo {

/// One step of a chain: "after 2 hours -> supervisor@...". Counted from when the task was opened (or reopened),
/// not from the step before, so that a chain reads as a person would say it.
struct EscalationStep {
  Millis after{};
  std::string to;  ///< who is told; empty: the task's team is reminded
  friend bool operator==(const EscalationStep&, const EscalationStep&) = default;
};

/// The chain of one task and how far it has gone. Steps are in order of `after`; at most 10.
struct Escalation {
  std::vector<EscalationStep> steps;
  int level = 0;             ///< steps that have fired
  TimePoint started_at{};    ///< from when `after` counts
  friend bool operator==(const Escalation&, const Escalation&) = default;
};

/// Turns "counted time" into an instant. The default counts wall time; a business calendar is another function (I9).
using AddTime = TimePoint (*)(TimePoint from, Millis counted);
inline TimePoint add_wall_time(TimePoint from, Millis counted) { return from + counted; }

/// When the next step fires; nullopt when the chain has ended or is empty.
std::optional<TimePoint> next_deadline(const Escalation& escalation, AddTime add = add_wall_time);

}  // namespace orgo
