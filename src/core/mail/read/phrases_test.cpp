#include "core/mail/read/phrases.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <string_view>

namespace orgo {
namespace {

/// Whatever the text is, the answers are those of a look at each phrase.
TEST(Phrases, AreFoundWhereTheyStand) {
  constexpr auto kWords =
      std::to_array<std::string_view>({"abab", "abba!", "bbbb", "Straße", "été:", "ababab", "\u5199\u9053", "zzzzz"});
  const Phrases phrases(kWords);
  const auto by_each = [&](auto&& holds) {
    for (const auto word : kWords)
      if (holds(fold_case(word))) return true;
    return false;
  };
  std::mt19937 random(3);
  constexpr auto kPieces = std::to_array<std::string_view>(
      {"a", "b", "ab", "ba", "!", "strasse", "stra", "é", "té:", "\u5199", "\u9053", "\xFF", "z"});
  std::size_t begun = 0, inside = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto n = random() % 7; n > 0; --n) text += kPieces[random() % kPieces.size()];
    const bool begins = by_each([&](const std::string& phrase) { return text.starts_with(phrase); });
    const bool stands = by_each([&](const std::string& phrase) { return text.find(phrase) != std::string::npos; });
    ASSERT_EQ(phrases.any_begins(text), begins) << text;
    ASSERT_EQ(phrases.any_in(text), stands) << text;
    begun += begins ? 1U : 0U;
    inside += stands ? 1U : 0U;
  }
  EXPECT_GT(begun, 1'000U);
  EXPECT_GT(inside, begun);
}

}  // namespace
}  // namespace orgo
