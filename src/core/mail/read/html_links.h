#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orgo {

/// Words of a text that lead somewhere in the HTML that it was made from.
struct TextLink {
  std::size_t begin = 0, end = 0;  ///< bytes of the text, without white space around
  std::string href;                ///< as it stands there, character references decoded
};

/// The links of a document in the text that html_to_text() makes of it, in order: at most 200, with at most 2,000 bytes
/// each; those without words (pictures) are left out. Empty when `text` is another text. Linear time.
std::vector<TextLink> links_in_text(std::string_view html, std::string_view text);

}  // namespace orgo
