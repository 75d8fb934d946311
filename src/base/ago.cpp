#include "base/ago.h"

namespace orgo {

std::string ago(TimePoint at, TimePoint now) {
  const auto passed = std::chrono::floor<std::chrono::seconds>(now - at);
  if (passed < std::chrono::seconds(1)) return "just now";
  if (passed < std::chrono::minutes(2)) return format_duration(passed) + " ago";
  if (passed < std::chrono::hours(2)) return format_duration(std::chrono::floor<std::chrono::minutes>(passed)) + " ago";
  return format_duration(std::chrono::floor<std::chrono::hours>(passed)) + " ago";
}

}  // namespace orgo
