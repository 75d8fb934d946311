#include "base/text.h"

#include <gtest/gtest.h>

#include <array>

namespace orgo {
namespace {

TEST(Text, TrimsSplitsAndJoins) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim("   "), "");
  EXPECT_EQ(split("a,,b", ',').size(), 3U);
  EXPECT_EQ(split("", ',').size(), 1U);
  EXPECT_EQ(join(std::array<std::string, 2>{"a", "b"}, ", "), "a, b");
}

TEST(Text, ComparesAsciiWithoutCase) {
  EXPECT_TRUE(ascii_iequals("SubJect", "subject"));
  EXPECT_FALSE(ascii_iequals("\xC3\x84", "\xC3\xA4"));  // not ASCII: left alone
  EXPECT_TRUE(ascii_istarts_with("RCPT TO:<a>", "rcpt to:"));
}

TEST(NearestName, MeansWhatWasNearlyWritten) {
  constexpr std::array<std::string_view, 4> known{"escalate_after", "notify", "route_to", "set_priority"};
  EXPECT_EQ(nearest_name("route_too", known), "route_to");
  EXPECT_EQ(nearest_name("rotue_to", known), "route_to");
  EXPECT_EQ(nearest_name("banana", known), "");
}

TEST(Utf8, KnowsWhatIsWellFormed) {
  EXPECT_TRUE(
      is_utf8("Stra\xC3\x9F"
              "e \xE2\x82\xAC \xF0\x9F\x92\xA7"));
  EXPECT_FALSE(is_utf8("\xC0\x80")) << "overlong";
  EXPECT_FALSE(is_utf8("\xED\xA0\x80")) << "surrogate";
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80")) << "past U+10FFFF";
  EXPECT_FALSE(is_utf8("a\xE2\x82")) << "cut";
  EXPECT_EQ(utf8_length("\xE2\x82\xAC", 0), 3U);
}

}  // namespace
}  // namespace orgo
