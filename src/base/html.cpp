#include "base/html.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "base/charset.h"
#include "base/html_entities.h"
#include "base/html_region.h"
#include "base/text.h"
#include "base/work.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace orgo {
namespace {

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A tag name of at most 8 letters as a number, so that telling tags apart is one switch; longer ones by their first 7.
constexpr std::uint64_t packed(std::string_view name) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < name.size() && i < (name.size() > 8 ? 7 : 8); ++i)
    value = value << 8 | static_cast<unsigned char>(ascii_lower(name[i]));
  return name.size() > 8 ? value << 8 | name.size() : value;
}

enum class Tag { inline_, line, paragraph, br, cell, pre, raw_text, title };

Tag tag_of(std::string_view name) {
  switch (packed(name)) {
    case packed("br"):
      return Tag::br;
    case packed("p"):
    case packed("h1"):
    case packed("h2"):
    case packed("h3"):
    case packed("h4"):
    case packed("h5"):
    case packed("h6"):
    case packed("ul"):
    case packed("ol"):
    case packed("dl"):
    case packed("blockquote"):
    case packed("hr"):
      return Tag::paragraph;
    case packed("div"):
    case packed("tr"):
    case packed("table"):
    case packed("li"):
    case packed("dt"):
    case packed("dd"):
    case packed("address"):
    case packed("article"):
    case packed("aside"):
    case packed("body"):
    case packed("center"):
    case packed("caption"):
    case packed("fieldset"):
    case packed("figure"):
    case packed("footer"):
    case packed("form"):
    case packed("header"):
    case packed("main"):
    case packed("nav"):
    case packed("option"):
    case packed("section"):
    case packed("tbody"):
    case packed("thead"):
    case packed("tfoot"):
      return Tag::line;
    case packed("td"):
    case packed("th"):
      return Tag::cell;
    case packed("pre"):
    case packed("listing"):
      return Tag::pre;
    case packed("script"):
    case packed("style"):
    case packed("iframe"):
    case packed("noembed"):
    case packed("noframes"):
      return Tag::raw_text;
    case packed("title"):
      return Tag::title;
    default:
      return Tag::inline_;
  }
}

/// Reads one character reference at text[at] == '&'. Returns how many bytes it takes; 0: it is none.
std::size_t read_reference(std::string_view text, std::size_t at, char32_t& code_point) {
  std::size_t i = at + 1;
  const auto end = std::min(text.size(), at + 34);
  if (i < end && text[i] == '#') {
    ++i;
    const bool hex = i < end && (text[i] == 'x' || text[i] == 'X');
    if (hex) ++i;
    const auto digits = i;
    std::uint32_t value = 0;
    for (; i < end; ++i) {
      const char c = text[i];
      int digit;
      if (is_digit(c)) {
        digit = c - '0';
      } else if (hex && is_letter(c) && (c | 0x20) <= 'f') {
        digit = (c | 0x20) - 'a' + 10;
      } else {
        break;
      }
      if (value < 0x1000000) value = value * (hex ? 16 : 10) + static_cast<std::uint32_t>(digit);
    }
    if (i == digits) return 0;
    if (i < text.size() && text[i] == ';') ++i;
    if (value >= 0x80 && value < 0xA0) {  // meant as windows-1252 (HTML, section 13.2.5.80)
      const char byte = static_cast<char>(value);
      const auto character = to_utf8(std::string_view(&byte, 1), "windows-1252");
      const auto lead = static_cast<unsigned char>(character[0]);
      code_point =
          character.size() == 2
              ? static_cast<char32_t>((lead & 0x1F) << 6 | (character[1] & 0x3F))
              : static_cast<char32_t>((lead & 0x0F) << 12 | (character[1] & 0x3F) << 6 | (character[2] & 0x3F));
    } else {
      code_point = value == 0 ? 0xFFFD : value;
    }
    return i - at;
  }
  while (i < end && (is_letter(text[i]) || is_digit(text[i]))) ++i;
  const auto name = text.substr(at + 1, i - at - 1);
  if (name.empty()) return 0;
  const auto* const found =
      std::lower_bound(std::begin(kHtmlEntities), std::end(kHtmlEntities), name,
                       [](const HtmlEntity& entity, std::string_view n) { return entity.name < n; });
  if (found == std::end(kHtmlEntities) || found->name != name) return 0;
  const bool closed = i < text.size() && text[i] == ';';
  if (!closed && !found->without_semicolon) return 0;
  code_point = found->code_point;
  return i - at + (closed ? 1 : 0);
}

/// What ends a run of plain text.
constexpr std::array<bool, 256> kSpecial = [] {
  std::array<bool, 256> table{};
  for (const unsigned char c : {'<', '&', ' ', '\t', '\n', '\r', '\f', '\0'}) table[c] = true;
  table[0xC2] = true;  // the lead of U+00A0, the no-break space
  return table;
}();

/// Where the run of plain text that begins at `at` ends.
std::size_t plain_end(std::string_view html, std::size_t at) {
#if defined(__SSE2__)
  // Below 0x21 (as signed: 0x80 and above too), "<" and "&" stop the fast loop; of those above only 0xC2 is special.
  const auto low = _mm_set1_epi8('!');
  const auto angle = _mm_set1_epi8('<');
  const auto ampersand = _mm_set1_epi8('&');
  const auto zero = _mm_setzero_si128();
  const auto lead = _mm_set1_epi8('\xC2');
  for (; html.size() - at >= 16; at += 16) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(html.data() + at));
    const auto low_ascii = _mm_andnot_si128(_mm_cmplt_epi8(bytes, zero), _mm_cmplt_epi8(bytes, low));
    const auto ends = _mm_or_si128(_mm_or_si128(low_ascii, _mm_cmpeq_epi8(bytes, lead)),
                                   _mm_or_si128(_mm_cmpeq_epi8(bytes, angle), _mm_cmpeq_epi8(bytes, ampersand)));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(ends));
    if (mask != 0) return at + static_cast<unsigned>(__builtin_ctz(mask));
  }
#endif
  while (at < html.size() && !kSpecial[static_cast<unsigned char>(html[at])]) ++at;
  return at;
}

/// The next ">" or quote at or behind `at`.
std::size_t attribute_end(std::string_view html, std::size_t at) {
#if defined(__SSE2__)
  const auto angle = _mm_set1_epi8('>');
  const auto twice = _mm_set1_epi8('"');
  const auto once = _mm_set1_epi8('\'');
  for (; html.size() - at >= 16; at += 16) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(html.data() + at));
    const auto ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, angle),
                                   _mm_or_si128(_mm_cmpeq_epi8(bytes, twice), _mm_cmpeq_epi8(bytes, once)));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(ends));
    if (mask != 0) return at + static_cast<unsigned>(__builtin_ctz(mask));
  }
#endif
  while (at < html.size() && html[at] != '>' && html[at] != '"' && html[at] != '\'') ++at;
  return at;
}

class HtmlReader {
 public:
  // The text is never longer than its HTML: a tag has 3 bytes and makes at most 2 line ends, and no character reference
  // is shorter than its character. So it is written without asking for room each time.
  /// `regions`: may be null.
  HtmlReader(std::string_view html, std::vector<HtmlRegion>* regions) : html_(html), regions_(regions) {
    out_.resize(html.size() + kSlack);
    to_ = out_.data();
  }

  std::string run() {
    count_work(html_.size());
    while (at_ < html_.size()) {
      const char c = html_[at_];
      if (c == '<') {
        read_markup();
      } else if (c == '&') {
        read_entity();
      } else if (is_space(c) || c == '\0') {
        space(c);
        ++at_;
      } else if (c == '\xC2' && at_ + 1 < html_.size() && html_[at_ + 1] == '\xA0') {
        space(' ');
        at_ += 2;
      } else {
        const auto begin = at_++;
        for (;;) {  // words with one space between them are one run
          at_ = plain_end(html_, at_);
          if (at_ + 1 >= html_.size() || html_[at_] != ' ' || kSpecial[static_cast<unsigned char>(html_[at_ + 1])])
            break;
          at_ += 2;
        }
        text(html_.substr(begin, at_ - begin));
      }
    }
    while (!open_.empty()) close_region();
    out_.resize(written());
    return std::move(out_);
  }

 private:
  std::size_t find(std::string_view what, std::size_t from) const {
    const auto found = html_.find(what, from);
    count_work((found == std::string_view::npos ? html_.size() : found) - std::min(from, html_.size()));
    return found;
  }

  void space(char c) {
    if (pre_ > 0 && c == '\n') {
      pending_lines_ = std::min(pending_lines_ + 1, kLinesMax);
    } else if (pre_ > 0 && !space_) {
      text(" ");
    } else {
      space_ = true;
    }
  }

  void text(std::string_view piece) {
    if (pending_lines_ > 0) {
      if (to_ != out_.data())
        for (int i = 0; i < pending_lines_; ++i) *to_++ = '\n';
      pending_lines_ = 0;
    } else if (space_ && to_ != out_.data()) {
      *to_++ = ' ';
    }
    space_ = false;
    std::memcpy(to_, piece.data(), piece.size());
    to_ += piece.size();
  }

  void line(int count) {
    if (pending_lines_ < count) pending_lines_ = count;
  }

  void read_entity() {
    char32_t c = 0;
    const auto length = read_reference(html_, at_, c);
    if (length == 0) {
      text("&");
      ++at_;
      return;
    }
    at_ += length;
    if (c == 0xA0 || (c < 0x80 && is_space(static_cast<char>(c)))) {
      space(' ');
      return;
    }
    if (c < 0x20 || (c >= 0x7F && c < 0xA0)) return;
    std::string character;
    append_code_point(character, c);
    text(character);
  }

  void read_markup() {
    const char next = at_ + 1 < html_.size() ? html_[at_ + 1] : '\0';
    if (next == '!' && html_.substr(at_, 4) == "<!--") {
      // "<!-->" is a whole comment; one that is never closed hides the rest, as in a browser.
      const auto end = html_.substr(at_ + 4, 1) == ">" ? at_ + 2 : find("-->", at_ + 4);
      at_ = end == std::string_view::npos ? html_.size() : end + 3;
      return;
    }
    if (next == '!' || next == '?') {
      const auto end = find(">", at_);
      at_ = end == std::string_view::npos ? html_.size() : end + 1;
      return;
    }
    const bool closing = next == '/';
    const auto name_begin = at_ + (closing ? 2 : 1);
    if (name_begin >= html_.size() || !is_letter(html_[name_begin])) {
      if (closing) {  // "</>" and the like are comments
        const auto end = find(">", at_);
        at_ = end == std::string_view::npos ? html_.size() : end + 1;
        return;
      }
      text("<");
      ++at_;
      return;
    }
    auto name_end = name_begin;
    while (name_end < html_.size() && !is_space(html_[name_end]) && html_[name_end] != '>' && html_[name_end] != '/')
      ++name_end;
    const auto name = html_.substr(name_begin, name_end - name_begin);
    at_ = name_end;
    skip_attributes();
    if (regions_ != nullptr) note_region(name, html_.substr(name_end, at_ - name_end), closing);
    take_tag(name, closing);
  }

  std::size_t written() const { return static_cast<std::size_t>(to_ - out_.data()); }

  /// A region ends where its own element does: by counting the tags of its name, since there is no tree. Within a quote
  /// nothing else matters.
  void note_region(std::string_view name, std::string_view attributes, bool closing) {
    if (!open_.empty() && ascii_iequals(open_.back().tag, name)) {
      if (closing) {
        if (--open_.back().depth == 0) close_region();
        return;
      }
      if (!attributes.ends_with("/>")) ++open_.back().depth;
    }
    if (closing || to_end_ || regions_->size() >= kRegionsMax) return;
    using Kind = HtmlRegion::Kind;
    if (!open_.empty() && (*regions_)[open_.back().index].kind == Kind::quote) return;
    if (!attributes.empty() && attributes.back() == '>') attributes.remove_suffix(1);
    const auto kind = region_of_tag(name, attributes);
    if (!kind || open_.size() >= kOpenMax) return;
    // In a quote that may only indent, only a certain mark says more.
    if (!open_.empty() && (*regions_)[open_.back().index].kind == *kind) return;
    regions_->push_back({*kind, written(), std::string_view::npos});
    if (*kind == Kind::quote_to_end) {
      to_end_ = true;
    } else {
      open_.push_back({name, regions_->size() - 1, 1});
    }
  }
  void close_region() {
    (*regions_)[open_.back().index].end = written();
    open_.pop_back();
  }

  /// To behind the ">" that ends the tag. Quotes hide a ">"; but one that is never closed does not hide the rest of the
  /// mail, other than in a browser: better too much text than none.
  void skip_attributes() {
    while (at_ < html_.size()) {
      at_ = attribute_end(html_, at_);
      if (at_ >= html_.size()) return;
      const char c = html_[at_++];
      if (c == '>') return;
      if ((c == '"' || c == '\'') && at_ >= 2 && (html_[at_ - 2] == '=' || is_space(html_[at_ - 2]))) {
        bool& none = c == '"' ? no_more_double_ : no_more_single_;
        if (none) continue;
        const auto end = find(std::string_view(&c, 1), at_);
        if (end == std::string_view::npos) {
          none = true;
        } else {
          at_ = end + 1;
        }
      }
    }
  }

  void take_tag(std::string_view name, bool closing) {
    switch (tag_of(name)) {
      case Tag::br:
        pending_lines_ = std::min(pending_lines_ + 1, kLinesMax);
        space_ = false;
        return;
      case Tag::paragraph:
        line(2);
        return;
      case Tag::line:
        line(1);
        return;
      case Tag::cell:
        space_ = true;
        return;
      case Tag::pre:
        line(2);
        if (!closing) {
          ++pre_;
        } else if (pre_ > 0) {
          --pre_;
        }
        return;
      case Tag::raw_text:
      case Tag::title:
        if (!closing) skip_raw_text(name);
        return;
      case Tag::inline_:
        return;
    }
  }

  /// To behind the "</name" that ends an element whose content is no markup. Not ended: the rest is hidden, as in a
  /// browser.
  void skip_raw_text(std::string_view name) {
    for (;;) {
      const auto end = find("</", at_);
      if (end == std::string_view::npos) {
        at_ = html_.size();
        return;
      }
      at_ = end + 2;
      const auto behind = at_ + name.size();
      if (ascii_istarts_with(html_.substr(at_), name) &&
          (behind >= html_.size() || html_[behind] == '>' || html_[behind] == '/' || is_space(html_[behind]))) {
        at_ = behind;
        skip_attributes();
        return;
      }
    }
  }

  static constexpr int kLinesMax = 2;
  static constexpr std::size_t kRegionsMax = 1000;
  static constexpr std::size_t kOpenMax = 4;
  /// An element that is a region and not closed yet.
  struct Open {
    std::string_view tag;
    std::size_t index;  ///< in *regions_
    std::size_t depth;  ///< of elements of that name in it
  };
  std::string_view html_;
  std::vector<HtmlRegion>* regions_;
  std::vector<Open> open_;
  bool to_end_ = false;  ///< all that comes is quoted
  static constexpr std::size_t kSlack = 16;
  std::string out_;
  char* to_ = nullptr;  ///< in out_: where the next character goes
  std::size_t at_ = 0;
  int pending_lines_ = 0;
  int pre_ = 0;
  bool space_ = false;
  bool no_more_double_ = false, no_more_single_ = false;
};

}  // namespace

std::string html_to_text(std::string_view html, const HtmlTextLimits& limits) {
  return HtmlReader(html.substr(0, limits.input_bytes), nullptr).run();
}

std::string html_to_text(std::string_view html, std::vector<HtmlRegion>& regions, const HtmlTextLimits& limits) {
  regions.clear();
  auto text = HtmlReader(html.substr(0, limits.input_bytes), &regions).run();
  for (auto& region : regions) region.end = std::min(region.end, text.size());
  return text;
}

void append_without_references(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto mark = text.find('&', at);
    out.append(text.substr(at, mark - at));
    if (mark == std::string_view::npos) return;
    char32_t c = 0;
    const auto length = read_reference(text, mark, c);
    if (length == 0) {
      out += '&';
    } else {
      append_code_point(out, c);
    }
    at = mark + std::max<std::size_t>(length, 1);
  }
}

}  // namespace orgo
