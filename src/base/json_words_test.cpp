#include "base/json_words.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

std::string words(std::string_view json) {
  return value_in_words(parse_json(json).value(), [](std::string text) { return text; });
}

TEST(JsonWords, HaveNoMarksOfJson) {
  EXPECT_EQ(words(R"("open")"), "open");
  EXPECT_EQ(words("2"), "2");
  EXPECT_EQ(words("true"), "yes");
  EXPECT_EQ(words("false"), "no");
  EXPECT_EQ(words("null"), "none");
  EXPECT_EQ(words("[]"), "none");
  EXPECT_EQ(words("{}"), "none");
  EXPECT_EQ(words(R"(["water", "roof"])"), "water, roof");
  EXPECT_EQ(words(R"({"pending_until": "friday", "level": 2, "gone": null})"), "pending until: friday, level: 2");
  EXPECT_EQ(words(R"([{"name": "room", "to": "102"}, {"name": "day", "to": ""}])"),
            "name: room, to: 102; name: day, to: ");
}

TEST(JsonWords, TextsAreShownAsTheCallerSays) {
  const auto loud = [](const std::string& text) { return "<" + text + ">"; };
  EXPECT_EQ(value_in_words(parse_json(R"({"a": ["b", {"c": "d"}]})").value(), loud), "a: <b>; c: <d>");
  EXPECT_EQ(members_in_words(parse_json(R"({"a": "b", "c": null})").value().as_object(), loud), "a: <b>");
}

}  // namespace
}  // namespace orgo
