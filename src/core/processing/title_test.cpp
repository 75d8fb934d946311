#include "core/processing/title.h"
#include "base/one_line.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(Title, IsOneBoundedLine) {
  EXPECT_EQ(make_title("  Water\r\n leak\t\x01 now ", ""), "Water leak now");
  EXPECT_EQ(make_title("", "\n \n  First line \nSecond"), "First line");
  EXPECT_EQ(make_title(" ", "\n\n"), "(no subject)");
  EXPECT_EQ(make_title(std::string(500, 'x'), "").size(), 500U);
  EXPECT_EQ(make_title(std::string(501, 'x'), "").size(), 500U);
  std::string umlauts;
  for (int i = 0; i < 300; ++i) umlauts += "ä";
  EXPECT_EQ(make_title("x" + umlauts, "").size(), 499U) << "not within a character";
  EXPECT_EQ(one_line("abc\xE2\x80\xAEgpj.exe", 100), "abcgpj.exe");
}

TEST(Title, OfAReplyThatOpensATaskHasNoMarkerOfTheOther) {
  EXPECT_EQ(behind_marker("Re: [T-5] Water leak", TaskNumber{5}), "Water leak");
  EXPECT_EQ(behind_marker("AW: [list] [T-5]  Water [roof] leak ", TaskNumber{5}), "Water [roof] leak");
  EXPECT_EQ(behind_marker("Re: [T-5] Water leak", TaskNumber{6}), "Re: [T-5] Water leak") << "of another house";
  EXPECT_EQ(behind_marker("Re: [T-5] Water leak", TaskNumber{}), "Re: [T-5] Water leak");
  EXPECT_EQ(behind_marker("Re: [T-5] ", TaskNumber{5}), "Re: [T-5] ") << "nothing is left";
  EXPECT_EQ(behind_marker("Water leak", TaskNumber{5}), "Water leak");
}

}  // namespace
}  // namespace orgo
