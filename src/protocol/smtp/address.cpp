#include "protocol/smtp/address.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace orgo::smtp {
namespace {

/// The end of the mailbox that begins at `from`: the index of '>' outside of quotes, or npos when it isn't a mailbox.
std::size_t end_of_mailbox(std::string_view text, std::size_t from) {
  bool quoted = false;
  for (std::size_t i = from; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7f) return std::string_view::npos;
    if (quoted) {
      if (c == '\\') {
        if (++i >= text.size() || static_cast<unsigned char>(text[i]) < 0x20) return std::string_view::npos;
      } else if (c == '"') {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == '>') {
      return i;
    } else if (c == ' ' || c == '<') {
      return std::string_view::npos;
    }
  }
  return std::string_view::npos;
}

/// The last '@' outside of quotes, or npos.
std::size_t at_sign(std::string_view mailbox) {
  const std::size_t at = mailbox.rfind('@');
  const std::size_t quote = mailbox.rfind('"');
  return at != std::string_view::npos && quote != std::string_view::npos && quote > at ? std::string_view::npos : at;
}

}  // namespace

bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    std::size_t length = 0;
    std::uint32_t value = 0;
    if (lead < 0x80) {
      ++i;
      continue;
    }
    if (lead >= 0xc2 && lead <= 0xdf) length = 2, value = lead & 0x1fU;
    else if (lead >= 0xe0 && lead <= 0xef) length = 3, value = lead & 0x0fU;
    else if (lead >= 0xf0 && lead <= 0xf4) length = 4, value = lead & 0x07U;
    else return false;
    if (text.size() - i < length) return false;
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0U) != 0x80) return false;
      value = value << 6U | (next & 0x3fU);
    }
    if (length == 3 && (value < 0x800 || (value >= 0xd800 && value <= 0xdfff))) return false;
    if (length == 4 && (value < 0x10000 || value > 0x10ffff)) return false;
    i += length;
  }
  return true;
}

std::optional<Path> parse_path(std::string_view text) {
  std::size_t begin = 0;
  while (begin < text.size() && text[begin] == ' ') ++begin;
  if (begin >= text.size() || text[begin] != '<') return std::nullopt;
  ++begin;
  const std::size_t end = end_of_mailbox(text, begin);
  if (end == std::string_view::npos) return std::nullopt;
  Path path{text.substr(begin, end - begin), text.substr(end + 1)};
  if (!path.rest.empty() && path.rest.front() != ' ') return std::nullopt;
  if (!path.mailbox.empty() && path.mailbox.front() == '@') {
    const std::size_t colon = path.mailbox.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    path.mailbox.remove_prefix(colon + 1);
    if (path.mailbox.empty()) return std::nullopt;  // "<@relay:>" is not the null sender
  }
  const std::size_t at = at_sign(path.mailbox);
  if (at == 0 || (at != std::string_view::npos && at + 1 == path.mailbox.size())) return std::nullopt;
  path.ascii = is_ascii(path.mailbox);
  if (!path.ascii && !is_utf8(path.mailbox)) return std::nullopt;
  return path;
}

bool is_safe_address(std::string_view address) {
  std::string text;
  text.reserve(address.size() + 2);
  text.append("<").append(address).append(">");
  const auto path = parse_path(text);  // the reader of the receiving side is the measure: it must see just this address
  return path && path->mailbox == address && path->rest.empty();
}

}  // namespace orgo::smtp
