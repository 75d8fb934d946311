#include "base/diagnostic.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(Diagnostic, LooksAsPromised) {
  const std::string source =
      "rules:\n\n\n\n\n    action:\n      route_too: \"maintenance@organization.com\"\n\n      escalate_after: \"2 "
      "hourz\"\n";
  const Diagnostic unknown{"modules/maintenance/rules.yaml",
                           7,
                           7,
                           9,
                           "unknown action 'route_too'",
                           "did you mean 'route_to'? (known: escalate_after, notify, route_to, set_priority)"};
  EXPECT_EQ(
      to_string(unknown, source),
      "modules/maintenance/rules.yaml:7:7: error: unknown action 'route_too'\n"
      "    7 |       route_too: \"maintenance@organization.com\"\n"
      "      |       ^~~~~~~~~ did you mean 'route_to'? (known: escalate_after, notify, route_to, set_priority)\n");
}

TEST(Diagnostic, UnderlinesRightBehindTabsAndWideLetters) {
  EXPECT_EQ(to_string({"a", 1, 3, 1, "m", ""}, "\t\tx"), "a:1:3: error: m\n    1 | \t\tx\n      | \t\t^\n");
  EXPECT_EQ(to_string({"a", 1, 3, 2, "m", ""}, "\u00FC\u00FCxy"),
            "a:1:3: error: m\n    1 | \u00FC\u00FCxy\n      |   ^~\n");
  EXPECT_EQ(to_string({"a", 1, 2, 1, "m", ""}, "\u6C34x"), "a:1:2: error: m\n    1 | \u6C34x\n      |   ^\n");
  EXPECT_EQ(to_string({"a", 1, 3, 1, "m", ""}, "e\u0301x"), "a:1:3: error: m\n    1 | e\u0301x\n      |  ^\n");
}

TEST(Diagnostic, AtTheEndOfALineAndWithoutPlace) {
  EXPECT_EQ(to_string({"a", 1, 4, 1, "m", "h"}, "abc\r\nd"), "a:1:4: error: m\n    1 | abc\n      |    ^ h\n");
  EXPECT_EQ(to_string({"a", 0, 0, 1, "m", "h"}, "abc"), "a: error: m; h\n");
  EXPECT_EQ(to_string({"a", 9, 1, 1, "m", ""}, "abc"), "a:9:1: error: m\n");
}

TEST(Diagnostic, LongLinesAreCutAndControlsAreNotObeyed) {
  const auto text = to_string({"a", 1, 500, 1, "m", ""}, std::string(499, 'x') + "y" + std::string(500, 'z'));
  EXPECT_LT(text.size(), 600U);
  EXPECT_NE(text.find("...x"), std::string::npos);
  EXPECT_NE(text.find("z..."), std::string::npos);
  EXPECT_EQ(to_string({"a", 1, 1, 1, "m", ""}, "\x1B[31m").find('\x1B'), std::string::npos);
}

TEST(Diagnostic, SeveralFindTheirSources) {
  EXPECT_EQ(to_string({{"b", 1, 1, 1, "m", ""}, {"c", 1, 1, 1, "n", ""}}, {{"a", "x"}, {"b", "y"}}),
            "b:1:1: error: m\n    1 | y\n      | ^\nc:1:1: error: n\n");
}

}  // namespace
}  // namespace orgo
