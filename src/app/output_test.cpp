#include "app/output.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(Cell, IsOneLineWithoutControlCharacters) {
  EXPECT_EQ(cell("a\r\nb\x1b[31mc"), "a b [31mc");
}

TEST(Cell, IsCutBetweenCharacters) {
  EXPECT_EQ(cell("ääää", 4), "ääää");
  EXPECT_EQ(cell("äääää", 4), "äää…");
}

TEST(Table, LinesUpByCharacters) {
  Table table({"A", "B"});
  table.add({"ää", "x"});
  table.add({"b", "y"});
  EXPECT_EQ(table.text(), "A   B\nää  x\nb   y\n");
}

}  // namespace
}  // namespace orgo
