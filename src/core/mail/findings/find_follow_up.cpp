#include "core/mail/findings/find_follow_up.h"

#include <charconv>

#include "base/text.h"

namespace orgo {

std::optional<Finding> find_follow_up(TaskNumber task, std::string_view evidence) {
  if (!task) return std::nullopt;
  auto detail = to_string(task);
  if (!evidence.empty()) detail.append(" by ").append(evidence);
  return Finding{FindingKind::follow_up, std::move(detail)};
}

TaskNumber task_marker(std::string_view subject) {
  for (auto at = subject.find('['); at != std::string_view::npos; at = subject.find('[', at + 1)) {
    const auto rest = subject.substr(at + 1);
    if (rest.size() < 4 || ascii_lower(rest[0]) != 't' || rest[1] != '-') continue;
    std::int64_t number = 0;
    const auto* const begin = rest.data() + 2;
    const auto [end, error] = std::from_chars(begin, rest.data() + rest.size(), number);
    if (error != std::errc{} || number <= 0 || end == rest.data() + rest.size() || *end != ']') continue;
    return TaskNumber{number};
  }
  return {};
}

}  // namespace orgo
