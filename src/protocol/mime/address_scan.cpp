#include "protocol/mime/address_scan.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/charset.h"
#include "base/text.h"
#include "protocol/mime/line_scan.h"

namespace orgo::mime {
namespace {

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// May the address have something around it that is not seen, or quotes of a word processor?
bool is_dressed(std::string_view address) {
  return address.find_first_of("\xC2\xE2\xE3\xEF") != std::string_view::npos;
}

}  // namespace

std::string without_spaces(std::string_view text) {
  std::string out;
  if (std::none_of(text.begin(), text.end(), [](char c) { return is_space(c); })) {
    out = text;
    return out;
  }
  out.reserve(text.size());
  for (const char c : text)
    if (!is_space(c)) out += c;
  return out;
}

bool has_entities(std::string_view text) {
  if (text.find("\xEF\xBC") != std::string_view::npos) return true;
  for (auto at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1))
    if (const auto rest = text.substr(at + 1);
        ascii_istarts_with(rest, "lt") || ascii_istarts_with(rest, "gt;") || rest.starts_with('#'))
      return true;
  return false;
}

std::string without_entities(std::string_view text) {
  // The longer ones first: some forget the semicolon.
  static constexpr std::pair<std::string_view, char> kMarks[] = {
      {"&lt;", '<'},   {"&gt;", '>'},    {"&quot;", '"'}, {"&amp;", '&'},  {"&commat;", '@'}, {"&#60;", '<'},
      {"&#62;", '>'},  {"&#060;", '<'},  {"&#062;", '>'}, {"&#x3c;", '<'}, {"&#x3e;", '>'},   {"&#34;", '"'},
      {"&#x22;", '"'}, {"&#38;", '&'},   {"&#x26;", '&'}, {"&#64;", '@'},  {"&#064;", '@'},   {"&#x40;", '@'},
      {"&#39;", '\''}, {"&#x27;", '\''}, {"&lt", '<'},    {"&gt", '>'},    {"&#60", '<'},     {"&#62", '>'},
      {"＜", '<'},     {"＞", '>'},      {"＠", '@'}};
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    bool taken = false;
    if (c == '&' || c == '\xEF')
      for (const auto& [mark, character] : kMarks)
        if (ascii_istarts_with(text.substr(at), mark)) {
          out += character;
          at += mark.size();
          taken = true;
          break;
        }
    if (!taken) {
      out += c;
      ++at;
    }
  }
  return out;
}

bool has_tags(std::string_view text) {
  for (auto at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    const auto rest = text.substr(at + 1);
    if (rest.size() > 1 && rest[0] == '/' && is_letter(rest[1])) return true;
    if (ascii_istarts_with(rest, "a href") || ascii_istarts_with(rest, "a\thref")) return true;
  }
  return false;
}

namespace {

/// What a tag of HTML that begins at text[at] is. Empty: there is none, as in "<anna@x.example>". `close`: the first
/// ">" behind what was looked at, kept from call to call.
std::string_view tag_at(std::string_view text, std::size_t at, std::size_t& close) {
  if (close != std::string_view::npos && close <= at) close = text.find('>', at);
  if (close == std::string_view::npos) return {};
  const auto tag = text.substr(at + 1, close - at - 1);
  auto name = tag.substr(tag.starts_with('/') ? 1 : 0);
  name = name.substr(0, name.find_first_of(" \t\r\n/"));
  for (const std::string_view known : {"a", "b", "i", "u", "p", "br", "em", "div", "font", "span", "strong", "code"})
    if (ascii_iequals(name, known)) return tag;
  return {};
}

/// The address that a link is to; empty: it is to something else.
std::string_view target_of(std::string_view tag) {
  constexpr std::string_view kScheme = "mailto:";
  for (std::size_t at = 0; at + kScheme.size() < tag.size(); ++at) {
    if (!ascii_istarts_with(tag.substr(at), kScheme)) continue;
    const auto target = tag.substr(at + kScheme.size());
    return target.substr(0, target.find_first_of("\"'?> \t"));
  }
  return {};
}

}  // namespace

std::string without_tags(std::string_view text) {
  std::string out;
  std::string_view target;
  std::size_t link = 0, close = 0;  // where the words of the link begin in `out`
  for (std::size_t at = 0; at < text.size();) {
    const auto tag = text[at] == '<' ? tag_at(text, at, close) : std::string_view();
    if (tag.empty()) {
      out += text[at++];
      continue;
    }
    at = close + 1;
    if (const auto to = target_of(tag); !to.empty()) {
      target = to;
      link = out.size();
    } else if (!target.empty() && ascii_iequals(trim(tag), "/a")) {
      if (out.find('@', link) == std::string::npos) out.append(" <").append(target).append(">");
      target = {};
    }
  }
  return out;
}

namespace {

void drop_invisible(std::string& address) {
  if (is_ascii(address)) return;
  std::string out;
  for (std::size_t at = 0; at < address.size();) {
    const auto skip = invisible_prefix(std::string_view(address).substr(at));
    if (skip == 0) out += address[at++];
    at += skip;
  }
  address = std::move(out);
}

/// Quotes as word processors set them, and the no-break space: around an address they are none of it.
constexpr auto kTypographic = std::to_array<std::string_view>(
    {"“", "”", "„", "‟", "‘", "’", "‚", "«", "»", "‹", "›", "「", "」", "〈", "〉", "《", "》", "\xC2\xA0"});

}  // namespace

/// "anna"@example.org and anna@"example.org" are the same without quotes, which only "anna b"@example.org needs.
void drop_idle_quotes(std::string& address) {
  const auto at = address.rfind('@');
  if (at == std::string::npos) return;
  const auto is_atom = [](std::string_view text) {
    return !text.empty() && text.front() != '.' && text.back() != '.' && text.find("..") == std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [](char c) {
             return static_cast<unsigned char>(c) > ' ' &&
                    std::string_view("()<>[]:;@\\,\"").find(c) == std::string_view::npos;
           });
  };
  std::string_view local = std::string_view(address).substr(0, at), domain = std::string_view(address).substr(at + 1);
  if (domain.starts_with('"')) domain.remove_prefix(1);
  if (domain.ends_with('"')) domain.remove_suffix(1);
  if (local.size() > 2 && local.starts_with('"') && local.ends_with('"') && is_atom(local.substr(1, local.size() - 2)))
    local = local.substr(1, local.size() - 2);
  if (is_atom(domain)) address = std::string(local) + "@" + std::string(domain);
}

void clean_address(std::string& address) {
  drop_invisible(address);
  std::string_view text = address;
  for (int i = 0; i < 8 && text.size() > 2; ++i) {
    const auto before = text.size();
    for (const auto mark : kTypographic) {
      if (text.starts_with(mark)) text.remove_prefix(mark.size());
      if (text.ends_with(mark)) text.remove_suffix(mark.size());
    }
    if (text.empty()) break;
    for (const std::string_view scheme : {"mailto:", "smtp:", "email:", "e-mail:"})
      if (ascii_istarts_with(text, scheme)) {
        text.remove_prefix(scheme.size());
        if (scheme == "mailto:") text = text.substr(0, text.find('?'));
      }
    if (text.empty()) break;
    const char first = text.front(), last = text.back();
    if (first == '\'' || first == '<' || first == '[' || first == '{' || first == '(' || first == '`' ||
        (first == '"' && last == '"' && text.substr(1, text.size() - 2).find('"') == std::string_view::npos))
      text.remove_prefix(1);
    if (text.empty()) break;
    const bool literal = text.find("@[") != std::string_view::npos;
    if (last == '\'' || last == '>' || (last == ']' && !literal) || last == '}' || last == ')' || last == '.' ||
        last == ',' || last == ';' || last == ':' || last == '`' || (last == '"' && text.front() != '"'))
      text.remove_suffix(1);
    if (text.size() == before) break;
  }
  if (text.size() != address.size() && text.find('@') != std::string_view::npos) address = std::string(text);
  if (address.find('"') != std::string::npos) drop_idle_quotes(address);
}

std::optional<SimpleMailbox> simple_mailbox(std::string_view text, std::size_t from) {
  auto at = skip_spaces(text, from);
  SimpleMailbox mailbox;
  if (at < text.size() && text[at] == '"') {
    const auto end = run_end(text, at + 1, kEndsQuoted);
    if (end >= text.size() || text[end] != '"') return std::nullopt;
    mailbox.name = text.substr(at + 1, end - at - 1);
    at = skip_spaces(text, end + 1);
    if (at >= text.size() || text[at] != '<') return std::nullopt;
  } else {
    const auto end = run_end(text, at, kEndsSimple);
    const bool at_end = end >= text.size() || text[end] == ',';
    if (at_end || text[end] == '@') {
      // local@domain, or something to think about
      if (at_end) return std::nullopt;
      const auto address_end = run_end(text, end + 1, kEndsSimple);
      if (address_end < text.size() && text[address_end] != ',') return std::nullopt;
      mailbox.address = trim(text.substr(at, address_end - at));
      const auto address = mailbox.address;
      if (address.find_first_of(" ='{}`") != std::string_view::npos || address.front() == '@' ||
          address.back() == '@' || address.back() == '.' || is_dressed(address))
        return std::nullopt;
      mailbox.end = std::min(address_end + 1, text.size());
      return mailbox;
    }
    if (text[end] != '<') return std::nullopt;
    mailbox.name = trim(text.substr(at, end - at));
    at = end;
  }
  const auto begin = at + 1;
  const auto local_end = run_end(text, begin, kEndsSimple);
  if (local_end >= text.size() || text[local_end] != '@' || local_end == begin) return std::nullopt;
  const auto end = run_end(text, local_end + 1, kEndsSimple);
  if (end >= text.size() || text[end] != '>' || end == local_end + 1) return std::nullopt;
  mailbox.address = text.substr(begin, end - begin);
  if (mailbox.address.find_first_of(" ='{}`") != std::string_view::npos || mailbox.address.back() == '.' ||
      is_dressed(mailbox.address))
    return std::nullopt;
  at = skip_spaces(text, end + 1);
  if (at < text.size() && text[at] != ',') return std::nullopt;
  mailbox.end = std::min(at + 1, text.size());
  return mailbox;
}

}  // namespace orgo::mime
