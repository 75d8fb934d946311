#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace orgo {

/// What an organization promises for a task. The numbers are stored; never reuse one.
enum class SlaClock : std::int8_t {
  first_response = 0,  ///< from the task's opening to the first answer
  update = 1,          ///< from each message of the customer to our next answer
  keep_informed = 2,   ///< from each answer of ours to the next one, while the customer has nothing open with us
  resolution = 3,      ///< from the task's opening until it is resolved or closed
};
inline constexpr std::size_t kSlaClocks = 4;
/// "first_response", "update", "keep_informed", "resolution"
std::string_view to_string(SlaClock clock);
std::optional<SlaClock> parse_sla_clock(std::string_view text);

/// One promise: how long, and what stops the clock.
struct SlaTarget {
  Millis within{};
  bool wall_time = false;           ///< else the calendar's open time
  std::uint8_t pause_in = 1U << 3;  ///< bit n: the state with number n (pending is 3) stops the clock
  bool paused_time_counts = false;  ///< a pause only hides the deadline: afterwards it is where it was
  Millis warn_before{};             ///< 0: no warning
  friend bool operator==(const SlaTarget&, const SlaTarget&) = default;
};

/// A service level: which clocks run for a task. What an answer of ours is: `answered_by`.
struct Sla {
  enum Answer : std::uint8_t { mail = 1, comment = 2, acknowledge = 4 };
  std::string name;
  std::array<std::optional<SlaTarget>, kSlaClocks> targets;
  std::string calendar;             ///< empty: the customer's, else the team's, else the default
  std::uint8_t answered_by = mail;  ///< of Answer
  std::string notify;               ///< who is warned: address or team; empty: who has the task
  friend bool operator==(const Sla&, const Sla&) = default;

  [[nodiscard]] const std::optional<SlaTarget>& target(SlaClock clock) const {
    return targets[static_cast<std::size_t>(clock)];
  }
};

/// The service level of one task: as it was when the task got it, for the day on which nobody knows that name any more,
/// and which warnings and breaches were told already.
struct TaskSla {
  /// Told once for each run of a clock, which `since` names: a calendar that changes doesn't tell it anew.
  struct Told {
    SlaClock clock = SlaClock::first_response;
    bool breach = false;  ///< else the warning before
    TimePoint since{};
    friend bool operator==(const Told&, const Told&) = default;
  };
  Sla sla;
  std::string calendar;    ///< the name of the calendar that was chosen; empty: wall time
  std::vector<Told> told;  ///< the newest of each clock and kind: at most 8
  friend bool operator==(const TaskSla&, const TaskSla&) = default;

  [[nodiscard]] bool was_told(SlaClock clock, bool breach, TimePoint since) const;
  void tell(SlaClock clock, bool breach, TimePoint since);
};

/// One line of text for a store: JSON. Read back exactly; damaged text is nullopt, and the task goes on without clocks.
std::string to_text(const TaskSla& sla);
std::optional<TaskSla> task_sla_from_text(std::string_view text);

}  // namespace orgo
