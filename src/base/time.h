#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace orgo {

using Millis = std::chrono::milliseconds;
/// Wall-clock instant, UTC, 1 ms resolution. Passed in everywhere; only adapter/clock and the edges read a clock.
using TimePoint = std::chrono::sys_time<Millis>;
/// Until when a caller waits for an answer: monotonic, so that a jump of the wall clock changes nothing.
using Deadline = std::chrono::steady_clock::time_point;

inline std::int64_t to_ms(TimePoint t) {
  return t.time_since_epoch().count();
}
inline TimePoint from_ms(std::int64_t ms) {
  return TimePoint{Millis{ms}};
}
inline Deadline within(Millis time) {
  return std::chrono::steady_clock::now() + time;
}

/// "2026-11-22T01:22:35.120Z"; without ".120" when the milliseconds are 0.
std::string to_rfc3339(TimePoint t);
/// RFC 3339 with Z or an offset; fractions beyond 1 ms are cut. invalid_input otherwise.
Result<TimePoint> parse_rfc3339(std::string_view text);

/// A number and a unit, also in sequence: "2 hours", "90s", "1 h 30 min", "500 ms", "7 days", "2 weeks".
/// Units: ms, s/sec/second(s), m/min/minute(s), h/hour(s), d/day(s), w/week(s). 0 to 10 years.
/// invalid_input, in the words: '2 hourz' is not a duration; write a number and a unit, as in "2 hours"
Result<Millis> parse_duration(std::string_view text);
/// The shortest exact form a person would write: "2 hours", "1 hour 30 minutes", "500 ms".
std::string format_duration(Millis duration);

}  // namespace orgo
