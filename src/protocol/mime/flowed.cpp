#include "protocol/mime/flowed.h"

#include <cstddef>

namespace orgo::mime {

void append_unflowed(std::string_view text, bool del_sp, std::string& out) {
  bool open = false;           // the line before ended softly: what follows goes on there
  std::size_t open_depth = 0;  // in this depth
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const bool ended = end != std::string_view::npos;
    if (line.ends_with('\r')) line.remove_suffix(1);
    std::size_t depth = 0;
    while (depth < line.size() && line[depth] == '>') ++depth;
    line.remove_prefix(depth);
    if (line.starts_with(' ')) line.remove_prefix(1);  // stuffed (section 4.4)
    const bool signature = line == "-- ";
    // A signature never goes on, and a change of depth ends a paragraph (section 4.5).
    if (open && (depth != open_depth || signature)) {
      out += '\n';
      open = false;
    }
    if (!open && depth > 0) {
      out.append(depth, '>');
      if (!line.empty()) out += ' ';
    }
    const bool soft = !signature && line.ends_with(' ') && ended;
    if (soft && del_sp) line.remove_suffix(1);
    out += line;
    open = soft;
    open_depth = depth;
    if (!soft && ended) out += '\n';
  }
  if (open) out += '\n';
}

}  // namespace orgo::mime
