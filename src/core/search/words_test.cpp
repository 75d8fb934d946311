#include "core/search/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/unicode.h"

namespace orgo::search {
namespace {

using testing::ElementsAre;

std::vector<std::string> texts(std::string_view text) {
  std::vector<std::string> all;
  for (auto& word : words_of(text, 1'000)) all.push_back(std::move(word.text));
  return all;
}

TEST(SearchWords, FoldsCaseAccentsAndForms) {
  EXPECT_THAT(texts("Straße MÜLLER Čeština ﬁle １２"), ElementsAre("strasse", "muller", "cestina", "file", "12"));
  EXPECT_THAT(texts("u\u0308ber Łódź Ærø"), ElementsAre("uber", "lodz", "aero"));
  EXPECT_THAT(texts("Ёлка"), ElementsAre("елка"));
  EXPECT_THAT(texts("Καλημέρα"), ElementsAre("καλημερα"));
}

TEST(SearchWords, KeepsMarksThatMakeAnotherLetter) {
  EXPECT_THAT(texts("हिन्दी"), ElementsAre("हिन्दी"));
  EXPECT_THAT(texts("が"), ElementsAre("が"));
  EXPECT_THAT(texts("한국어"), ElementsAre("한국어"));
}

TEST(SearchWords, SplitsAtAllThatIsNoLetter) {
  EXPECT_THAT(texts("anna.berg@example.org, T-12 foo_bar"),
              ElementsAre("anna", "berg", "example", "org", "t", "12", "foo", "bar"));
  EXPECT_THAT(texts("東京都abc"), ElementsAre("東", "京", "都", "abc"));
}

TEST(SearchWords, LongWordsAreKnownByTheirBeginning) {
  EXPECT_EQ(texts(std::string(100, 'a')).at(0).size(), kWordMax);
}

TEST(SearchWords, SayWhereTheyStand) {
  const std::string text = "ein Müller.";
  const auto words = words_of(text, 10);
  EXPECT_EQ(text.substr(words.at(1).begin, words.at(1).end - words.at(1).begin), "Müller");
}

TEST(SearchWords, ALetterMayHaveAStrokeAndAnAccent) {
  EXPECT_EQ(texts("Ǣ ǿ ḥ"), (std::vector<std::string>{"ae", "o", "h"}));
}

/// What is typed as it was found is found again.
TEST(SearchWords, EachCharactersWordsAreTheirOwn) {
  for (char32_t c = 0; c < 0x20000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text;
    append_utf8(text, c);
    for (const auto& word : texts(text)) ASSERT_THAT(texts(word), ElementsAre(word)) << std::hex << std::uint32_t{c};
  }
}

RC_GTEST_PROP(SearchWords, AWordIsItsOwnWord, (const std::string& text)) {
  for (const auto& word : words_of(text, 1'000)) {
    RC_ASSERT(!word.text.empty());
    RC_ASSERT(word.begin < word.end);
    RC_ASSERT(word.end <= text.size());
    RC_ASSERT(texts(word.text).at(0) == word.text);
  }
}

}  // namespace
}  // namespace orgo::search
