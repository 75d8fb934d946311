#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace orgo {

/// How soon: of a task, and of what goes out. One scale for both, upward. The numbers are stored; never reuse one.
enum class Priority : std::int8_t { low = 1, normal = 2, high = 3, urgent = 4 };
/// "low", "normal", "high", "urgent"
std::string_view to_string(Priority priority);
std::optional<Priority> parse_priority(std::string_view text);

/// In the order in which what waits is taken.
inline constexpr std::array kMostUrgentFirst{Priority::urgent, Priority::high, Priority::normal, Priority::low};

/// Of a message to people who work, about something of this priority: they wait for it, so it goes before automatic
/// answers to people outside (normal) and before what goes to many (low).
constexpr Priority notice_priority(Priority of_task) {
  return of_task == Priority::urgent ? Priority::urgent : Priority::high;
}

/// Of what a person wrote to somebody who waits for it: a flood of notices goes neither before it nor, since the brake
/// counts what is urgent by itself, instead of it.
inline constexpr Priority kAnswerPriority = Priority::urgent;

}  // namespace orgo
