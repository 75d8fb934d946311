#include "core/mail/read/html_links.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/html.h"
#include "base/text.h"

namespace orgo {
namespace {

constexpr std::size_t kLinksMost = 200;
constexpr std::size_t kHrefMost = 2'000;
/// Characters for private use, which mark where a link begins and ends while its HTML becomes text: "B12." and "E12.".
constexpr std::string_view kBegin = "\uF7A1", kEnd = "\uF7A2", kDot = "\uF7A3";

bool is_white(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/// To behind the ">" of a tag whose name ends at `at`; quotes hide one.
std::size_t tag_end(std::string_view html, std::size_t at) {
  char quote = '\0';
  for (; at < html.size(); ++at) {
    const char c = html[at];
    if (quote != '\0') quote = c == quote ? '\0' : quote;
    else if (c == '>') return at + 1;
    else if ((c == '"' || c == '\'') && html[at - 1] == '=') quote = c;
  }
  return html.size();
}

/// Of `<a class="x" href="...">` what stands between the name and ">".
std::optional<std::string> href_in(std::string_view attributes) {
  for (std::size_t at = 0; (at = attributes.find('=', at)) != std::string_view::npos; ++at) {
    auto name = trim(attributes.substr(0, at));
    if (name.size() < 4 || !ascii_iequals(name.substr(name.size() - 4), "href") ||
        (name.size() > 4 && !is_white(name[name.size() - 5]) && name[name.size() - 5] != '"'))
      continue;
    auto value = trim(attributes.substr(at + 1));
    if (value.starts_with('"') || value.starts_with('\'')) value = value.substr(1, value.find(value.front(), 1) - 1);
    else value = value.substr(0, value.find_first_of(" \t\r\n>"));
    if (value.empty() || value.size() > kHrefMost) return std::nullopt;
    std::string href;
    append_without_references(href, value);
    return href;
  }
  return std::nullopt;
}

bool is_tag(std::string_view html, std::size_t at, std::string_view name) {
  const auto behind = at + name.size();
  return ascii_istarts_with(html.substr(at), name) &&
         (behind >= html.size() || is_white(html[behind]) || html[behind] == '>' || html[behind] == '/');
}

/// The same document with a mark in front of and behind what each link encloses; what it leads to, by its number.
struct Marked {
  std::string html;
  std::vector<std::string> hrefs;
};

Marked mark_links(std::string_view html) {
  Marked marked;
  marked.html.reserve(html.size() + 1024);
  std::optional<std::size_t> open;
  const auto mark = [&](std::string_view what, std::size_t number) {
    marked.html.append(what).append(std::to_string(number)).append(kDot);
  };
  for (std::size_t at = 0; at < html.size();) {
    const auto tag = std::min(html.find('<', at), html.size());
    marked.html.append(html.substr(at, tag - at));
    if (tag == html.size()) break;
    auto end = tag + 1;
    if (html.substr(tag, 4) == "<!--") {
      end = std::min(html.find("-->", tag + 4), html.size());
    } else if (is_tag(html, tag, "<a")) {
      end = tag_end(html, tag + 2);
      if (auto href = href_in(html.substr(tag + 2, end - tag - 3)); href && marked.hrefs.size() < kLinksMost) {
        marked.html.append(html.substr(tag, end - tag));
        open = marked.hrefs.size();
        mark(kBegin, *open);
        marked.hrefs.push_back(std::move(*href));
        at = end;
        continue;
      }
    } else if (is_tag(html, tag, "</a") && open) {
      mark(kEnd, *open);
      open.reset();
    }
    marked.html.append(html.substr(tag, end - tag));
    at = end;
  }
  return marked;
}

/// Reads the text with its marks beside the one without: they differ by marks and white space only.
class Aligned {
 public:
  Aligned(std::string_view with, std::string_view text, std::vector<std::string>& hrefs)
      : with_(with), text_(text), hrefs_(hrefs) {}

  std::vector<TextLink> run() {
    while (!with_.empty()) {
      if (is_white(with_.front())) {
        with_.remove_prefix(1);
      } else if (with_.starts_with(kBegin) || with_.starts_with(kEnd)) {
        if (!take_mark()) return {};
      } else {
        skip_spaces();
        if (at_ == text_.size() || text_[at_] != with_.front()) return {};  // another text
        with_.remove_prefix(1);
        behind_ = ++at_;
      }
    }
    skip_spaces();
    return at_ == text_.size() ? std::move(found_) : std::vector<TextLink>();
  }

 private:
  void skip_spaces() {
    while (at_ < text_.size() && is_white(text_[at_])) ++at_;
  }
  bool take_mark() {
    const bool begins = with_.starts_with(kBegin);
    with_.remove_prefix(kBegin.size());
    const auto dot = with_.find(kDot);
    std::size_t number = 0;
    const auto* const end = with_.data() + std::min(dot, with_.size());
    const auto read = std::from_chars(with_.data(), end, number);
    if (dot == std::string_view::npos || read.ptr != end || number >= hrefs_.size()) return false;
    with_.remove_prefix(dot + kDot.size());
    if (begins) {
      open_ = number;
      begin_ = behind_;
    } else if (open_ == number && behind_ > begin_) {
      auto first = begin_;
      while (first < behind_ && is_white(text_[first])) ++first;
      found_.push_back({first, behind_, std::move(hrefs_[number])});
      open_.reset();
    }
    return true;
  }

  std::string_view with_, text_;
  std::vector<std::string>& hrefs_;
  std::vector<TextLink> found_;
  std::size_t at_ = 0;      // in text_
  std::size_t behind_ = 0;  // the last character that is no white space
  std::size_t begin_ = 0;
  std::optional<std::size_t> open_;
};

}  // namespace

std::vector<TextLink> links_in_text(std::string_view html, std::string_view text) {
  for (const auto mark : {kBegin, kEnd, kDot})
    if (html.find(mark) != std::string_view::npos) return {};
  auto marked = mark_links(html);
  if (marked.hrefs.empty()) return {};
  return Aligned(html_to_text(marked.html), text, marked.hrefs).run();
}

}  // namespace orgo
