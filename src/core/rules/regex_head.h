#pragma once
#include <array>
#include <string_view>

#include "core/rules/byte_set.h"

namespace orgo::rules {

/// What the first characters of a match of some piece of a regular expression may be, as far as that is known.
class RegexHead {
 public:
  static constexpr std::size_t kDepth = 4;  ///< characters that are looked at

  /// Matches nothing but the empty text.
  static RegexHead empty() { return RegexHead(1U); }
  static RegexHead of(const ByteSet& set);
  static RegexHead of(std::string_view text);
  /// Nothing is known: any text, or none.
  static RegexHead anything();

  [[nodiscard]] RegexHead then(const RegexHead& next) const;
  [[nodiscard]] RegexHead or_else(const RegexHead& other) const;
  [[nodiscard]] RegexHead optional() const { return or_else(empty()); }
  /// At least so many times, without a limit.
  [[nodiscard]] RegexHead repeated(int least) const;

  /// The characters of a folded text in which the match stands (folded_text.h), as many as can be told: where two
  /// characters that follow each other may both be white space, places can't be counted any more.
  [[nodiscard]] Tail folded() const;

 private:
  explicit RegexHead(unsigned lengths) : lengths_(lengths) {}
  std::array<ByteSet, kDepth> sets_{};  ///< empty where no match reaches
  unsigned lengths_;                    ///< bit n: a match may have n characters; bit kDepth: that or more
};

}  // namespace orgo::rules
