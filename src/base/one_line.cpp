#include "base/one_line.h"

#include <algorithm>

#include "base/neutral.h"
#include "base/unicode.h"

namespace orgo {
namespace {

/// Controls of Latin-1, and the two characters that end a line as a line feed does.
bool parts_words(std::string_view text, std::size_t at) {
  return text[at] == '\xC2' || text.substr(at).starts_with("\u2028") || text.substr(at).starts_with("\u2029");
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
    if (const auto length = c < 0x80 ? 0 : unshowable(text, i); length != 0) {
      space = parts_words(text, i) ? !out.empty() : space;
      i += length - 1;
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
