#include "core/processing/title.h"

#include "base/one_line.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/mail/findings/find_follow_up.h"

namespace orgo {
namespace {

constexpr std::size_t kTitleMax = 500;

}  // namespace

std::string make_title(std::string_view subject, std::string_view text) {
  auto title = one_line(subject, kTitleMax);
  // The first 100 lines are enough; a mail of nothing but empty lines has no title.
  for (int lines = 0; title.empty() && lines < 100 && !text.empty(); ++lines) {
    const auto end = text.find('\n');
    title = one_line(text.substr(0, end), kTitleMax);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return title.empty() ? "(no subject)" : title;
}

std::string_view behind_marker(std::string_view subject, TaskNumber other) {
  if (!other || task_marker(subject) != other || ORGO_PLANT(title_keeps_the_marker)) return subject;
  const auto marker = "[" + to_string(other) + "]";
  const auto at = subject.find(marker);
  const auto rest = at == std::string_view::npos ? subject : trim(subject.substr(at + marker.size()));
  return rest.empty() ? subject : rest;
}

}  // namespace orgo
