#include "base/printable.h"

#include <algorithm>

#include "base/neutral.h"
#include "base/text.h"

namespace orgo {

std::string printable_line(std::string_view text, std::size_t most) {
  std::string out;
  for (std::size_t at = 0; at < text.size() && out.size() < most;) {
    const std::size_t length = utf8_length(text, at);
    const auto octet = static_cast<unsigned char>(text[at]);
    if (length == 0) out += '?';
    else if (octet < 0x20 || octet == 0x7f || unshowable(text, at) != 0) out += ' ';
    else out.append(text, at, length);
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

}  // namespace orgo
