#include "base/stored_text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/unicode.h"

namespace orgo {
namespace {

constexpr std::size_t kCharacterMax = 4;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// ASCII without NUL, eight bytes at a time: what nearly all text is.
bool is_plain(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    // The top bit of a byte is set where it is not ASCII, and in `word - kOnes` where it is NUL (or behind one).
    if (((word | (word - kOnes)) & (kOnes * 0x80)) != 0) return false;
  }
  for (; at < text.size(); ++at)
    if (text[at] == '\0' || static_cast<unsigned char>(text[at]) >= 0x80) return false;
  return true;
}

std::string mended(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto from = at;
    const bool whole = decode_utf8(text, at) != 0xFFFD || text.substr(from, at - from) == kReplacement;
    const auto piece = whole && text[from] != '\0' ? text.substr(from, at - from) : kReplacement;
    if (out.size() + piece.size() > bytes_max) break;
    out += piece;
  }
  return out;
}

}  // namespace

bool is_storable(std::string_view text) {
  return is_plain(text) || (is_valid_utf8(text) && text.find('\0') == std::string_view::npos);
}

StoredText::StoredText(std::string_view text, std::size_t bytes_max) : given_(text) {
  if (is_storable(text)) {
    given_ = text.size() > bytes_max ? cut_utf8(text, bytes_max) : text;
    return;
  }
  // A character that begins within the limit is seen whole.
  mended_ = mended(
      bytes_max < text.size() ? text.substr(0, std::min(text.size() - bytes_max, kCharacterMax) + bytes_max) : text,
      bytes_max);
  if (mended_.empty()) given_ = {};
}

std::string stored_text(std::string_view text, std::size_t bytes_max) {
  return std::string(StoredText(text, bytes_max).view());
}

}  // namespace orgo
