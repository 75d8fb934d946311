#pragma once
#include <cstddef>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace orgo::mime {

/// The begin of the first line at or behind `from` that begins with "--"; npos: none. `from` counts as the begin of a
/// line if it is 0 or stands behind a LF. 16 bytes at a time, since all bodies of multiparts go through here.
inline std::size_t find_dashed_line(std::string_view text, std::size_t from) {
  const auto size = text.size();
  if (from >= size) return std::string_view::npos;
  const char* const data = text.data();
  if ((from == 0 || data[from - 1] == '\n') && size - from >= 2 && data[from] == '-' && data[from + 1] == '-') return from;
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

}  // namespace orgo::mime
