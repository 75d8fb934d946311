#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orgo {

struct HtmlAttribute {
  std::string name;   ///< lower case
  std::string value;  ///< character references decoded
};

/// A piece of an HTML document, as a browser's tokenizer tells them apart (HTML, section 13.2.5).
struct HtmlToken {
  enum class Kind {
    text,   ///< character references decoded
    start,  ///< <name ...>
    end,    ///< </name>
  };
  Kind kind = Kind::text;
  std::string text;
  std::string name;                       ///< of a tag, lower case, at most 64 bytes
  std::vector<HtmlAttribute> attributes;  ///< of a start tag; the first of a name counts; at most 64
  std::string_view raw_attributes;        ///< as they stand, for region_of_tag()
};

/// Reads an HTML document token by token, in linear time. Comments, declarations and the content of elements that hold
/// no markup for readers (script, style, title, textarea, xmp, iframe, noembed, noframes, plaintext) are left out, with
/// their tags. What is never closed hides the rest, as in a browser. It builds no tree: whoever writes tags again has
/// to balance them. UTF-8 in and out; NULs vanish.
class HtmlTokenizer {
 public:
  explicit HtmlTokenizer(std::string_view html) : html_(html) {}
  /// False: the document has ended.
  bool next(HtmlToken& token);
  /// How many elements with scripts, styles or frames were left out.
  [[nodiscard]] std::size_t hidden() const { return hidden_; }

 private:
  void read_attributes(HtmlToken& token);
  void skip_raw_text(std::string_view name);
  std::size_t find(std::string_view what, std::size_t from) const;

  std::string_view html_;
  std::size_t at_ = 0;
  std::size_t hidden_ = 0;
};

}  // namespace orgo
