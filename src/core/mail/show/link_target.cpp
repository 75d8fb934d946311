#include "core/mail/show/link_target.h"

#include <algorithm>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo {
namespace {

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string without_www(std::string_view host) {
  if (host.starts_with("www.")) host.remove_prefix(4);
  while (host.ends_with('.')) host.remove_suffix(1);
  return std::string(host);
}

/// The host that a person reads in `text`: of "https://example.org/x", "www.example.org", "example.org/x",
/// "a@example.org". Empty: it names none.
std::string host_in_text(std::string_view text) {
  auto lower = fold_case(trim(text.substr(0, 300)));
  std::string_view rest = trim(lower);
  bool sure = false;
  for (const std::string_view scheme : {"https://", "http://", "mailto:"})
    if (rest.starts_with(scheme)) {
      rest.remove_prefix(scheme.size());
      sure = true;
    }
  if (const auto space = rest.find_first_of(" \t\r\n"); space != std::string_view::npos) {
    if (!sure) return {};  // a sentence
    rest = rest.substr(0, space);
  }
  const auto end = rest.find_first_of("/?#,;)>]");
  auto host = rest.substr(0, end);
  if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  if (const auto port = host.find(':'); port != std::string_view::npos) host = host.substr(0, port);
  const auto dot = host.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == host.size()) return {};
  if (!std::all_of(host.begin(), host.end(), is_host_character)) return {};
  // "readme.txt" and "3.5" are no hosts; a host's last label has letters only, and a file's ending is one of a few.
  const auto last = host.substr(dot + 1);
  const bool letters = std::all_of(
      last.begin(), last.end(), [](char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; });
  if (!letters && !last.starts_with("xn--") && !sure) return {};
  if (!sure && !host.starts_with("www.") && host.size() == rest.size()) {
    for (const std::string_view ending :
         {"txt", "pdf", "doc", "docx", "xls", "xlsx", "html", "htm", "jpg", "png", "zip", "js", "php"})
      if (last == ending) return {};
    if (last.size() < 2) return {};
  }
  return without_www(host);
}

}  // namespace

LinkTarget read_link_target(std::string_view href) {
  LinkTarget out;
  std::string address;
  for (const char c : href.substr(0, 8192)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) continue;  // browsers take them out too
    address += c;
  }
  address = std::string(trim(address));
  const auto colon = address.find(':');
  if (colon == std::string::npos) return out;
  const auto scheme = ascii_lower(std::string_view(address).substr(0, colon));
  if (scheme == "mailto") {
    auto recipient = std::string_view(address).substr(colon + 1);
    recipient = recipient.substr(0, recipient.find('?'));
    out.host = ascii_lower(recipient);
    out.allowed = recipient.find_first_of("<>\"") == std::string_view::npos;
  } else if (scheme == "tel") {
    out.allowed = std::string_view(address).substr(colon + 1).find_first_not_of(
                      "0123456789+-(). ;=abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
  } else if (scheme == "http" || scheme == "https") {
    for (std::size_t i = colon + 1; i < address.size() && address[i] != '?' && address[i] != '#'; ++i)
      if (address[i] == '\\') address[i] = '/';
    // Any number of slashes is read as two.
    auto begin = colon + 1;
    while (begin < address.size() && address[begin] == '/') ++begin;
    auto authority = std::string_view(address).substr(begin);
    authority = authority.substr(0, authority.find_first_of("/?#"));
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
      out.with_user = true;
      authority.remove_prefix(at + 1);
    }
    auto host = authority.starts_with('[') ? authority.substr(0, authority.find(']') + 1)
                                           : authority.substr(0, authority.find(':'));
    out.host = ascii_lower(host);
    out.allowed = !host.empty() && host.find_first_of(" <>\"'%\\^`{|}") == std::string_view::npos;
    address = scheme + "://" + address.substr(begin);
  }
  if (out.allowed) out.address = std::move(address);
  return out;
}

bool is_deceptive(std::string_view text, const LinkTarget& target) {
  if (target.host.empty()) return false;
  const auto said = host_in_text(text);
  if (said.empty()) return target.with_user;
  std::string_view host = target.host;
  if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  const auto real = without_www(host);
  if (said == real || real.ends_with("." + said) || said.ends_with("." + real)) return target.with_user;
  return true;
}

}  // namespace orgo
