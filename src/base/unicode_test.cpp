#include "base/unicode.h"

#include <gtest/gtest.h>
#include <unicode/normalizer2.h>

#include <chrono>
#include <random>

#include "base/same_text.h"

namespace orgo {
namespace {

TEST(Unicode, TellsWellFormedUtf8) {
  EXPECT_TRUE(is_valid_utf8("abc \u00FC \u0928 \U0001F600"));
  EXPECT_TRUE(is_valid_utf8("\xEF\xBF\xBD"));
  for (const char* bad :
       {"\x80", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xFF", "a\xC3"})
    EXPECT_FALSE(is_valid_utf8(bad)) << bad;
  EXPECT_TRUE(is_ascii(std::string(100, 'x')));
  for (std::size_t at = 0; at < 70; ++at) {
    std::string text(70, 'x');
    text[at] = '\x80';
    EXPECT_FALSE(is_ascii(text)) << at;
  }
}

TEST(Unicode, CutsBetweenCharacters) {
  EXPECT_EQ(cut_utf8("a\u00FCb", 2), "a");
  EXPECT_EQ(cut_utf8("a\u00FCb", 3), "a\u00FC");
  EXPECT_EQ(cut_utf8("abc", 3), "abc");
  EXPECT_EQ(count_characters("a\u00FC\U0001F600"), 3U);
}

TEST(Unicode, FoldsAllWaysToWriteTheSame) {
  EXPECT_EQ(fold_case("ABC xyz 09 @[`{"), "abc xyz 09 @[`{");
  EXPECT_EQ(fold_case("STRASSE"), fold_case("Stra\u00DFe"));
  EXPECT_EQ(fold_case("\u00DCbung"), fold_case("U\u0308BUNG"));
  EXPECT_EQ(fold_case("\uFF21\uFF22"), "ab");
  EXPECT_EQ(fold_case("soft\u00ADhyphen"), "softhyphen");
  EXPECT_EQ(fold_case("a\u00A0b"), "a b");
  EXPECT_EQ(fold_case("\u0130stanbul"), fold_case("i\u0307stanbul"));
  EXPECT_EQ(fold_case("\u039F\u0394\u039F\u03A3"), fold_case("\u03BF\u03B4\u03BF\u03C2"));  // final sigma
  EXPECT_EQ(fold_case("\u095B"), fold_case("\u091C\u093C"));                                // za, composed and not
  EXPECT_EQ(fold_case("a\x80z"), "a\uFFFDz");
}

TEST(Unicode, FoldingIsThatOfIcuForAnyText) {
  UErrorCode error = U_ZERO_ERROR;
  const auto* icu = icu::Normalizer2::getNFKCCasefoldInstance(error);
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (int i = 0, n = static_cast<int>(random() % 12); i < n; ++i) {
      char32_t c = 0;
      switch (random() % 6) {
        case 0:
          c = 0x20 + random() % 0x5F;
          break;
        case 1:
          c = 0x80 + random() % 0x780;
          break;
        case 2:
          c = 0x300 + random() % 0x70;
          break;  // combining marks
        case 3:
          c = 0x900 + random() % 0x80;
          break;  // Devanagari
        case 4:
          c = random() % 0xD800;
          break;
        default:
          c = 0x10000 + random() % 0x20000;
      }
      append_utf8(text, c);
    }
    icu::UnicodeString expected = icu->normalize(icu::UnicodeString::fromUTF8(text), error);
    std::string wanted;
    expected.toUTF8String(wanted);
    ASSERT_EQ(fold_case(text), wanted) << "round " << round;
  }
}

TEST(Unicode, ManyMarksOnOneLetterStayLinear) {
  std::string text = "a";
  for (int i = 0; i < 200'000; ++i) text += i % 2 == 0 ? "\u0301" : "\u0323";  // to be reordered all the way
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(fold_case(text).empty());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(Unicode, SeparatesWords) {
  std::string out;
  fold_words("\u201EWASSER\u201C\u2014Rohrbruch", out);
  EXPECT_EQ(out, " wasser  rohrbruch");
  fold_words("\u0924\u0924\u094D\u0915\u093E\u0932\u0964", out);  // with a danda at its end
  EXPECT_EQ(out, "\u0924\u0924\u094D\u0915\u093E\u0932 ");
  fold_words("\u6C34\u6F0F", out);
  EXPECT_EQ(out, " \u6C34  \u6F0F ");
  fold_words("A-b", out);
  EXPECT_EQ(out, "a-b");
}

TEST(Unicode, WidthsInATerminal) {
  EXPECT_EQ(display_width('a'), 1);
  EXPECT_EQ(display_width(0x6C34), 2);
  EXPECT_EQ(display_width(0x0301), 0);
  EXPECT_EQ(display_width(0x1F600), 2);
}

TEST(SameText, SpellingIsComposedOrNotAndCaseCounts) {
  for (const auto& [a, b] : {std::pair{"b\u00fcro", "bu\u0308ro"}, std::pair{"\ud55c", "\u1112\u1161\u11ab"},
                             std::pair{"\u212b", "\u00c5"}, std::pair{"desk", "desk"}, std::pair{"", ""}}) {
    EXPECT_TRUE(is_same_spelling(a, b)) << a;
    EXPECT_TRUE(is_same_text(a, b)) << a;
  }
  for (const auto& [a, b] : {std::pair{"B\u00fcro", "bu\u0308ro"}, std::pair{"Desk", "desk"},
                             std::pair{"b\u00fcro", "buro"}, std::pair{"\xff\u00fc", "\xffu\u0308"}})
    EXPECT_FALSE(is_same_spelling(a, b)) << a;
  EXPECT_TRUE(is_same_text("B\u00fcro", "bu\u0308RO"));
  EXPECT_FALSE(is_same_text("b\u00fcro", "buro"));
}

}  // namespace
}  // namespace orgo
