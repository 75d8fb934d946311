#include "base/text_diff.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace orgo {
namespace {

TEST(TextDiff, ShowsChangesWithTheLinesAroundThem) {
  EXPECT_EQ(unified_diff("a\nb\n", "a\nb\n", "x", "y"), "");
  EXPECT_EQ(unified_diff("a\nb\nc\nd\ne\n", "a\nb\nC\nd\ne\n", "old", "new"),
            "--- old\n+++ new\n@@ -1,5 +1,5 @@\n a\n b\n-c\n+C\n d\n e\n");
  EXPECT_EQ(unified_diff("", "a\n", "old", "new"), "--- old\n+++ new\n@@ -0,0 +1 @@\n+a\n");
  EXPECT_EQ(unified_diff("a\n", "", "old", "new"), "--- old\n+++ new\n@@ -1 +0,0 @@\n-a\n");
  EXPECT_EQ(unified_diff("a", "a\n", "old", "new"),
            "--- old\n+++ new\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
  const std::string many = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n";
  EXPECT_EQ(unified_diff("x\n" + many + "y\n", "X\n" + many + "Y\n", "o", "n"),
            "--- o\n+++ n\n@@ -1,4 +1,4 @@\n-x\n+X\n 1\n 2\n 3\n@@ -14,4 +14,4 @@\n 13\n 14\n 15\n-y\n+Y\n");
}

/// Undoes a diff by its own words: what stands with ' ' and '-' is the old text, with ' ' and '+' the new.
TEST(TextDiff, IsTrueAndAsShortAsThatOfDiff) {
  std::mt19937 random(7);
  const auto text = [&](int lines) {
    std::string out;
    for (int i = 0; i < lines; ++i) out += std::string(1, static_cast<char>('a' + random() % 4)) + "\n";
    return out;
  };
  for (int round = 0; round < 400; ++round) {
    const auto before = text(static_cast<int>(random() % 12)), after = text(static_cast<int>(random() % 12));
    const auto diff = unified_diff(before, after, "o", "n");
    if (before == after) {
      EXPECT_EQ(diff, "");
      continue;
    }
    // Lines that changed: not more than the longest common subsequence leaves.
    std::vector<std::string> a, b;
    for (std::size_t i = 0; i + 1 < before.size(); i += 2) a.push_back(before.substr(i, 2));
    for (std::size_t i = 0; i + 1 < after.size(); i += 2) b.push_back(after.substr(i, 2));
    std::vector<std::vector<std::size_t>> common(a.size() + 1, std::vector<std::size_t>(b.size() + 1, 0));
    for (std::size_t i = a.size(); i-- > 0;)
      for (std::size_t k = b.size(); k-- > 0;)
        common[i][k] = a[i] == b[k] ? common[i + 1][k + 1] + 1 : std::max(common[i + 1][k], common[i][k + 1]);
    std::size_t changed = 0;
    std::string old_part, new_part;
    std::size_t at = diff.find("@@");
    while (at < diff.size()) {
      const auto end = diff.find('\n', at);
      const auto line = diff.substr(at, end + 1 - at);
      if (line[0] == ' ' || line[0] == '-') old_part += line.substr(1);
      if (line[0] == ' ' || line[0] == '+') new_part += line.substr(1);
      if (line[0] == '-' || line[0] == '+') ++changed;
      at = end + 1;
    }
    EXPECT_EQ(changed, a.size() + b.size() - 2 * common[0][0]) << before << "---\n" << after << diff;
    // Short texts are one hunk or leave out common lines only.
    EXPECT_EQ(before.size() - old_part.size(), after.size() - new_part.size()) << diff;
  }
}

TEST(TextDiff, StaysBoundedWhenEverythingDiffers) {
  std::string before, after;
  for (int i = 0; i < 20'000; ++i) before += "a" + std::to_string(i) + "\n", after += "b" + std::to_string(i) + "\n";
  const auto diff = unified_diff("first\n" + before, "first\n" + after, "o", "n");
  EXPECT_NE(diff.find("-a19999\n+b0\n"), std::string::npos);
}

}  // namespace
}  // namespace orgo
