#pragma once
#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/unicode.h"

namespace orgo {

/// Phrases as people write them, folded once, since folding turns "ß" into "ss" and "é" into one form. Each line of a
/// mail is asked for many of them, so that the first bytes decide for nearly all.
class Phrases {
 public:
  explicit Phrases(std::span<const std::string_view> words) {
    for (const auto word : words) phrases_.push_back(fold_case(word));
    std::ranges::sort(phrases_);
    for (const auto& phrase : phrases_) {
      shortest_ = std::min(shortest_, std::max(phrase.size(), kGram));
      if (phrase.size() >= kGram) starts_[gram(phrase.data())] = true;
      ++begin_[static_cast<unsigned char>(phrase.front()) + 1U];
    }
    std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
  }

  /// Those that begin with the same byte as `text`.
  [[nodiscard]] std::span<const std::string> like(std::string_view text) const {
    if (text.empty()) return {};
    const auto byte = static_cast<unsigned char>(text.front());
    return std::span(phrases_).subspan(begin_[byte], begin_[byte + 1U] - begin_[byte]);
  }
  /// Does the text begin with one of them?
  [[nodiscard]] bool any_begins(std::string_view text) const {
    return std::ranges::any_of(like(text), [&](const std::string& phrase) { return text.starts_with(phrase); });
  }
  /// Does one of them, none shorter than four bytes, stand anywhere in the text?
  [[nodiscard]] bool any_in(std::string_view text) const {
    for (std::size_t at = 0; at + shortest_ <= text.size(); ++at)
      if (starts_[gram(text.data() + at)] && any_begins(text.substr(at))) return true;
    return false;
  }

 private:
  static constexpr std::size_t kGram = 4;  // no phrase is shorter that is looked for within a text
  static std::size_t gram(const char* bytes) {
    std::uint32_t four = 0;
    std::memcpy(&four, bytes, kGram);
    return (four * 0x9E3779B1U) >> 20U;
  }

  std::vector<std::string> phrases_;
  std::array<std::uint16_t, 257> begin_{};
  std::bitset<4096> starts_;
  std::size_t shortest_ = 1U << 16U;
};

}  // namespace orgo
