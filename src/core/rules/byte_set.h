#pragma once
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace orgo::rules {

/// A set of ASCII characters.
class ByteSet {
 public:
  static constexpr ByteSet all() {
    ByteSet set;
    set.words_ = {~std::uint64_t{0}, ~std::uint64_t{0}};
    return set;
  }
  constexpr void add(char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) words_[byte / 64] |= std::uint64_t{1} << (byte % 64);
  }
  constexpr void add(char first, char last) {
    for (int c = static_cast<unsigned char>(first); c <= static_cast<unsigned char>(last); ++c)
      add(static_cast<char>(c));
  }
  [[nodiscard]] constexpr bool has(char c) const {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x80 && ((words_[byte / 64] >> (byte % 64)) & 1U) != 0;
  }
  [[nodiscard]] constexpr bool is_all() const { return *this == all(); }
  [[nodiscard]] constexpr ByteSet complement() const {
    ByteSet set;
    set.words_ = {~words_[0], ~words_[1]};
    return set;
  }
  /// What becomes of it in FoldedText: no capitals, and of white space only the space.
  [[nodiscard]] constexpr ByteSet folded() const {
    ByteSet set;
    for (int c = 0; c < 0x80; ++c) {
      const auto byte = static_cast<char>(c);
      if (has(byte))
        set.add(byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte >= '\t' && byte <= '\r' ? ' ' : byte);
    }
    return set;
  }
  constexpr ByteSet& operator|=(const ByteSet& other) {
    words_[0] |= other.words_[0];
    words_[1] |= other.words_[1];
    return *this;
  }
  friend constexpr auto operator<=>(const ByteSet&, const ByteSet&) = default;

 private:
  std::array<std::uint64_t, 2> words_{};
};

/// What may stand behind a literal, character by character of a folded text.
using Tail = std::vector<ByteSet>;

}  // namespace orgo::rules
