#include "base/html_tokens.h"

#include <algorithm>

#include "base/html.h"
#include "base/text.h"
#include "base/work.h"

namespace orgo {
namespace {

constexpr std::size_t kAttributesMax = 64;
constexpr std::size_t kNameMax = 64;
constexpr std::size_t kValueMax = 4 << 20;  // pictures stand in data: addresses

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_raw_text(std::string_view name) {
  constexpr std::string_view kNames[] = {"script", "style",   "title",    "textarea", "xmp",
                                         "iframe", "noembed", "noframes", "plaintext"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

std::string decoded(std::string_view text) {
  std::string out;
  append_without_references(out, text);
  std::erase(out, '\0');
  return out;
}

}  // namespace

std::size_t HtmlTokenizer::find(std::string_view what, std::size_t from) const {
  const auto found = html_.find(what, from);
  count_work((found == std::string_view::npos ? html_.size() : found) - std::min(from, html_.size()));
  return found;
}

bool HtmlTokenizer::next(HtmlToken& token) {
  token.attributes.clear();
  token.raw_attributes = {};
  while (at_ < html_.size()) {
    if (html_[at_] != '<') {
      const auto end = std::min(find("<", at_), html_.size());
      token.kind = HtmlToken::Kind::text;
      token.text = decoded(html_.substr(at_, end - at_));
      at_ = end;
      return true;
    }
    const char next = at_ + 1 < html_.size() ? html_[at_ + 1] : '\0';
    if (html_.substr(at_, 4) == "<!--") {
      // "<!-->" and "<!--->" are whole comments; "--!>" ends one too.
      const auto rest = html_.substr(at_ + 4);
      if (rest.starts_with('>') || rest.starts_with("->")) {
        at_ += rest[0] == '>' ? 5 : 6;
        continue;
      }
      for (auto from = at_ + 4;;) {
        const auto dashes = find("--", from);
        if (dashes == std::string_view::npos) {
          at_ = html_.size();
          break;
        }
        auto behind = dashes + 2;
        if (behind < html_.size() && html_[behind] == '!') ++behind;
        if (behind < html_.size() && html_[behind] == '>') {
          at_ = behind + 1;
          break;
        }
        from = dashes + 1;
      }
      continue;
    }
    const bool closing = next == '/';
    const auto begin = at_ + (closing ? 2 : 1);
    if (next == '!' || next == '?' || (closing && (begin >= html_.size() || !is_letter(html_[begin])))) {
      const auto end = find(">", at_);
      at_ = end == std::string_view::npos ? html_.size() : end + 1;
      continue;
    }
    if (begin >= html_.size() || !is_letter(html_[begin])) {
      token.kind = HtmlToken::Kind::text;
      token.text = "<";
      ++at_;
      return true;
    }
    auto end = begin;
    while (end < html_.size() && !is_space(html_[end]) && html_[end] != '>' && html_[end] != '/') ++end;
    token.name = ascii_lower(html_.substr(begin, std::min(end - begin, kNameMax)));
    std::erase(token.name, '\0');
    at_ = end;
    read_attributes(token);
    if (closing) {
      token.kind = HtmlToken::Kind::end;
      token.attributes.clear();
      if (is_raw_text(token.name)) continue;
      return true;
    }
    if (is_raw_text(token.name)) {
      if (token.name != "title") ++hidden_;
      skip_raw_text(token.name);
      continue;
    }
    token.kind = HtmlToken::Kind::start;
    return true;
  }
  return false;
}

/// HTML, sections 13.2.5.32 to 13.2.5.40; to behind the ">".
void HtmlTokenizer::read_attributes(HtmlToken& token) {
  const auto from = at_;
  token.attributes.clear();
  while (at_ < html_.size()) {
    const char c = html_[at_];
    if (c == '>') break;
    if (is_space(c) || c == '/') {
      ++at_;
      continue;
    }
    const auto name_begin = at_++;  // a "=" may begin a name
    while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '/' && html_[at_] != '>' && html_[at_] != '=')
      ++at_;
    const auto name = html_.substr(name_begin, at_ - name_begin);
    auto behind = at_;
    while (behind < html_.size() && is_space(html_[behind])) ++behind;
    std::string_view value;
    if (behind < html_.size() && html_[behind] == '=') {
      at_ = behind + 1;
      while (at_ < html_.size() && is_space(html_[at_])) ++at_;
      if (at_ < html_.size() && (html_[at_] == '"' || html_[at_] == '\'')) {
        const char quote = html_[at_++];
        const auto end = std::min(find(std::string_view(&quote, 1), at_), html_.size());
        value = html_.substr(at_, end - at_);
        at_ = std::min(end + 1, html_.size());
      } else {
        const auto begin = at_;
        while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '>') ++at_;
        value = html_.substr(begin, at_ - begin);
      }
    }
    if (name.size() > kNameMax || value.size() > kValueMax || token.attributes.size() >= kAttributesMax) continue;
    auto lower = ascii_lower(name);
    const bool known = std::any_of(token.attributes.begin(), token.attributes.end(),
                                   [&](const HtmlAttribute& other) { return other.name == lower; });
    if (!known) token.attributes.push_back({std::move(lower), decoded(value)});
  }
  token.raw_attributes = html_.substr(from, at_ - from);
  if (at_ < html_.size()) ++at_;
}

void HtmlTokenizer::skip_raw_text(std::string_view name) {
  const auto is_end = [&](std::size_t at) {
    const auto behind = at + 2 + name.size();
    return ascii_istarts_with(html_.substr(at + 2), name) &&
           (behind >= html_.size() || html_[behind] == '>' || html_[behind] == '/' || is_space(html_[behind]));
  };
  for (;;) {
    const auto end = name == "plaintext" ? std::string_view::npos : find("</", at_);
    if (end == std::string_view::npos) {
      at_ = html_.size();
      return;
    }
    if (!is_end(end)) {
      at_ = end + 2;
      continue;
    }
    at_ = end + 2 + name.size();
    HtmlToken unused;
    read_attributes(unused);
    return;
  }
}

}  // namespace orgo
