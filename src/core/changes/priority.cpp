#include "core/changes/priority.h"

#include "base/text.h"

namespace orgo {

std::string_view to_string(Priority priority) {
  switch (priority) {
    case Priority::low:
      return "low";
    case Priority::normal:
      return "normal";
    case Priority::high:
      return "high";
    case Priority::urgent:
      return "urgent";
  }
  return "unknown";
}

std::optional<Priority> parse_priority(std::string_view text) {
  for (int i = 1; i <= 4; ++i)
    if (ascii_iequals(text, to_string(static_cast<Priority>(i)))) return static_cast<Priority>(i);
  return std::nullopt;
}

}  // namespace orgo
