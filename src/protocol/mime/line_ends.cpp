#include "protocol/mime/line_ends.h"

#include <cstddef>

#include "base/work.h"

namespace orgo::mime {
namespace {

bool ends_lines_with_cr(std::string_view raw) {
  const auto lf = raw.find('\n');
  const auto head = raw.substr(0, lf);
  const auto cr = head.find('\r');
  if (cr == std::string_view::npos) return false;
  if (lf == std::string_view::npos) return cr + 1 < raw.size();
  // CR CR LF is the mark of a mail that went through text mode twice; its lines have ends.
  const auto empty_line = head.find("\r\r");
  return empty_line != std::string_view::npos && empty_line + 2 < head.size();
}

}  // namespace

std::string_view with_line_feeds(std::string_view raw, std::string& buffer) {
  if (!ends_lines_with_cr(raw)) return raw;
  count_work(raw.size());
  buffer.clear();
  buffer.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\r') {
      buffer += raw[i];
    } else {
      buffer += '\n';
      if (i + 1 < raw.size() && raw[i + 1] == '\n') ++i;
    }
  }
  return buffer;
}

}  // namespace orgo::mime
