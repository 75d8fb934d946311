#include "core/mail/findings/authenticated.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "core/contact/mail_address.h"

namespace orgo {
namespace {

constexpr std::size_t kFieldMax = 16'384;  // bytes that are looked at

/// Without comments, which may hold anything (RFC 5322, section 3.2.2), nested or not closed.
std::string without_comments(std::string_view text) {
  std::string out;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && depth > 0) ++i;
    else if (c == '(') ++depth;
    else if (c == ')' && depth > 0) --depth;
    else if (depth == 0) out += c;
  }
  return out;
}

/// "school.example" of "ben@school.example", "@school.example" and "school.example".
std::string_view domain_in(std::string_view value) {
  const auto at = value.rfind('@');
  return at == std::string_view::npos ? value : value.substr(at + 1);
}

/// One result: "dkim=pass header.d=school.example".
bool vouches(std::string_view result, std::string_view domain) {
  const auto next = [&result] {
    result = trim(result);
    const auto end = std::min(result.find_first_of(" \t\r\n"), result.size());
    const auto word = result.substr(0, end);
    result.remove_prefix(end);
    return word;
  };
  const auto first = next();
  const auto equals = first.find('=');
  if (equals == std::string_view::npos || !ascii_iequals(first.substr(equals + 1), "pass")) return false;
  auto method = first.substr(0, equals);
  method = method.substr(0, method.find('/'));  // "dkim/1"
  const auto says = [&](std::string_view of, std::string_view property) {
    return ascii_iequals(method, of) &&
           ascii_iequals(property.substr(0, property.find('=')), of == "dmarc"  ? "header.from"
                                                                 : of == "dkim" ? "header.d"
                                                                                : "smtp.mailfrom");
  };
  while (!trim(result).empty()) {
    const auto property = next();
    const auto at = property.find('=');
    if (at == std::string_view::npos) continue;
    const bool known = says("dmarc", property) || says("dkim", property) || says("spf", property);
    if (known && is_same_domain(domain_in(property.substr(at + 1)), domain)) return true;
  }
  return false;
}

}  // namespace

bool is_authenticated(const Message& message, std::string_view server) {
  if (server.empty() || !message.from || message.from->address.empty()) return false;
  const auto domain = domain_part(message.from->address);
  for (const auto& field : message.as_mail().headers) {
    if (!ascii_iequals(field.name, "Authentication-Results")) continue;
    const auto value = without_comments(std::string_view(field.value).substr(0, kFieldMax));
    std::string_view rest = value;
    const auto head = trim(rest.substr(0, rest.find(';')));
    const auto id = head.substr(0, head.find_first_of(" \t"));
    if (!ascii_iequals(id, server)) continue;
    while (rest.find(';') != std::string_view::npos) {
      rest.remove_prefix(rest.find(';') + 1);
      if (vouches(rest.substr(0, rest.find(';')), domain)) return true;
    }
    return false;  // the newest decides; what stands below may be a forgery of before
  }
  return false;
}

}  // namespace orgo
