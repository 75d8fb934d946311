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

}  // namespace
}  // namespace orgo
