#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace orgo::mime {

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/// Characters of a field name: 33 to 126 without ":" (RFC 5322, section 2.2); above: mailers that know no better.
inline constexpr std::array<bool, 256> kNameCharacter = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 33; c < 256; ++c) table[c] = c != ':' && c != 127;
  return table;
}();

/// The begin of the first line at or behind `from` that begins with "--"; npos: none. `from` counts as the begin of a
/// line if it is 0 or stands behind a LF. 16 bytes at a time, since all bodies of multiparts go through here.
inline std::size_t find_dashed_line(std::string_view text, std::size_t from) {
  const auto size = text.size();
  if (from >= size) return std::string_view::npos;
  const char* const data = text.data();
  if ((from == 0 || data[from - 1] == '\n') && size - from >= 2 && data[from] == '-' && data[from + 1] == '-')
    return from;
  std::size_t at = from;
#if defined(__SSE2__)
  const auto newline = _mm_set1_epi8('\n');
  const auto dash = _mm_set1_epi8('-');
  while (size - at >= 18) {
    const auto lines = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data + at)), newline);
    const auto dashes = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data + at + 1)), dash);
    unsigned mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(lines, dashes)));
    while (mask != 0) {
      const auto found = at + static_cast<unsigned>(__builtin_ctz(mask));
      if (data[found + 2] == '-') return found + 1;
      mask &= mask - 1;
    }
    at += 16;
  }
#endif
  for (; size - at >= 3; ++at)
    if (data[at] == '\n' && data[at + 1] == '-' && data[at + 2] == '-') return at + 1;
  return std::string_view::npos;
}

/// How many bytes the character at the begin takes, if nobody sees it: zero-width and direction marks, a byte order
/// mark, as they come along when an address is copied. 0: it is another.
inline std::size_t invisible_prefix(std::string_view text) {
  if (text.size() < 3) return 0;
  if (text.starts_with("\xEF\xBB\xBF")) return 3;
  const auto second = static_cast<unsigned char>(text[1]), third = static_cast<unsigned char>(text[2]);
  if (text[0] != '\xE2') return 0;
  if (second == 0x80 && (third == 0x8B || third == 0x8E || third == 0x8F || (third >= 0xAA && third <= 0xAE))) return 3;
  return second == 0x81 && (third == 0xA0 || (third >= 0xA6 && third <= 0xA9)) ? 3 : 0;
}

/// How many bytes at the start of `text` surely belong to a field name: 33 to 126 without ":"; at least those up to the
/// first byte that does not, if there are 16 more.
inline std::size_t name_prefix(std::string_view text) {
  std::size_t at = 0;
#if defined(__SSE2__)
  const auto low = _mm_set1_epi8('!');
  const auto del = _mm_set1_epi8(0x7F);
  const auto colon = _mm_set1_epi8(':');
  for (; text.size() - at >= 16; at += 16) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const auto ends = _mm_or_si128(_mm_cmplt_epi8(bytes, low),
                                   _mm_or_si128(_mm_cmpeq_epi8(bytes, del), _mm_cmpeq_epi8(bytes, colon)));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(ends));
    if (mask != 0) return at + static_cast<unsigned>(__builtin_ctz(mask));
  }
#else
  static_cast<void>(text);
#endif
  return at;
}

/// How many bytes at the start of `text` are printable ASCII (0x20 to 0x7E) other than "=", which may begin an encoded
/// word: what most of a header is made of.
inline std::size_t plain_prefix(std::string_view text) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* at = begin;
#if defined(__SSE2__)
  const auto space = _mm_set1_epi8(' ');
  const auto del = _mm_set1_epi8(0x7F);
  const auto equals = _mm_set1_epi8('=');
  for (; end - at >= 16; at += 16) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    // As signed numbers, 0x80 to 0xFF are below the space too.
    const auto special = _mm_or_si128(_mm_cmplt_epi8(bytes, space),
                                      _mm_or_si128(_mm_cmpeq_epi8(bytes, del), _mm_cmpeq_epi8(bytes, equals)));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special));
    if (mask != 0) return static_cast<std::size_t>(at - begin) + static_cast<unsigned>(__builtin_ctz(mask));
  }
#endif
  while (at != end && *at >= ' ' && *at != 0x7F && *at != '=') ++at;
  return static_cast<std::size_t>(at - begin);
}

}  // namespace orgo::mime
