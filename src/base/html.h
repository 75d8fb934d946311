#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace orgo {

struct HtmlTextLimits {
  std::size_t input_bytes = 4 << 20;  ///< what is behind that is not read
};

/// What a person reads in an HTML document: text without tags, scripts, styles, title and comments; a line end for each
/// block and <br>, an empty line between paragraphs, a space between cells; character references decoded, white space
/// (and the no-break space) as a browser collapses it. UTF-8 in and out. For reading and rules only: the result is text
/// and must be escaped like any text when it is shown.
///
/// One pass without a tree, in linear time and with memory of the size of the text. Gumbo builds the true HTML5 tree,
/// at some 30 MB/s and with quadratic cases (attributes, misnested formatting), which a stranger can choose; here it is
/// the oracle of the tests.
std::string html_to_text(std::string_view html, const HtmlTextLimits& limits = {});

/// Appends `text` with HTML character references (&amp; &#228; &#xE4; &nbsp;) decoded.
void append_without_references(std::string& out, std::string_view text);

}  // namespace orgo
