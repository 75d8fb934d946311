#include "base/masked.h"

#include <algorithm>
#include <array>

#include "base/planted.h"
#include "base/text.h"

namespace orgo {
namespace {

constexpr std::string_view kHidden = "***";

bool is_name_sign(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == '%';
}

bool is_port(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "name=value" to the next '&' or space, the values hidden; a piece without "=" may be a value itself.
std::string hide_values(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("& "), text.size());
    const auto piece = text.substr(0, end);
    const auto equals = piece.find('=');
    if (equals != std::string_view::npos) out.append(piece.substr(0, equals + 1));
    if (!piece.empty()) out.append(kHidden);
    if (end < text.size()) out += text[end];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// One line, in place.
class Line {
 public:
  explicit Line(std::string line) : line_(std::move(line)) {}

  /// Where the first key that names a secret begins; npos: none does. What follows it is hidden.
  std::size_t hide_secret() {
    for (std::size_t at = 0; at < line_.size(); ++at) {
      if (line_[at] != ':' && line_[at] != '=') continue;
      auto end = at;
      while (end > 0 && (line_[end - 1] == ' ' || line_[end - 1] == '"' || line_[end - 1] == '\'')) --end;
      auto begin = end;
      while (begin > 0 && is_name_sign(line_[begin - 1])) --begin;
      if (!names_a_secret(std::string_view(line_).substr(begin, end - begin))) continue;
      hide(at + 1, line_.size());
      return begin;
    }
    return std::string::npos;
  }

  void hide_in_addresses() {
    for (auto at = line_.find("://"); at != std::string::npos; at = line_.find("://", at + 3)) {
      const auto begin = at + 3;
      const auto last = line_.rfind('@');
      const auto host = last == std::string::npos || last < begin ? begin : last;
      hide(begin, host);
      const auto query = line_.find('?', host);
      for (auto i = query; i < line_.size(); ++i)
        if (line_[i] == '=') {
          const auto end = std::min(line_.find('&', i), line_.size());
          hide(i + 1, end);
          i = end - 1;
        }
    }
  }

  void hide(std::size_t from, std::size_t to) {
    std::string hidden;
    for (auto i = from; i < to; ++i) {
      const auto byte = static_cast<unsigned char>(line_[i]);
      if (byte == ' ' || byte == '\t' || byte == '\r') hidden += line_[i];
      else if ((byte & 0xC0U) != 0x80U) hidden += '*';  // one for a character of several bytes
    }
    line_.replace(from, to - from, hidden);
  }

  [[nodiscard]] std::string& text() { return line_; }

 private:
  std::string line_;
};

}  // namespace

bool names_a_secret(std::string_view key) {
  if (const auto dot = key.rfind('.'); dot != std::string_view::npos) key.remove_prefix(dot + 1);
  const auto name = ascii_lower(key);
  if (name.ends_with("_file") || name.ends_with("_command")) return false;
  static constexpr std::array<std::string_view, 7> kParts{"pass", "pw", "psw", "secret", "token", "credential", "%"};
  static constexpr std::array<std::string_view, 3> kMeant{"password", "secret", "token"};
  return std::ranges::any_of(kParts, [&](auto part) { return name.find(part) != std::string::npos; }) ||
         !nearest_name(name, kMeant).empty();
}

std::string masked_value(std::string_view value) {
  if (ORGO_PLANT(address_is_shown_whole)) return std::string(value);
  const auto scheme = value.find("://");
  if (scheme == std::string_view::npos)
    return value.find('=') == std::string_view::npos ? std::string(value) : hide_values(value);
  std::string out(value.substr(0, scheme + 3));
  auto rest = value.substr(scheme + 3);
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    out.append(kHidden).append("@");
    rest.remove_prefix(at + 1);
  }
  const auto query = std::min(rest.find('?'), rest.size());
  auto place = rest.substr(0, query);
  // "user:password" without a host looks like a host with a port.
  const auto colon = place.starts_with('[') ? std::string_view::npos : place.find(':');
  if (colon != std::string_view::npos) {
    const auto end = std::min(place.find_first_of("/,", colon), place.size());
    if (!is_port(place.substr(colon + 1, end - colon - 1))) place = place.substr(0, 0);
  }
  out.append(place.empty() && query > 0 ? kHidden : place);
  if (query < rest.size()) out.append("?").append(hide_values(rest.substr(query + 1)));
  return out;
}

std::string without_login(std::string_view value) {
  const auto scheme = value.find("://");
  if (scheme == std::string_view::npos) return std::string(value);
  const auto begin = scheme + 3;
  const auto end = std::min(value.find_first_of("/?#", begin), value.size());
  const auto login = value.substr(begin, end - begin);
  const auto at = login.rfind('@');
  // A name alone is no secret.
  if (at == std::string_view::npos || login.substr(0, at).find(':') == std::string_view::npos)
    return std::string(value);
  return std::string(value.substr(0, begin)) + std::string(kHidden) + std::string(value.substr(begin + at));
}

std::string masked_yaml(std::string_view text) {
  std::string out;
  auto below = std::string::npos;  // lines that begin behind this column go on with a secret
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    Line line(std::string(text.substr(at, end - at)));
    const auto indent = std::min(line.text().find_first_not_of(" \t\r"), line.text().size());
    if (below != std::string::npos && (indent == line.text().size() || indent > below)) {
      line.hide(0, line.text().size());
    } else {
      below = line.hide_secret();
      line.hide_in_addresses();
    }
    out += line.text();
    if (end < text.size()) out += '\n';
    at = end + 1;
  }
  return out;
}

}  // namespace orgo
