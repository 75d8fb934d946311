#pragma once
#include <memory>
#include <span>
#include <vector>

#include "base/json_writer.h"
#include "base/time_zone.h"
#include "core/clocks/clocks.h"
#include "core/task/task.h"
#include "core/workplace/workplace.h"
#include "port/task_store.h"

namespace orgo::views {

/// How the promises for a task and its escalation stand, read from its history.
struct TaskClocks {
  std::string sla;       ///< name; empty: the task has no service level
  std::string calendar;  ///< name; empty: wall time
  std::vector<ClockReading> clocks;
  std::optional<TimePoint> next_step;  ///< when the chain's next step fires; nullopt: none does
  std::string next_to;                 ///< whom it tells, as things are: a name that has no address stays a name
};
TaskClocks task_clocks(const Task& task, std::span<const StoredEvent> history, const Workplace& workplace,
                       TimePoint now);

/// The next step of its chain: when, and whom it tells or what it does, as things are. nullopt: none fires.
struct NextOfChain {
  TimePoint at{};
  std::string to;  ///< as TaskClocks::next_to
};
std::optional<NextOfChain> next_of_chain(const Task& task, const Workplace& workplace);

/// `zone`: of "in_words"; the other times are UTC.
void write_clocks(JsonWriter& writer, const TaskClocks& clocks, const TimeZone& zone);
/// In words: "due 2026-12-01 13:00 Europe/Berlin, 1 hour 30 minutes left", "paused, 2 hours left", "overdue by 5
/// minutes", "took 30 minutes".
std::string in_words(const ClockReading& clock, const TimeZone& zone = {});
/// "First response", "Update", ...
std::string_view title_of(SlaClock clock);

}  // namespace orgo::views
