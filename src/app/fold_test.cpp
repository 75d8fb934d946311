#include "app/fold.h"

#include <gtest/gtest.h>

#include <ostream>
#include <sstream>

#include "app/table.h"

namespace orgo {
namespace {

std::string written(std::string_view text, std::size_t width) {
  std::stringbuf to;
  FoldBuffer buffer(to, [width] { return width; });
  std::ostream out(&buffer);
  out << text << std::flush;
  return to.str();
}

TEST(Fold, BreaksBetweenWordsAndIndentsWhatGoesOn) {
  EXPECT_EQ(fold_line("short", 20), "short");
  EXPECT_EQ(fold_line("one two three four five", 0), "one two three four five");
  EXPECT_EQ(fold_line("one two three four five six", 20), "one two three four\n  five six");
  EXPECT_EQ(fold_line("  a: one two three four five", 20), "  a: one two three\n    four five");
  EXPECT_EQ(fold_line("  why    one two three four five six", 24), "  why    one two three\n         four five six");
}

TEST(Fold, AWordStaysWhole) {
  EXPECT_EQ(fold_line("see /a/path/that/is/longer/than/that and more", 20),
            "see\n  /a/path/that/is/longer/than/that\n  and more");
}

TEST(Fold, WidthsAreThoseOfATerminal) {
  EXPECT_EQ(fold_line("水漏れ 水漏れ 水漏れ 水漏れ", 20), "水漏れ 水漏れ 水漏れ\n  水漏れ");
  EXPECT_EQ(fold_line("\x1b[31mone\x1b[0m two three four", 20), "\x1b[31mone\x1b[0m two three four")
      << "colours take no columns";
}

TEST(Fold, EachLineFitsAndNoWordIsLost) {
  std::string text = "  findings       ";
  for (int i = 0; i < 60; ++i) text += "word" + std::to_string(i * i) + (i % 7 == 0 ? ", " : " ");
  for (std::size_t width = 40; width <= 200; width += 8) {
    std::istringstream lines(fold_line(text, width));
    std::string words;
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(shown_width(line), width);
      std::istringstream all(line);
      for (std::string word; all >> word;) words += word + " ";
    }
    std::istringstream all(text);
    std::string expected;
    for (std::string word; all >> word;) expected += word + " ";
    EXPECT_EQ(words, expected);
  }
}

TEST(Fold, WhatIsForProgramsStays) {
  const std::string json = R"({"message": "a long line of json with words in it"})"
                           "\n";
  EXPECT_EQ(written(json, 20), json);
  EXPECT_EQ(written("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]\n", 20), "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]\n");
  EXPECT_EQ(written("one two three four five\n\na question? ", 20), "one two three four\n  five\n\na question? ");
  const std::string endless(3 * FoldBuffer::kLineMax, 'x');
  EXPECT_EQ(written(endless, 20), endless);
}

}  // namespace
}  // namespace orgo
