#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/vector_level.h"

namespace orgo::rules {

/// A text in the form in which conditions compare it: without case and in one form (base/unicode.h, fold_case), a run
/// of white space is one space, none at the ends. Beside it the same bytes with a space for everything that is no part
/// of a word, for keywords. Both are made in one pass, 64 or 16 bytes at a time where the machine can.
class FoldedText {
 public:
  static constexpr std::size_t kMargin = 64;  ///< readable spaces before and behind both forms

  explicit FoldedText(VectorLevel level = vector_level()) : level_(level) {}
  /// Its memory is used again by the next one.
  void set(std::string_view raw);
  [[nodiscard]] std::string_view text() const { return {text_.data() + kMargin, size_}; }
  /// As long as text(): byte for byte a letter of a word, or a space. Characters that are a word each (Han, kana, Thai)
  /// are spaces, too. At least kMargin spaces stand before and behind it.
  [[nodiscard]] const char* words() const { return words_.data() + kMargin; }
  /// A letter may have been composed of an ASCII letter and a combining mark, so that the ASCII letter is gone.
  [[nodiscard]] bool composed() const { return composed_; }
  /// Where byte `at` of text() stands in what set() was given; only when that was ASCII, which is_plain() says.
  [[nodiscard]] std::size_t raw_of(std::size_t at) const;
  [[nodiscard]] bool is_plain() const { return plain_; }
  /// Gives back the memory of large texts.
  void shrink(std::size_t most);

 private:
  /// With `only_ascii`: false when it is none, and then nothing is made.
  bool normalize(std::string_view folded, bool only_ascii);
  bool normalize_16(std::string_view folded, bool only_ascii);
  bool normalize_64(std::string_view folded, bool only_ascii);
  void finish(std::size_t size);

  VectorLevel level_;
  std::string text_;
  std::string words_;
  std::string folded_;
  std::size_t size_ = 0;
  std::size_t room_ = 0;  ///< of the largest text since the memory was looked at
  bool composed_ = false;
  bool plain_ = true;
  struct Jump {
    std::size_t out;  ///< from here on in text() ...
    std::size_t in;   ///< ... from here on in the raw text
  };
  std::vector<Jump> jumps_;
};

/// Where bytes [at, at + length) of the folded form stand in `raw`; nullopt when folding has mixed them too much. For
/// people's eyes, on demand: this is slow.
std::optional<std::pair<std::size_t, std::size_t>> place_in_raw(std::string_view raw, std::size_t at,
                                                                std::size_t length);

}  // namespace orgo::rules
