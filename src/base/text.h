#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/charset.h"  // is_utf8(), is_ascii()

namespace orgo {

// ASCII only, without locale: for protocol words and names. Unicode folding is in base/unicode.h.
constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
std::string ascii_lower(std::string_view text);
bool ascii_iequals(std::string_view a, std::string_view b);
bool ascii_istarts_with(std::string_view text, std::string_view prefix);
/// Without spaces, tabs, CR and LF at both ends.
std::string_view trim(std::string_view text);
/// Splits at each `separator`; "" gives one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);
/// Length of the well-formed UTF-8 sequence that starts at `at` < text.size() (RFC 3629): 1 to 4, or 0 when there is
/// none.
std::size_t utf8_length(std::string_view text, std::size_t at);
std::string join(std::span<const std::string> parts, std::string_view separator);

/// The known name that is nearest to `name` by edit distance (Damerau-Levenshtein), for "did you mean 'route_to'?";
/// empty when none is near enough to be meant (more than a third of its letters differ).
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);
/// What to say behind "there is no 'taks'": "; did you mean 'task'?", or all that there is: "; there are task, queue".
std::string did_you_mean(std::string_view name, std::span<const std::string_view> known);

}  // namespace orgo
