#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

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

/// A piece of the text that the HTML itself marks as taken over from an earlier mail, or as a signature.
struct HtmlRegion {
  enum class Kind {
    quote,         ///< a <blockquote> or what mail programs use for one: gmail_quote, moz-cite-prefix, yahoo_quoted ...
    maybe_quote,   ///< a <blockquote> that may only indent: without marks of a mail program
    quote_to_end,  ///< Outlook's divider: everything from here on is of the earlier mail
    signature,     ///< gmail_signature, moz-signature, Outlook's Signature ...
  };
  Kind kind;
  std::size_t begin = 0, end = 0;  ///< bytes of the text; sorted by begin; a later one may stand inside an earlier one
};

/// The same text, and the marked regions in it: at most 1,000.
std::string html_to_text(std::string_view html, std::vector<HtmlRegion>& regions, const HtmlTextLimits& limits = {});

/// Appends `text` with HTML character references (&amp; &#228; &#xE4; &nbsp;) decoded.
void append_without_references(std::string& out, std::string_view text);

}  // namespace orgo
