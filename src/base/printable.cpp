#include "base/printable.h"

#include <algorithm>

#include "base/text.h"

namespace orgo {

std::string printable_line(std::string_view text, std::size_t most) {
  std::string out;
  for (std::size_t at = 0; at < text.size() && out.size() < most;) {
    const std::size_t length = utf8_length(text, at);
    const auto octet = static_cast<unsigned char>(text[at]);
    const bool c1 = length == 2 && octet == 0xc2 && static_cast<unsigned char>(text[at + 1]) < 0xa0;
    if (length == 0) out += '?';
    else if (octet < 0x20 || octet == 0x7f || c1) out += ' ';
    else out.append(text, at, length);
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

}  // namespace orgo
