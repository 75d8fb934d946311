#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "base/time_zone.h"

namespace orgo {

/// Who is on call when: members take turns, and single stretches of time may be somebody else's. Handed over at a time
/// of the wall clock, so that a turn over a change of the clocks is an hour longer or shorter.
struct OnCall {
  struct Shift {
    TimePoint from, to;
    std::string who;
    friend bool operator==(const Shift&, const Shift&) = default;
  };
  std::string name;
  TimeZone zone;
  LocalTime start{};                 ///< the first handover: from then on the first member
  int turn_days = 7;                 ///< 1: daily, 7: weekly
  std::vector<std::string> members;  ///< addresses; may be empty when there are shifts
  std::vector<Shift> shifts;         ///< as a feed says them; of those that overlap, the one that began last
  std::vector<Shift> overrides;      ///< the same, and they count more than shifts and turns
};

/// Their address; nullopt: nobody is.
std::optional<std::string> on_call_at(const OnCall& rota, TimePoint t);

/// From `from` on, who is on call until when, at most `count` turns of at most ten years: for people to see.
std::vector<OnCall::Shift> on_call_turns(const OnCall& rota, TimePoint from, int count);

}  // namespace orgo
