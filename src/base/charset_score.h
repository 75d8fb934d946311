#pragma once
#include <cstddef>
#include <span>
#include <string_view>

namespace orgo {

/// The charsets whose texts are known by how frequent their characters are, by the names that charset_score() takes.
std::span<const std::string_view> scored_charsets();

struct CharsetScore {
  double fit = -10;       ///< for each character that is not ASCII: above 0.55 a language, about 1 a plain text of one
  std::size_t count = 0;  ///< characters that are not ASCII
  std::size_t strange = 0;  ///< bytes without a character, and characters for private use
};

/// How well do these bytes read as a text in that charset? Linear; meant for the begin of a text.
CharsetScore charset_score(std::string_view bytes, std::string_view charset);

}  // namespace orgo
