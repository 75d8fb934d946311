#include "base/html_region.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace orgo {
namespace {

using Kind = HtmlRegion::Kind;

struct Mark {
  std::string_view word;  ///< lower case; of a class or an id
  Kind kind;
};

constexpr std::array<Mark, 32> kMarks{{
    {"gmail_quote", Kind::quote},
    {"gmail_quote_container", Kind::quote},
    {"gmail_attr", Kind::quote},
    {"moz-cite-prefix", Kind::quote},
    {"moz-forward-container", Kind::quote},
    {"moz-email-headers-table", Kind::quote},
    {"yahoo_quoted", Kind::quote},
    {"yahoo-quoted-begin", Kind::quote},
    {"protonmail_quote", Kind::quote},
    {"tutanota_quote", Kind::quote},
    {"zmail_extra", Kind::quote},
    {"reply-intro", Kind::quote},
    {"replyblockquote", Kind::quote},
    {"isreplycontent", Kind::quote},
    {"isforwardcontent", Kind::quote},
    {"olk_src_body_section", Kind::quote},
    {"mail-editor-reference-message-container", Kind::quote},
    {"mailquote", Kind::quote},
    {"appendonsend", Kind::quote_to_end},
    {"divrplyfwdmsg", Kind::quote_to_end},
    {"outlookmessageheader", Kind::quote_to_end},
    {"stopspelling", Kind::quote_to_end},
    {"gmail_signature", Kind::signature},
    {"gmail_signature_prefix", Kind::signature},
    {"moz-signature", Kind::signature},
    {"signature", Kind::signature},
    {"yahoo-signature", Kind::signature},
    {"protonmail_signature_block", Kind::signature},
    {"protonmail_signature_block-user", Kind::signature},
    {"applemailsignature", Kind::signature},
    {"ms-outlook-mobile-signature", Kind::signature},
    {"ms-outlook-signature", Kind::signature},
}};

std::optional<Kind> kind_of_word(std::string_view word) {
  while (word.starts_with("x_")) word.remove_prefix(2);
  if (word.starts_with("yahoo_quoted")) return Kind::quote;
  const auto* const found =
      std::find_if(kMarks.begin(), kMarks.end(), [&](const Mark& mark) { return mark.word == word; });
  if (found == kMarks.end()) return std::nullopt;
  return found->kind;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/// The next attribute; false: no more. Names and values in `text`, which is in lower case.
bool next_attribute(std::string_view text, std::size_t& at, std::string_view& name, std::string_view& value) {
  while (at < text.size() && (is_blank(text[at]) || text[at] == '/')) ++at;
  if (at >= text.size()) return false;
  const auto begin = at++;
  while (at < text.size() && !is_blank(text[at]) && text[at] != '=' && text[at] != '/') ++at;
  name = text.substr(begin, at - begin);
  value = {};
  auto behind = at;
  while (behind < text.size() && is_blank(text[behind])) ++behind;
  if (behind >= text.size() || text[behind] != '=') return true;
  at = behind + 1;
  while (at < text.size() && is_blank(text[at])) ++at;
  if (at >= text.size()) return true;
  const char quote = text[at];
  if (quote == '"' || quote == '\'') {
    const auto end = std::min(text.find(quote, at + 1), text.size());
    value = text.substr(at + 1, end - at - 1);
    at = std::min(end + 1, text.size());
    return true;
  }
  const auto from = at;
  while (at < text.size() && !is_blank(text[at])) ++at;
  value = text.substr(from, at - from);
  return true;
}

std::string without_blanks(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (!is_blank(c)) out += c;
  return out;
}

}  // namespace

std::optional<Kind> region_of_tag(std::string_view name, std::string_view attributes) {
  const auto tag = ascii_lower(name.substr(0, 16));
  const bool blockquote = tag == "blockquote";
  if (!blockquote && tag != "div" && tag != "span" && tag != "table" && tag != "td" && tag != "hr" && tag != "pre" &&
      tag != "section" && tag != "font")
    return std::nullopt;
  const auto text = ascii_lower(attributes.substr(0, 2048));
  bool cited = false, indented = false;
  std::string_view key, value;
  for (std::size_t at = 0; next_attribute(text, at, key, value);) {
    if (key == "class" || key == "id" || key == "data-smartmail") {
      for (std::size_t from = 0; from < value.size();) {
        const auto end = std::min(value.find_first_of(" \t\r\n", from), value.size());
        const auto kind = kind_of_word(value.substr(from, end - from));
        if (kind && (tag != "hr" || *kind == Kind::quote_to_end)) return kind;
        from = end + 1;
      }
    } else if (blockquote && ((key == "type" && value == "cite") || key == "cite")) {
      cited = true;
    } else if (key == "style") {
      const auto style = without_blanks(value);
      // Word's line above "From: ... Sent: ...".
      if (tag == "div" && style.find("border-top:solid") != std::string::npos &&
          style.find("padding:3.0pt0") != std::string::npos)
        return Kind::quote_to_end;
      // Gmail's and Outlook's button "indent".
      if (style.find("border:none") != std::string::npos || style.starts_with("margin-left:40px") ||
          style.starts_with("margin-right:0"))
        indented = true;
    }
  }
  if (!blockquote) return std::nullopt;
  if (cited) return Kind::quote;
  if (indented) return std::nullopt;
  return Kind::maybe_quote;
}

}  // namespace orgo
