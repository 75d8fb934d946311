#include "protocol/mime/flowed.h"

#include <gtest/gtest.h>

namespace orgo::mime {
namespace {

std::string unflowed(std::string_view text, bool del_sp = false) {
  std::string out;
  append_unflowed(text, del_sp, out);
  return out;
}

TEST(Flowed, JoinsWhatEndsInASpace) {
  EXPECT_EQ(unflowed("The heating \nis cold.\n\nSince Monday.\n"), "The heating is cold.\n\nSince Monday.\n");
  EXPECT_EQ(unflowed("one \r\ntwo\r\nthree"), "one two\nthree");
}

TEST(Flowed, DelSpTakesTheSpaceAway) {
  EXPECT_EQ(unflowed("\xE6\x9A\x96 \n\xE6\x88\xBF\n", true), "\xE6\x9A\x96\xE6\x88\xBF\n");
}

TEST(Flowed, SpacesBeforeQuotesAndFromAreStuffing) {
  EXPECT_EQ(unflowed(" >no quote\n From here\n"), ">no quote\nFrom here\n");
}

TEST(Flowed, QuotesGoOnInTheirDepthOnly) {
  EXPECT_EQ(unflowed("> a \n> b\n>> c \n> d\nmine\n"), "> a b\n>> c \n> d\nmine\n");
  EXPECT_EQ(unflowed(">\n"), ">\n");
}

TEST(Flowed, ASignatureStaysAlone) {
  EXPECT_EQ(unflowed("Bye \n-- \nAnna\n"), "Bye \n-- \nAnna\n");
}

TEST(Flowed, IsBounded) {
  std::string lines;
  for (int i = 0; i < 10'000; ++i) lines += ">\n>> \n";
  EXPECT_LE(unflowed(lines).size(), lines.size() + 40'000);
  EXPECT_EQ(unflowed(""), "");
}

}  // namespace
}  // namespace orgo::mime
