#include "core/contact/mail_address.h"

#include <algorithm>

#include "base/charset.h"
#include "base/domain_name.h"
#include "base/planted.h"
#include "base/text.h"
#include "base/unicode.h"

namespace orgo {
namespace {

/// Bytes above 0x7F are UTF-8 of internationalised addresses (RFC 6531). Quoted local parts are legal, unused and a
/// trap.
bool is_plain(char c) {
  switch (c) {
    case '<':
    case '>':
    case '(':
    case ')':
    case '[':
    case ']':
    case ',':
    case ';':
    case ':':
    case '\\':
    case '"':
    case '@':
      return false;
    default:
      return static_cast<unsigned char>(c) > 0x20 && c != 0x7F;
  }
}

/// Spaces of any width, marks of direction, what joins and what is not seen at all.
bool is_unseen(char32_t c) {
  return (c >= 0x80 && c <= 0xA0) || c == 0xAD || c == 0x61C || c == 0x180E || (c >= 0x2000 && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F) || c == 0x3000 || c == 0xFEFF;
}

}  // namespace

std::string_view local_part(std::string_view address) {
  return address.substr(0, address.rfind('@'));
}

std::string_view domain_part(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

bool is_same_domain(std::string_view a, std::string_view b) {
  if (ascii_iequals(a, b)) return true;
  return (is_international(a) || is_international(b)) && ascii_domain(a) == ascii_domain(b) &&
         !ORGO_PLANT(xn_is_another_domain);
}

bool is_same_address(std::string_view a, std::string_view b) {
  // What begins otherwise has another local part: nearly all that are not the same.
  if (a.empty() || b.empty() || ascii_lower(a.front()) != ascii_lower(b.front())) return a.empty() && b.empty();
  if (ascii_iequals(a, b)) return true;
  const auto first = domain_part(a), second = domain_part(b);
  return !first.empty() && !second.empty() && ascii_iequals(local_part(a), local_part(b)) &&
         is_same_domain(first, second);
}

std::string address_key(std::string_view address) {
  address = trim(address);
  return is_international(domain_part(address)) ? ascii_lower(address_on_wire(address)) : ascii_lower(address);
}

std::string with_domains_for_people(std::string_view text, bool all) {
  const auto of_domain = [](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  constexpr std::string_view kAscii = "xn--";
  const auto disguised = [&](std::string_view name) { return ascii_lower(name).find(kAscii) != std::string::npos; };
  if (is_ascii(text) && !disguised(text)) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    auto end = at;
    while (end < text.size() && (of_domain(text[end]) || (end > at && text[end] == '.'))) ++end;
    auto last = end;
    while (last > at && text[last - 1] == '.') --last;
    const auto name = text.substr(at, last - at);
    const bool is_local = end < text.size() && text[end] == '@';
    const bool is_domain = all || (at > 0 && (text[at - 1] == '@' || text[at - 1] == '.')) ||
                           name.find('.') != std::string_view::npos || disguised(name);
    if (!name.empty() && is_domain && !is_local && is_international(name)) out += unicode_domain(name);
    else out += name;
    out += text.substr(last, std::max(end, at + 1) - last);
    at = std::max(end, at + 1);
  }
  return out;
}

std::string address_on_wire(std::string_view address) {
  const auto domain = domain_part(address);
  if (!is_international(domain)) return std::string(address);
  return std::string(local_part(address)) + "@" + ascii_domain(domain);
}

std::string address_for_people(std::string address) {
  if (domain_part(address).empty()) return address;
  // One walk over the domain lowers it in place and sees that it is surely not international, as nearly all are.
  bool may_be_international = false;
  for (auto c = address.rbegin(); *c != '@'; ++c) {
    may_be_international |= *c == '-' || static_cast<unsigned char>(*c) >= 0x80;
    if (*c >= 'A' && *c <= 'Z') *c = static_cast<char>(*c + ('a' - 'A'));
  }
  if (!may_be_international || !is_international(domain_part(address))) return address;
  return std::string(local_part(address)) + "@" + unicode_domain(domain_part(address));
}

bool is_mail_address(std::string_view name) {
  const auto at = name.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 >= name.size() || name.size() > kAddressMax) return false;
  // What is no UTF-8 can't be written into a header.
  return std::ranges::all_of(name.substr(0, at), is_plain) && std::ranges::all_of(name.substr(at + 1), is_plain) &&
         is_utf8(name);
}

bool is_typed_address(std::string_view text) {
  if (!is_mail_address(text)) return false;
  for (std::size_t at = 0; at < text.size();)
    if (is_unseen(decode_utf8(text, at))) return false;
  const auto local = local_part(text);
  if (local.starts_with('.') || local.ends_with('.') || domain_part(text).ends_with('.')) return false;
  auto domain = ascii_domain(domain_part(text));
  std::ranges::replace(domain, '_', 'x');
  return is_domain_name(domain);
}

}  // namespace orgo
