#include "base/csv.h"

#include <gtest/gtest.h>

#include <string>

namespace orgo {
namespace {

TEST(CsvLine, QuotesWhatWouldBreakIt) {
  EXPECT_EQ(csv_line({"a", "", "b c"}), "a,,b c\n");
  EXPECT_EQ(csv_line({"a,b", "say \"so\"", "two\nlines", "cr\r"}, ',', "\r\n"),
            "\"a,b\",\"say \"\"so\"\"\",\"two\nlines\",\"cr\r\"\r\n");
  EXPECT_EQ(csv_line({"a,b", "c;d"}, ';'), "a,b;\"c;d\"\n");
  EXPECT_EQ(csv_line({}), "\n");
}

TEST(InertCell, LeavesOrdinaryWords) {
  for (const auto* text : {"", "A leak", "1-2", "a = b", "x@example.org", "a-b;c", "2026-11-30T10:00:00+01:00", "'",
                           "Grüße, Anna", "T-1", "3 + 4, or 5"})
    EXPECT_EQ(inert_cell(text), text);
}

TEST(InertCell, DisarmsWhatBeginsAFormula) {
  EXPECT_EQ(inert_cell("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
  for (const auto* begin : {"=", "+", "-", "@", "＝", "＋", "－", "＠"}) {
    const std::string formula = begin + std::string("1+1");
    EXPECT_EQ(inert_cell(formula), "'" + formula);
    EXPECT_EQ(inert_cell("  " + formula), "  '" + formula);
    EXPECT_EQ(inert_cell("\"" + formula), "\"'" + formula);
    EXPECT_EQ(inert_cell("x;" + formula), "x;'" + formula) << "a semicolon parts cells where a comma parts decimals";
    EXPECT_EQ(inert_cell("x, " + formula), "x, '" + formula);
    EXPECT_EQ(inert_cell("x\t" + formula), "x\t'" + formula);
    EXPECT_EQ(inert_cell("x\n" + formula), "x\n'" + formula);
  }
  EXPECT_EQ(inert_cell("\tx"), "'\tx");
  EXPECT_EQ(inert_cell("\r=x"), "'\r'=x");
}

}  // namespace
}  // namespace orgo
