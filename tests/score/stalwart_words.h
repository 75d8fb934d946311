#pragma once

#include <algorithm>
#include <string>
#include <string_view>

/// What Stalwart's parser writes otherwise than Orgo without meaning another thing.
namespace orgo::score {

/// White space within, source routes (RFC 5322, section 4.4), and what makes it a link (RFC 6068) are no part of an
/// address; the peer keeps them.
inline std::string bare_address(std::string address) {
  std::erase_if(address, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
  if (address.starts_with("mailto:")) {
    address.resize(std::min(address.size(), address.find('?')));
    address.erase(0, std::string_view("mailto:").size());
  }
  if (address.starts_with('@'))
    if (const auto colon = address.find(':'); colon != std::string::npos) address.erase(0, colon + 1);
  return address;
}

/// A row may hold more than one field: up to a line end without white space behind it.
inline std::string_view first_field(std::string_view header) {
  for (std::size_t at = 0; (at = header.find('\n', at)) != std::string_view::npos; ++at)
    if (at + 1 == header.size() || (header[at + 1] != ' ' && header[at + 1] != '\t')) return header.substr(0, at);
  return header;
}

/// U+FFFD: the peer could not read some bytes (no charset); then what is ASCII must be the same.
inline bool same_text(std::string_view ours, std::string_view wanted) {
  if (ours == wanted) return true;
  if (wanted.find("\xEF\xBF\xBD") == std::string_view::npos) return false;
  const auto ascii = [](std::string_view text) {
    std::string out;
    for (const char c : text)
      if (static_cast<unsigned char>(c) < 0x80) out += c;
    return out;
  };
  return ascii(ours) == ascii(wanted);
}

}  // namespace orgo::score
