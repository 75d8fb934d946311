#pragma once
#include <string_view>

#include "core/mail/read/mail_phrases.h"

namespace orgo::text_line {

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

/// "Wish: ...", of a folded line: a label that is no contact's ("Tel: ...") and no link.
inline bool is_form_label(std::string_view folded) {
  const auto colon = folded.find(':');
  return colon != std::string_view::npos && colon > 0 && colon < 30 && !is_contact_line(folded) &&
         !folded.substr(0, colon).starts_with("http");
}

}  // namespace orgo::text_line
