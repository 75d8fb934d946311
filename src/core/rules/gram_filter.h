#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/vector_level.h"

namespace orgo::rules {

/// Four bytes of a text as one number, in the order of memory.
inline std::uint32_t gram_of(const char* bytes) {
  std::uint32_t gram = 0;
  std::memcpy(&gram, bytes, 4);
  return gram;
}

/// A set of grams, each four or each six bytes, that may say "perhaps" for one that it does not hold: a bit table,
/// asked for every place of a text at once, since no place waits for the one before it.
class GramFilter {
 public:
  enum class Width : std::uint8_t { four = 4, six = 6 };
  static constexpr std::size_t kSlack = 16;      ///< numbers that candidates() may write behind those it counts
  static constexpr std::size_t kReadAhead = 64;  ///< bytes behind the last place that must be readable

  explicit GramFilter(Width width) : width_(width) {}
  [[nodiscard]] std::size_t width() const { return static_cast<std::size_t>(width_); }
  /// One number for the gram at `bytes`. Of four bytes it is theirs alone; of six, others may have the same.
  [[nodiscard]] std::uint32_t key_of(const char* bytes) const {
    return width_ == Width::four ? gram_of(bytes) * kFactor
                                 : gram_of(bytes) * kFactor + gram_of(bytes + 2) * kFactorOfRest;
  }

  /// Makes it empty, for so many grams.
  void reset(std::size_t grams);
  void add(std::uint32_t key) { bits_[(key >> shift_) >> 5U] |= std::uint32_t{1} << ((key >> shift_) & 31U); }
  /// The places among the first `size` of `text` at which a gram begins that passes, in order. `places` has room for
  /// size + kSlack. Returns how many there are.
  std::size_t candidates(const char* text, std::size_t size, std::uint32_t* places, VectorLevel level) const;
  [[nodiscard]] std::size_t memory() const { return bits_.size() * 4; }

 private:
  static constexpr std::uint32_t kFactor = 0x9E3779B1U;
  static constexpr std::uint32_t kFactorOfRest = 0xC2B2AE35U;
  std::size_t plain(const char* text, std::size_t from, std::size_t size, std::uint32_t* places) const;
  template <Width kWidth>
  std::size_t avx2(const char* text, std::size_t size, std::uint32_t* places) const;
  template <Width kWidth>
  std::size_t avx512(const char* text, std::size_t size, std::uint32_t* places) const;

  Width width_;
  std::vector<std::uint32_t> bits_;
  unsigned shift_ = 32;
};

}  // namespace orgo::rules
