#include "app/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

namespace orgo {
namespace {

using ::testing::HasSubstr;

Table tasks() {
  Table table({"TASK", "STATE", "TEAM", "ASSIGNEE", "DUE", "TITLE"});
  table.add({"T-12", "acknowledged", "maintenance@organization.com", "", "2026-12-01 13:00",
             "Heating in the gym is broken since Tuesday and nobody came"});
  table.add({"T-9", "new", "it@organization.com", "", "", "プリンターが動きませんプリンターが動きません"});
  return table;
}

std::size_t widest(const std::string& text) {
  std::size_t most = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) most = std::max(most, shown_width(line));
  return most;
}

TEST(Table, LinesUpByWhatATerminalShows) {
  Table table({"A", "B"});
  table.add({"ää", "x"});
  table.add({"機機", "y"});
  table.add({"e\xCC\x81", "z"});
  EXPECT_EQ(table.text(0), "A     B\nää    x\n機機  y\ne\xCC\x81     z\n");
}

TEST(Table, FitsWithoutCuttingWordsNumbersAndTimes) {
  const auto text = tasks().text(80);
  EXPECT_EQ(widest(text), 80U) << text;
  EXPECT_THAT(text, HasSubstr("acknowledged"));
  EXPECT_THAT(text, HasSubstr("2026-12-01 13:00"));
  EXPECT_THAT(text, HasSubstr("…"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("ASSIGNEE"))) << "nothing stands in it";
  EXPECT_THAT(tasks().text(0), HasSubstr("nobody came")) << "into a file nothing is cut";
  EXPECT_THAT(tasks().text(0), HasSubstr("ASSIGNEE"));
}

TEST(Table, BecomesLinesWhereColumnsHaveNoRoom) {
  const auto text = tasks().text(40);
  EXPECT_LE(widest(text), 40U) << text;
  EXPECT_THAT(text, HasSubstr("TASK      T-12\nSTATE     acknowledged\n"));
  EXPECT_THAT(text, HasSubstr("\n\nTASK      T-9\n"));
}

TEST(Table, KeepsToAnyWidthFromThirty) {
  for (std::size_t width = 30; width < 160; ++width) EXPECT_LE(widest(tasks().text(width)), width) << width;
}

TEST(TerminalWidth, IsThatOfColumns) {
  ::setenv("COLUMNS", "77", 1);
  EXPECT_EQ(terminal_width(), 77U);
  for (const auto* nonsense : {"0", "x", "77x", "-5", "99999999999999999999"}) {
    ::setenv("COLUMNS", nonsense, 1);
    EXPECT_NE(terminal_width(), 77U) << nonsense;
  }
  ::unsetenv("COLUMNS");
}

}  // namespace
}  // namespace orgo
