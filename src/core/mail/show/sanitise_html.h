#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace orgo {

struct SanitiseOptions {
  bool remote_content = false;  ///< show pictures from other people's servers, which then learn who read when
  /// The address under which we serve the picture of a Content-ID (without "cid:"); empty: there is none.
  std::function<std::string(std::string_view content_id)> inline_picture;
  bool fold = false;                    ///< fold quotes and signatures that the HTML marks (`<details>`)
  std::size_t input_bytes = 4 << 20;    ///< what is behind that is left out
  std::size_t output_bytes = 16 << 20;  ///< the same of the result
  std::size_t depth = 200;              ///< of elements in each other; deeper tags are left out, their text stays
  std::size_t picture_bytes = 2 << 20;  ///< of one data: address
};

struct SanitisedHtml {
  std::string html;                ///< what may stand in <body>: balanced, every tag, attribute and address from a list
  std::size_t remote_blocked = 0;  ///< pictures, backgrounds and styles of other servers that are not loaded
  std::size_t removed = 0;         ///< scripts, forms, frames, handlers and addresses that were taken out
  std::size_t deceptive_links = 0;  ///< links whose text is another address than where they lead; marked in the result
  bool whole = true;                ///< false: a limit cut it off
};

/// Makes the HTML of a stranger safe to show. The document is read token by token and written anew: only tags,
/// attributes, CSS properties and URL schemes from allow lists, all text escaped, all values quoted. There are no
/// elements in the result whose content is read by other rules (script, style, svg, math, template, textarea, noscript
/// ...), so a browser that parses it again can find nothing but those tags, however they nest: that is what mutation
/// XSS needs.
///
/// Links lead to http, https, mailto and tel only, open elsewhere (rel="noreferrer noopener nofollow"), and tell the
/// host that they lead to (`data-host`, title). A link whose text is another address is marked.
///
/// Pure, linear time, never fails. Not gumbo: that has quadratic cases, and needs a stack as deep as the document; it
/// is the oracle of the tests. Show the result in a sandboxed frame under a Content-Security-Policy all the same.
SanitisedHtml sanitise_html(std::string_view html, const SanitiseOptions& options = {});

/// The declarations of a style attribute that are harmless: "color:red;position:fixed" -> "color:red". `remote` counts
/// addresses that were taken out.
std::string clean_style(std::string_view style, std::size_t* remote = nullptr);

/// Text for HTML: & < > " ' escaped, control characters out.
void append_escaped(std::string& out, std::string_view text);

}  // namespace orgo
