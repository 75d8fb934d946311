#include "core/processing/title.h"

#include "base/one_line.h"

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

}  // namespace orgo
