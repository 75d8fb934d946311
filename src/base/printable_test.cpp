#include "base/printable.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(PrintableLine, LeavesNothingThatATerminalObeys) {
  EXPECT_EQ(printable_line("a\x1b[2Jb\xc2\x9b\r\nc\xffü\x7f"), "a [2Jb   c?ü ");
  EXPECT_EQ(printable_line(std::string("a\0b", 3)), "a b");
  EXPECT_EQ(printable_line(std::string(300, 'x')).size(), 300U);
  EXPECT_EQ(printable_line(std::string(301, 'x')).size(), 300U);
  EXPECT_EQ(printable_line("aüü", 2), "aü");  // a character is not cut in two
}

}  // namespace
}  // namespace orgo
