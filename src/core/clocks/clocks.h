#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/calendar/calendar.h"
#include "core/changes/event.h"
#include "core/sla/sla.h"
#include "core/task/task.h"

namespace orgo {

/// What counts for the clocks, of all that happened to a task.
struct SlaFacts {
  struct Contact {
    TimePoint at{};
    bool by_us = false;  ///< an answer of ours; else a message of the customer
  };
  struct Move {
    TimePoint at{};
    TaskState state = TaskState::fresh;
  };
  TimePoint opened_at{};
  bool opened_by_customer = true;              ///< else nobody waits for a first response
  std::vector<Contact> contacts;               ///< in order of time; with the message that opened the task
  std::vector<Move> moves;                     ///< in order of time; the first is the state it was opened in
  std::optional<TimePoint> first_response_at;  ///< nullopt: the first answer of `contacts`
  std::optional<TimePoint> done_at;            ///< nullopt: the last move, when it is to resolved or closed
};

/// From the log of the task, oldest first. `is_ours` says whether a mail's sender is one of us; the assignee and the
/// team of the task are, and who asked is not. `team_address`: where the team's mail goes, when it has a name.
SlaFacts sla_facts(const Task& task, std::span<const Event> history, std::uint8_t answered_by,
                   const std::function<bool(std::string_view address)>& is_ours = {},
                   std::string_view team_address = {});

/// How one clock stands.
struct ClockReading {
  SlaClock clock = SlaClock::first_response;
  Millis within{};
  bool running = false;              ///< somebody waits, and it isn't done
  bool paused = false;               ///< running, but the task's state stops it
  TimePoint since{};                 ///< when this run began; of the last run when nothing runs
  std::optional<TimePoint> due;      ///< when running and not paused
  std::optional<TimePoint> warn_at;  ///< the same, when there is a warning
  std::optional<Millis> left;        ///< when running: open time until it is due; negative: overdue by
  std::optional<Millis> taken;       ///< of the runs that ended, the longest: how much open time it took
  /// Of the runs that ended: within - taken; negative: late by.
  [[nodiscard]] std::optional<Millis> margin() const { return taken ? std::optional(within - *taken) : std::nullopt; }
  /// By how much the promise is broken, of ended and running runs; nullopt: it isn't.
  [[nodiscard]] std::optional<Millis> breached_by() const;
};

/// All clocks of a service level at `now`, in the order of SlaClock. Computed from the facts each time, so that a
/// changed calendar or service level is never stale. A pause in which somebody answers was no pause for that answer.
std::vector<ClockReading> read_clocks(const Sla& sla, const Calendar& calendar, const SlaFacts& facts, TimePoint now);

/// The earliest deadline of all clocks that run.
std::optional<TimePoint> next_due(std::span<const ClockReading> clocks);

}  // namespace orgo
