#include "base/stored_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/unicode.h"

namespace orgo {
namespace {

TEST(StoredText, LeavesWhatIsWellFormedAsItIs) {
  for (const std::string_view text : {"", "plain", "12345678", "123456789", "Stra\u00DFe", "\u65E5\u672C", "\U0001F600",
                                      "\uFFFD", "tab\tand\r\nlines\x01"}) {
    const StoredText stored(text);
    EXPECT_EQ(stored.view(), text);
    EXPECT_FALSE(stored.is_mended()) << text;
    EXPECT_TRUE(is_storable(text)) << text;
  }
}

TEST(StoredText, MendsWhatIsNot) {
  const auto mended = [](std::string_view text) { return stored_text(text); };
  EXPECT_EQ(mended(std::string_view("a\0b", 3)), "a\uFFFDb");
  EXPECT_EQ(mended(std::string_view("\0", 1)), "\uFFFD");
  EXPECT_EQ(mended(std::string_view("12345678\0", 9)), "12345678\uFFFD");
  EXPECT_EQ(mended("caf\xE9 au lait"), "caf\uFFFD au lait") << "Latin-1";
  EXPECT_EQ(mended("\xC3"), "\uFFFD") << "half a character";
  EXPECT_EQ(mended("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD") << "a surrogate";
  EXPECT_EQ(mended("\xC0\xAF"), "\uFFFD\uFFFD") << "an overlong form";
}

TEST(StoredText, CutsBetweenTwoCharacters) {
  EXPECT_EQ(stored_text("abc", 3), "abc");
  EXPECT_EQ(stored_text("abcd", 3), "abc");
  EXPECT_EQ(stored_text("ab\u00E9", 3), "ab");
  EXPECT_EQ(stored_text("ab\u00E9", 4), "ab\u00E9");
  EXPECT_EQ(stored_text("\xFF"
                        "ab\u00E9\u00E9",
                        7),
            "\uFFFD"
            "ab\u00E9");
  EXPECT_EQ(stored_text("\xFF\xFF", 5), "\uFFFD");
  EXPECT_EQ(stored_text("\xFF", 2), "");
}

RC_GTEST_PROP(StoredText, IsAlwaysStorableWithinTheLimitAndMendedOnce, (const std::string& text, std::uint8_t most)) {
  const auto whole = stored_text(text);
  RC_ASSERT(is_storable(whole));
  RC_ASSERT(is_valid_utf8(whole) && whole.find('\0') == std::string::npos);
  RC_ASSERT(stored_text(whole) == whole);
  RC_ASSERT((whole == text) == is_storable(text));
  const auto cut = stored_text(text, most);
  RC_ASSERT(cut.size() <= most);
  RC_ASSERT(is_storable(cut));
  RC_ASSERT(whole.starts_with(cut));
  RC_ASSERT(cut.size() == whole.size() || cut.size() + 4 > most);
}

}  // namespace
}  // namespace orgo
