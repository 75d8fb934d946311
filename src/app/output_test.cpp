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

TEST(Report, IsOneLineOfJsonForPrograms) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(report({Errc::not_found, "there is no 'T-1'"}), kFailed);
  speak_json(true);
  EXPECT_EQ(report({Errc::invalid_input, "a\nb"}), kAskedWrongly);
  EXPECT_EQ(report({{.path = "r.yaml", .line = 4, .column = 7, .message = "unknown", .hint = "route_to"}}, {}),
            kFailed);
  notice("there are more");
  speak_json(false);
  EXPECT_EQ(
      ::testing::internal::GetCapturedStderr(),
      "orgo: there is no 'T-1'\n"
      "{\"error\":{\"code\":\"invalid_input\",\"message\":\"a\\nb\"}}\n"
      "{\"error\":{\"code\":\"invalid_input\",\"message\":\"1 error\",\"errors\":[{\"file\":\"r.yaml\",\"line\":4,"
      "\"column\":7,\"message\":\"unknown\",\"hint\":\"route_to\"}]}}\n"
      "{\"notice\":\"there are more\"}\n");
}

}  // namespace
}  // namespace orgo
