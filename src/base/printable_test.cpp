#include "base/printable.h"

#include <gtest/gtest.h>

#include "base/one_line.h"

namespace orgo {
namespace {

TEST(PrintableLine, LeavesNothingThatATerminalObeys) {
  EXPECT_EQ(printable_line("a\x1b[2Jb\xc2\x9b\r\nc\xffü\x7f"), "a [2Jb   c?ü ");
  EXPECT_EQ(printable_line(std::string("a\0b", 3)), "a b");
  EXPECT_EQ(printable_line(std::string(300, 'x')).size(), 300U);
  EXPECT_EQ(printable_line(std::string(301, 'x')).size(), 300U);
  EXPECT_EQ(printable_line("aüü", 2), "aü");  // a character is not cut in two
}

TEST(PrintableLine, AndOneLineLeaveNoMarksOfDirectionAndNoOtherLineEnds) {
  for (const char* mark : {"\u061c", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066",
                           "\u2067", "\u2068", "\u2069"}) {
    EXPECT_EQ(printable_line("gnp" + std::string(mark) + "exe"), "gnp exe");
    EXPECT_EQ(one_line("gnp" + std::string(mark) + "exe", 100), "gnpexe");
  }
  for (const char* end : {"\u2028", "\u2029", "\u0085", "\u009b"}) {
    EXPECT_EQ(printable_line("a" + std::string(end) + "b"), "a b");
    EXPECT_EQ(one_line("a" + std::string(end) + "b", 100), "a b");
    EXPECT_EQ(one_line(std::string(end) + "a" + end, 100), "a");
  }
  EXPECT_EQ(one_line("a \u200e\u2028 b\u200f", 100), "a b");
  EXPECT_EQ(one_line("“zitiert” – ok…", 100), "“zitiert” – ok…");
}

}  // namespace
}  // namespace orgo
