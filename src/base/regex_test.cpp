#include "base/regex.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(Regex, FindsTheLeftmostMatch) {
  const auto regex = Regex::compile("room [0-9]+", {});
  ASSERT_TRUE(regex);
  EXPECT_TRUE(regex->matches("in room 102."));
  EXPECT_FALSE(regex->matches("in Room 102."));
  EXPECT_EQ(regex->find("in room 102."), (std::pair<std::size_t, std::size_t>{3, 8}));
  EXPECT_FALSE(regex->find("nothing"));
}

TEST(Regex, IgnoresCaseWhereAsked) {
  EXPECT_TRUE(Regex::compile("\u00FCbung", {.ignore_case = true})->matches("FEUER\u00DCBUNG"));
}

TEST(Regex, GivesTheFirstGroupThatTookPart) {
  const auto group = [](std::string_view pattern, std::string_view text) {
    return Regex::compile(pattern, {})->first_group(text);
  };
  EXPECT_EQ(group("room (\\d+)", "in room 102, please"), "102");
  EXPECT_EQ(group("room (\\d+)|raum (\\w+)", "im raum 7b"), "7b");
  EXPECT_EQ(group("(?:room|raum) \\d+", "room 9"), "room 9");
  EXPECT_EQ(group("a(b)?", "a"), "");
  EXPECT_EQ(group("room (\\d+)", "no room"), std::nullopt);
}

TEST(Regex, RefusesWhatIsWrongOrTooLarge) {
  EXPECT_EQ(Regex::compile("(a", {}).error().message, "missing ): (a");
  EXPECT_EQ(Regex::compile("(?=a)", {}).error().message, "invalid perl operator: (?=");
  EXPECT_EQ(Regex::compile("((a{100}){100}){100}", {}).error().message, "invalid repetition size: {100}");
  EXPECT_EQ(Regex::compile("(\\pL{500}){2}", {}).error().message, "too large when compiled; repeat counts multiply");
  EXPECT_TRUE(Regex::compile(std::string(4096, 'a'), {}));
  EXPECT_EQ(Regex::compile(std::string(4097, 'a'), {}).error().message, "longer than 4096 bytes");
}

}  // namespace
}  // namespace orgo
