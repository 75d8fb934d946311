#pragma once
#include <cstddef>
#include <string_view>

namespace orgo {

/// How many bytes at text[at] make a character that a terminal or a page may obey instead of showing it: a control of
/// Latin-1 (C1: U+0080 to U+009F, among them the one-character CSI), a mark that turns the direction of a line
/// (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), or one that ends a line (U+2028, U+2029); 0: it is
/// none. Controls of ASCII are not asked here.
inline std::size_t unshowable(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto first = byte(at), second = byte(at + 1), third = byte(at + 2);
  if (first == 0xC2) return second >= 0x80 && second < 0xA0 ? 2 : 0;
  if (first == 0xD8) return second == 0x9C ? 2 : 0;
  if (first != 0xE2) return 0;
  if (second == 0x80) return third == 0x8E || third == 0x8F || (third >= 0xA8 && third <= 0xAE) ? 3 : 0;
  return second == 0x81 && third >= 0xA6 && third <= 0xA9 ? 3 : 0;
}

}  // namespace orgo
