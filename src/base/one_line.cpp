#include "base/one_line.h"

#include <algorithm>

#include "base/neutral.h"
#include "base/unicode.h"

namespace orgo {
namespace {

bool turns_direction(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size() || text[at] != '\xE2') return false;
  const auto second = static_cast<unsigned char>(text[at + 1]);
  const auto third = static_cast<unsigned char>(text[at + 2]);
  return (second == 0x80 && third >= 0xAA && third <= 0xAE) || (second == 0x81 && third >= 0xA6 && third <= 0xA9);
}

/// Does it stand in a line as it is: a letter of ASCII, or a space before one?
bool stays(std::string_view text, std::size_t at) {
  const auto plain = [&](std::size_t i) { return i < text.size() && text[i] > 0x20 && text[i] < 0x7F; };
  return plain(at) || (at < text.size() && text[at] == ' ' && plain(at + 1));
}

}  // namespace

std::string one_line(std::string_view text, std::size_t most) {
  text = text.substr(0, std::min(text.size(), most * 4 + 64));  // bounded work, whatever a stranger sends
  std::string out;
  out.reserve(std::min(text.size(), most));
  bool space = false;
  for (std::size_t i = 0; i < text.size() && out.size() <= most; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c <= 0x20 || c == 0x7F) {
      space = !out.empty();
      continue;
    }
    if (c == 0xE2 && turns_direction(text, i)) {
      i += 2;
      continue;
    }
    if (c == 0xC2 && unshowable(text, i) != 0) {
      space = !out.empty();
      ++i;
      continue;
    }
    if (space) out += ' ';
    space = false;
    // With what follows it, to where something is to be changed: mostly all of the text.
    const auto begin = i;
    while (stays(text, i + 1)) ++i;
    out.append(text, begin, i + 1 - begin);
  }
  out.resize(cut_utf8(out, most).size());
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace orgo
