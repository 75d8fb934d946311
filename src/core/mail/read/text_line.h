#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo::text_line {

inline constexpr std::size_t kLineRead =
    400;  ///< bytes of a line that are looked at for phrases; longer ones are prose

/// For phrases: folded, trimmed, with a plain apostrophe; of a long line only its begin.
inline std::string folded_line(std::string_view text) {
  auto folded = fold_case(trim(cut_utf8(text, kLineRead)));
  for (std::size_t at = 0; (at = folded.find("\xE2\x80\x99", at)) != std::string::npos;) folded.replace(at, 3, "'");
  return std::string(trim(folded));
}

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// "10:45" or "10.45" or "10h45": a time of day.
inline bool has_time(std::string_view text) {
  for (std::size_t i = 1; i + 2 < text.size(); ++i)
    if ((text[i] == ':' || text[i] == '.' || text[i] == 'h') && is_digit(text[i - 1]) && is_digit(text[i + 1]) &&
        is_digit(text[i + 2]))
      return true;
  return false;
}
inline bool has_year(std::string_view text) {
  for (std::size_t i = 0; i + 4 <= text.size(); ++i)
    if ((text[i] == '1' || text[i] == '2') && is_digit(text[i + 1]) && is_digit(text[i + 2]) && is_digit(text[i + 3]) &&
        (i == 0 || !is_digit(text[i - 1])) && (i + 4 == text.size() || !is_digit(text[i + 4])))
      return true;
  return false;
}
inline bool ends_with_colon(std::string_view text) {
  return text.ends_with(':') || text.ends_with("\xEF\xBC\x9A");
}

}  // namespace orgo::text_line
