#include "protocol/imap/mailbox_name.h"

#include <cstdint>
#include <optional>

#include "base/text.h"

namespace orgo::imap {
namespace {

constexpr std::size_t kNameMost = 1000;
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

std::uint32_t code_point(std::string_view sequence) {
  const auto octet = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(sequence[i])); };
  switch (sequence.size()) {
    case 1:
      return octet(0);
    case 2:
      return (octet(0) & 0x1fU) << 6U | (octet(1) & 0x3fU);
    case 3:
      return (octet(0) & 0x0fU) << 12U | (octet(1) & 0x3fU) << 6U | (octet(2) & 0x3fU);
    default:
      return (octet(0) & 0x07U) << 18U | (octet(1) & 0x3fU) << 12U | (octet(2) & 0x3fU) << 6U | (octet(3) & 0x3fU);
  }
}

void append_utf8(std::uint32_t point, std::string& out) {
  const auto put = [&](std::uint32_t octet) { out += static_cast<char>(octet); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xc0U | point >> 6U), put(0x80U | (point & 0x3fU));
  } else if (point < 0x10000) {
    put(0xe0U | point >> 12U), put(0x80U | (point >> 6U & 0x3fU)), put(0x80U | (point & 0x3fU));
  } else {
    put(0xf0U | point >> 18U), put(0x80U | (point >> 12U & 0x3fU)), put(0x80U | (point >> 6U & 0x3fU)),
        put(0x80U | (point & 0x3fU));
  }
}

/// UTF-16 units as bits in sixes.
class Shifted {
 public:
  explicit Shifted(std::string& out) : out_(out) {}
  void unit(std::uint32_t unit) {
    bits_ = bits_ << 16U | unit;
    for (count_ += 16; count_ >= 6; count_ -= 6) out_ += kAlphabet[bits_ >> (count_ - 6) & 0x3fU];
    bits_ &= (1U << count_) - 1;
  }
  void end() {
    if (count_ > 0) out_ += kAlphabet[bits_ << (6 - count_) & 0x3fU];
    count_ = 0;
    bits_ = 0;
  }

 private:
  std::string& out_;
  std::uint32_t bits_ = 0;
  unsigned count_ = 0;
};

/// What stands between "&" and "-"; nothing where that is no UTF-16 in base64.
std::optional<std::string> decode_shifted(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  std::uint32_t high = 0;
  unsigned count = 0;
  for (const char c : text) {
    const std::size_t six = kAlphabet.find(c);
    if (six == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U | static_cast<std::uint32_t>(six)) & 0x3fffffU;
    count += 6;
    if (count < 16) continue;
    count -= 16;
    const std::uint32_t unit = bits >> count & 0xffffU;
    if (unit >= 0xd800 && unit < 0xdc00) {
      if (high != 0) return std::nullopt;
      high = unit;
    } else if (unit >= 0xdc00 && unit < 0xe000) {
      if (high == 0) return std::nullopt;
      append_utf8(0x10000U + ((high - 0xd800U) << 10U) + (unit - 0xdc00U), out);
      high = 0;
    } else {
      if (high != 0) return std::nullopt;
      append_utf8(unit, out);
    }
  }
  if (high != 0 || count >= 6 || (bits & ((1U << count) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace

Result<std::string> encode_mailbox_name(std::string_view utf8) {
  if (utf8.empty() || utf8.size() > kNameMost)
    return failure(Errc::invalid_input, "a folder's name has 1 to 1000 octets");
  if (!is_utf8(utf8)) return failure(Errc::invalid_input, "the folder's name is not UTF-8");
  std::string out;
  Shifted shifted(out);
  bool within = false;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t length = utf8_length(utf8, at);
    const std::uint32_t point = code_point(utf8.substr(at, length));
    at += length;
    if (point < 0x20 || point == 0x7f) return failure(Errc::invalid_input, "the folder's name has a control character");
    if (point < 0x7f) {
      if (within) {
        shifted.end();
        out += '-';
        within = false;
      }
      out += static_cast<char>(point);
      if (point == '&') out += '-';
      continue;
    }
    if (!within) out += '&';
    within = true;
    if (point >= 0x10000) {
      shifted.unit(0xd800U + ((point - 0x10000U) >> 10U));
      shifted.unit(0xdc00U + ((point - 0x10000U) & 0x3ffU));
    } else {
      shifted.unit(point);
    }
  }
  if (within) {
    shifted.end();
    out += '-';
  }
  return out;
}

std::string decode_mailbox_name(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size();) {
    if (name[at] != '&') {
      out += name[at++];
      continue;
    }
    const std::size_t end = name.find('-', at);
    if (end == std::string_view::npos) return std::string(name);
    if (end == at + 1) {
      out += '&';
    } else {
      const auto decoded = decode_shifted(name.substr(at + 1, end - at - 1));
      if (!decoded) return std::string(name);
      out += *decoded;
    }
    at = end + 1;
  }
  return out;
}

}  // namespace orgo::imap
