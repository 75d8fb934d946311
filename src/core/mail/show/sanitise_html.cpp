#include "core/mail/show/sanitise_html.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/html_region.h"
#include "base/html_tokens.h"
#include "base/planted.h"
#include "base/text.h"
#include "base/unicode.h"
#include "base/work.h"
#include "core/mail/show/link_target.h"

namespace orgo {
namespace {

enum class Place : std::uint8_t { inline_, block, empty };

struct Tag {
  std::string_view name;
  Place place;
};
/// Sorted by name.
constexpr Tag kTags[] = {
    {"a", Place::inline_},        {"abbr", Place::inline_},     {"address", Place::block}, {"article", Place::block},
    {"aside", Place::block},      {"b", Place::inline_},        {"bdi", Place::inline_},   {"bdo", Place::inline_},
    {"big", Place::inline_},      {"blockquote", Place::block}, {"br", Place::empty},      {"caption", Place::block},
    {"center", Place::block},     {"cite", Place::inline_},     {"code", Place::inline_},  {"col", Place::empty},
    {"colgroup", Place::block},   {"dd", Place::block},         {"del", Place::inline_},   {"dfn", Place::inline_},
    {"div", Place::block},        {"dl", Place::block},         {"dt", Place::block},      {"em", Place::inline_},
    {"figcaption", Place::block}, {"figure", Place::block},     {"font", Place::inline_},  {"footer", Place::block},
    {"h1", Place::block},         {"h2", Place::block},         {"h3", Place::block},      {"h4", Place::block},
    {"h5", Place::block},         {"h6", Place::block},         {"header", Place::block},  {"hr", Place::empty},
    {"i", Place::inline_},        {"img", Place::empty},        {"ins", Place::inline_},   {"kbd", Place::inline_},
    {"li", Place::block},         {"main", Place::block},       {"mark", Place::inline_},  {"nav", Place::block},
    {"ol", Place::block},         {"p", Place::block},          {"pre", Place::block},     {"q", Place::inline_},
    {"rp", Place::inline_},       {"rt", Place::inline_},       {"ruby", Place::inline_},  {"s", Place::inline_},
    {"samp", Place::inline_},     {"section", Place::block},    {"small", Place::inline_}, {"span", Place::inline_},
    {"strike", Place::inline_},   {"strong", Place::inline_},   {"sub", Place::inline_},   {"sup", Place::inline_},
    {"table", Place::block},      {"tbody", Place::block},      {"td", Place::block},      {"tfoot", Place::block},
    {"th", Place::block},         {"thead", Place::block},      {"time", Place::inline_},  {"tr", Place::block},
    {"tt", Place::inline_},       {"u", Place::inline_},        {"ul", Place::block},      {"var", Place::inline_},
    {"wbr", Place::empty}};

const Tag* tag_of(std::string_view name) {
  const auto* const found = std::lower_bound(std::begin(kTags), std::end(kTags), name,
                                             [](const Tag& tag, std::string_view n) { return tag.name < n; });
  return found != std::end(kTags) && found->name == name ? found : nullptr;
}

template <std::size_t N>
bool among(std::string_view name, const std::string_view (&names)[N]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

/// What is taken out with all that is in it.
bool is_dropped_with_content(std::string_view name) {
  constexpr std::string_view kNames[] = {"svg",   "math",   "template", "object",   "applet",  "audio",
                                         "video", "canvas", "select",   "datalist", "frameset"};
  return among(name, kNames);
}
/// What is taken out and worth telling.
bool is_active(std::string_view name) {
  constexpr std::string_view kNames[] = {"form",  "input",  "button", "embed",   "frame",  "link",
                                         "meta",  "base",   "keygen", "isindex", "portal", "fencedframe",
                                         "param", "source", "track",  "bgsound", "option"};
  return among(name, kNames);
}

/// A number with an optional "%" or "px".
bool is_measure(std::string_view value) {
  value = trim(value);
  if (value.ends_with('%')) value.remove_suffix(1);
  if (ascii_iequals(value.substr(value.size() > 2 ? value.size() - 2 : 0), "px")) value.remove_suffix(2);
  return !value.empty() && value.size() <= 6 && value.find_first_not_of("0123456789.") == std::string_view::npos;
}
bool is_word(std::string_view value) {
  return !value.empty() && value.size() <= 40 && std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == ' ' || c == '#' || c == '+' || c == ',';
  });
}

/// Attributes that only say how something looks or reads.
bool is_harmless_attribute(std::string_view name, std::string_view value) {
  constexpr std::string_view kMeasures[] = {"width",   "height", "border", "cellpadding", "cellspacing", "colspan",
                                            "rowspan", "span",   "start",  "hspace",      "vspace"};
  constexpr std::string_view kWords[] = {"align", "valign", "bgcolor", "color", "size",    "face", "dir",
                                         "lang",  "nowrap", "type",    "scope", "noshade", "clear"};
  if (among(name, kMeasures)) {
    if (name == "colspan" || name == "rowspan" || name == "span") return is_measure(value) && value.size() <= 3;
    return is_measure(value);
  }
  if (among(name, kWords)) return value.empty() || is_word(value);
  return (name == "title" || name == "alt" || name == "abbr" || name == "datetime") && value.size() <= 1000;
}

bool is_data_picture(std::string_view address) {
  for (const std::string_view type : {"data:image/png;base64,", "data:image/jpeg;base64,", "data:image/jpg;base64,",
                                      "data:image/gif;base64,", "data:image/webp;base64,"}) {
    if (!ascii_istarts_with(address, type)) continue;
    return std::all_of(address.begin() + static_cast<std::ptrdiff_t>(type.size()), address.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
             c == '=' || c == ' ' || c == '\n' || c == '\r';
    });
  }
  return false;
}

class Sanitiser {
 public:
  Sanitiser(std::string_view html, const SanitiseOptions& options)
      : options_(options), tokens_(html.substr(0, options.input_bytes)) {
    result_.whole = html.size() <= options.input_bytes;
  }

  SanitisedHtml run() {
    HtmlToken token;
    while (tokens_.next(token)) {
      if (result_.html.size() > options_.output_bytes) {
        result_.whole = false;
        break;
      }
      switch (token.kind) {
        case HtmlToken::Kind::text:
          text(token.text);
          break;
        case HtmlToken::Kind::start:
          start(token);
          break;
        case HtmlToken::Kind::end:
          end(token.name);
          break;
      }
    }
    pop_to(0);
    if (hidden_depth_ > 0 && !ORGO_PLANT(unclosed_drawing_is_whole)) result_.whole = false;
    result_.removed += tokens_.hidden();
    return std::move(result_);
  }

 private:
  struct Open {
    std::string_view name;  ///< of kTags, or "details"
    bool details = false;   ///< closes a <details> behind itself
    bool link = false;
  };

  void text(std::string_view piece) {
    if (hidden_depth_ > 0) return;
    append_escaped(result_.html, piece);
    if (in_link_ && link_text_.size() < 300) link_text_ += piece.substr(0, 300);
  }

  void start(HtmlToken& token) {
    const std::string_view name = token.name;
    if (hidden_depth_ > 0) {
      // Markup that can't stand in a drawing or a formula ends it (HTML, section 13.2.6.5).
      const bool drawing = hidden_name_ == "svg" || hidden_name_ == "math";
      const bool breaks_out = drawing && name != "a" && name != "font" && tag_of(name) != nullptr;
      if (!breaks_out) {
        if (name == hidden_name_ && !ORGO_PLANT(inner_drawing_ends_the_outer)) ++hidden_depth_;
        return;
      }
      hidden_depth_ = 0;
    }
    for (const auto& attribute : token.attributes)
      if (attribute.name.starts_with("on")) ++result_.removed;
    if (is_dropped_with_content(name)) {
      ++result_.removed;
      hidden_name_ = name;
      hidden_depth_ = 1;
      return;
    }
    if (is_active(name)) {
      ++result_.removed;
      if (name == "link") ++result_.remote_blocked;
      return;
    }
    if (name == "body" || name == "html") {
      if (name == "body" && open_.empty()) {
        // A <div> has no bgcolor.
        for (auto& attribute : token.attributes)
          if (attribute.name == "bgcolor" && is_word(attribute.value))
            attribute = {"style", "background-color:" + attribute.value};
        write_start("div", token, false);
      }
      return;
    }
    if (name == "image") token.name = "img";  // so does HTML
    const auto* const tag = tag_of(token.name);
    if (tag == nullptr) return;
    if (tag->name == "img") {
      picture(token);
      return;
    }
    close_implied(tag->name, tag->place);
    if (tag->place == Place::empty) {
      result_.html += '<';
      result_.html += tag->name;
      attributes(token, tag->name);
      result_.html += '>';
      return;
    }
    if (open_.size() >= options_.depth) {
      if (dropped_.size() < 1000) dropped_.push_back(tag->name);
      return;
    }
    if (tag->name == "a" && !ORGO_PLANT(deceptive_link_in_a_link)) close_link();
    const bool folds = options_.fold && fold_for(token, tag->name);
    write_start(tag->name, token, folds);
  }

  /// A quote or signature begins with this element: then a <details> is opened around it.
  bool fold_for(const HtmlToken& token, std::string_view name) {
    using Kind = HtmlRegion::Kind;
    if (folded_) return false;
    const auto kind = region_of_tag(name, token.raw_attributes);
    if (!kind || *kind == Kind::maybe_quote) return false;
    if (name != "div" && name != "blockquote" && name != "section" && *kind != Kind::quote_to_end) return false;
    // Where only rows and cells may stand there is no room for it.
    if (!open_.empty()) {
      constexpr std::string_view kRows[] = {"table", "tbody", "thead", "tfoot", "tr", "ul", "ol", "dl", "colgroup"};
      if (among(open_.back().name, kRows)) return false;
    }
    result_.html += *kind == Kind::signature ? "<details class=\"orgo-fold\"><summary>Signature</summary>"
                                             : "<details class=\"orgo-fold\"><summary>Quoted text</summary>";
    if (*kind == Kind::quote_to_end) {  // all that comes on this level
      open_.push_back({"details", true, false});
      folded_ = true;
      return false;
    }
    folded_ = true;
    return true;
  }

  void write_start(std::string_view name, const HtmlToken& token, bool details) {
    auto& html = result_.html;
    html += '<';
    html += name;
    attributes(token, name);
    Open open{name, details, false};
    if (name == "a") open.link = write_link(token);
    html += '>';
    open_.push_back(open);
  }

  void attributes(const HtmlToken& token, std::string_view name) {
    for (const auto& attribute : token.attributes) {
      if (ORGO_PLANT(picture_set_passes) && attribute.name == "srcset") write_attribute("srcset", attribute.value);
      if (attribute.name == "style") {
        auto style = clean_style(attribute.value, &result_.remote_blocked);
        if (!style.empty()) write_attribute("style", style);
      } else if (attribute.name == "background") {
        ++result_.remote_blocked;
      } else if (attribute.name == "title" && name == "a") {
        // a link's title tells where it leads
      } else if (is_harmless_attribute(attribute.name, attribute.value)) {
        write_attribute(attribute.name, attribute.value);
      }
    }
  }
  void write_attribute(std::string_view name, std::string_view value) {
    result_.html += ' ';
    result_.html += name;
    result_.html += "=\"";
    append_escaped(result_.html, value);
    result_.html += '"';
  }

  static std::string_view value_of(const HtmlToken& token, std::string_view name) {
    for (const auto& attribute : token.attributes)
      if (attribute.name == name) return attribute.value;
    return {};
  }

  // ---- links

  bool write_link(const HtmlToken& token) {
    const auto href = value_of(token, "href");
    if (trim(href).empty()) return false;
    link_ = read_link_target(href);
    if (!link_.allowed) {
      if (!trim(href).starts_with('#')) ++result_.removed;
      return false;
    }
    write_attribute("href", link_.address);
    write_attribute("title", link_.address);
    if (!link_.host.empty()) write_attribute("data-host", link_.host);
    result_.html += " rel=\"noreferrer noopener nofollow\" target=\"_blank\" referrerpolicy=\"no-referrer\"";
    in_link_ = true;
    link_text_.clear();
    return true;
  }
  /// Behind a link: does it say that it leads elsewhere?
  void judge_link() {
    in_link_ = false;
    if (!is_deceptive(link_text_, link_)) return;
    ++result_.deceptive_links;
    result_.html += "<strong class=\"orgo-warning\"> \xE2\x9A\xA0 leads to ";
    append_escaped(result_.html, link_.host);
    result_.html += "</strong>";
  }
  void close_link() {
    for (std::size_t i = open_.size(); i > 0; --i)
      if (open_[i - 1].name == "a") {
        pop_to(i - 1);
        return;
      }
  }

  // ---- pictures

  void picture(const HtmlToken& token) {
    const auto source = trim(value_of(token, "src"));
    std::string address;
    if (ascii_istarts_with(source, "cid:")) {
      if (options_.inline_picture) address = options_.inline_picture(source.substr(4));
    } else if (ascii_istarts_with(source, "data:")) {
      if (source.size() <= options_.picture_bytes && (is_data_picture(source) || ORGO_PLANT(drawing_passes_as_data))) {
        address = source;
      } else {
        ++result_.removed;
      }
    } else if (const auto target = read_link_target(source); target.allowed && !target.host.empty()) {
      if (options_.remote_content) {
        address = target.address;
      } else {
        ++result_.remote_blocked;
      }
    } else if (source.starts_with("//")) {
      ++result_.remote_blocked;
    }
    auto& html = result_.html;
    const auto alt = value_of(token, "alt");
    if (address.empty()) {
      // Where a picture would say something, its words stand; tracking pixels have none.
      if (!trim(alt).empty()) {
        html += "<span class=\"orgo-picture\">";
        append_escaped(html, cut_utf8(alt, 300));
        html += "</span>";
      }
      return;
    }
    html += "<img";
    write_attribute("src", address);
    attributes(token, "img");
    html += " referrerpolicy=\"no-referrer\" loading=\"lazy\">";
  }

  // ---- balance

  /// What a start tag ends without saying so (HTML, section 13.1.2.4), so that open tags don't pile up.
  void close_implied(std::string_view name, Place place) {
    constexpr std::string_view kListEnd[] = {"ul", "ol", "dl", "table", "td", "th"};
    constexpr std::string_view kTableEnd[] = {"table"};
    constexpr std::string_view kItem[] = {"li"};
    constexpr std::string_view kTerms[] = {"dt", "dd"};
    constexpr std::string_view kCells[] = {"td", "th"};
    constexpr std::string_view kRows[] = {"tr"};
    constexpr std::string_view kGroups[] = {"tbody", "thead", "tfoot", "colgroup", "caption"};
    constexpr std::string_view kParagraph[] = {"p"};
    constexpr std::string_view kParagraphEnd[] = {"td", "th", "table", "caption"};
    if (name == "li") {
      close_nearest(kItem, kListEnd);
    } else if (name == "dt" || name == "dd") {
      close_nearest(kTerms, kListEnd);
    } else if (name == "td" || name == "th") {
      close_nearest(kCells, kTableEnd);
    } else if (name == "tr") {
      close_nearest(kRows, kTableEnd);
    } else if (among(name, kGroups)) {
      close_nearest(kGroups, kTableEnd);
    } else if (place == Place::block) {
      close_nearest(kParagraph, kParagraphEnd);
    }
  }
  template <std::size_t N, std::size_t M>
  void close_nearest(const std::string_view (&names)[N], const std::string_view (&barriers)[M]) {
    for (std::size_t i = open_.size(); i > 0; --i) {
      const auto open = open_[i - 1].name;
      if (among(open, names)) {
        pop_to(i - 1);
        return;
      }
      if (among(open, barriers)) return;
    }
  }

  void end(std::string_view name) {
    if (hidden_depth_ > 0) {
      if (name == hidden_name_) --hidden_depth_;
      return;
    }
    if (name == "br") result_.html += "<br>";  // "</br>" is a <br>
    if (!dropped_.empty() && dropped_.back() == name) {
      dropped_.pop_back();
      return;
    }
    constexpr std::string_view kCells[] = {"td", "th"};
    const bool table_part =
        name == "table" || name == "tr" || name == "tbody" || name == "thead" || name == "tfoot" || among(name, kCells);
    for (std::size_t i = open_.size(); i > 0; --i) {
      const auto open = open_[i - 1].name;
      if (open == name) {
        pop_to(i - 1);
        return;
      }
      // What is open in a cell stays in it.
      if (!table_part && among(open, kCells)) return;
    }
  }
  void pop_to(std::size_t size) {
    auto& html = result_.html;
    while (open_.size() > size) {
      const auto open = open_.back();
      open_.pop_back();
      if (open.name != "details") {
        html += "</";
        html += open.name;
        html += '>';
      }
      if (open.link) judge_link();
      if (open.details) {
        html += "</details>";
        folded_ = false;
      }
    }
  }

  const SanitiseOptions& options_;
  HtmlTokenizer tokens_;
  SanitisedHtml result_;
  std::vector<Open> open_;
  std::vector<std::string_view> dropped_;  ///< open tags that were too deep
  std::string hidden_name_;
  std::size_t hidden_depth_ = 0;  ///< in an element whose content is taken out
  bool folded_ = false;
  bool in_link_ = false;
  LinkTarget link_;
  std::string link_text_;
};

constexpr std::string_view kProperties[] = {"background",
                                            "background-color",
                                            "border",
                                            "border-bottom",
                                            "border-bottom-color",
                                            "border-bottom-style",
                                            "border-bottom-width",
                                            "border-collapse",
                                            "border-color",
                                            "border-left",
                                            "border-left-color",
                                            "border-left-style",
                                            "border-left-width",
                                            "border-radius",
                                            "border-right",
                                            "border-right-color",
                                            "border-right-style",
                                            "border-right-width",
                                            "border-spacing",
                                            "border-style",
                                            "border-top",
                                            "border-top-color",
                                            "border-top-style",
                                            "border-top-width",
                                            "border-width",
                                            "caption-side",
                                            "clear",
                                            "color",
                                            "direction",
                                            "display",
                                            "empty-cells",
                                            "float",
                                            "font",
                                            "font-family",
                                            "font-size",
                                            "font-style",
                                            "font-variant",
                                            "font-weight",
                                            "height",
                                            "letter-spacing",
                                            "line-height",
                                            "list-style-position",
                                            "list-style-type",
                                            "margin",
                                            "margin-bottom",
                                            "margin-left",
                                            "margin-right",
                                            "margin-top",
                                            "max-height",
                                            "max-width",
                                            "min-height",
                                            "min-width",
                                            "overflow-wrap",
                                            "padding",
                                            "padding-bottom",
                                            "padding-left",
                                            "padding-right",
                                            "padding-top",
                                            "table-layout",
                                            "text-align",
                                            "text-decoration",
                                            "text-indent",
                                            "text-transform",
                                            "unicode-bidi",
                                            "vertical-align",
                                            "white-space",
                                            "width",
                                            "word-break",
                                            "word-spacing",
                                            "word-wrap"};

bool is_harmless_value(std::string_view property, std::string_view value) {
  if (value.empty() || value.size() > 300) return false;
  for (const char c : value) {
    const bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      std::string_view(" #.,%()'\"+-_!").find(c) != std::string_view::npos ||
                      static_cast<unsigned char>(c) >= 0x80;
    if (!fine) return false;
  }
  // Functions: colours only.
  for (auto at = value.find('('); at != std::string_view::npos; at = value.find('(', at + 1)) {
    auto begin = at;
    while (begin > 0 && value[begin - 1] >= 'a' && value[begin - 1] <= 'z') --begin;
    const auto function = value.substr(begin, at - begin);
    if (function != "rgb" && function != "rgba" && function != "hsl" && function != "hsla") return false;
  }
  // Nothing may slide over something else.
  if (property.starts_with("margin") || property == "text-indent" || property == "letter-spacing" ||
      property == "word-spacing")
    if (value.find('-') != std::string_view::npos) return false;
  return true;
}

}  // namespace

std::string clean_style(std::string_view style, std::size_t* remote) {
  std::string out;
  style = style.substr(0, 20'000);
  std::size_t kept = 0;
  while (!style.empty() && kept < 100) {
    // A ";" in quotes or parentheses ends nothing.
    std::size_t end = 0;
    int depth = 0;
    char quote = 0;
    for (; end < style.size(); ++end) {
      const char c = style[end];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '(') {
        ++depth;
      } else if (c == ')') {
        --depth;
      } else if (c == ';' && depth <= 0) {
        break;
      }
    }
    const auto declaration = style.substr(0, end);
    style.remove_prefix(std::min(end + 1, style.size()));
    const auto colon = declaration.find(':');
    if (colon == std::string_view::npos) continue;
    const auto property = ascii_lower(trim(declaration.substr(0, colon)));
    const auto value = ascii_lower(trim(declaration.substr(colon + 1)));
    if (remote != nullptr && value.find("url") != std::string::npos) ++*remote;
    if (!std::binary_search(std::begin(kProperties), std::end(kProperties), std::string_view(property))) continue;
    if (!is_harmless_value(property, value)) continue;
    if (!out.empty()) out += ';';
    out += property + ":" + value;
    ++kept;
  }
  return out;
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
    }
  }
}

SanitisedHtml sanitise_html(std::string_view html, const SanitiseOptions& options) {
  return Sanitiser(html, options).run();
}

}  // namespace orgo
