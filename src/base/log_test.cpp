#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/json.h"

namespace orgo {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

class Log : public testing::Test {
 protected:
  Log() {
    log::capture([this](std::string_view line) { lines.emplace_back(line); });
  }
  ~Log() override {
    log::capture({});
    log::configure({});
  }
  std::vector<std::string> lines;
};

TEST_F(Log, WritesTheEventThenKeysAndValues) {
  log::warn(
      "delivery.retry",
      {{"send", "s4"}, {"attempt", 3}, {"wait_s", 4.5}, {"last", false}, {"cause", std::string("429 from provider")}});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0],
              EndsWith(R"( warn delivery.retry send=s4 attempt=3 wait_s=4.5 last=false cause="429 from provider")"));
}

TEST_F(Log, KeepsHostileValuesOnOneLineAndQuoted) {
  log::info("x.y", {{"subject", "a\nerror fake.line a=\"b\"\x1b[31m"}, {"empty", ""}, {"bad", "\xff"}});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].find('\n'), std::string::npos);
  EXPECT_EQ(lines[0].find('\x1b'), std::string::npos);
  EXPECT_THAT(lines[0], HasSubstr(R"(subject="a\nerror fake.line a=\"b\")"));
  EXPECT_THAT(lines[0], HasSubstr(R"(empty="")"));
  EXPECT_THAT(lines[0], HasSubstr("bad=\"\xEF\xBF\xBD\""));
}

TEST_F(Log, CutsAValueAfterTheLimitAndAtACharacter) {
  log::info("x.y", {{"at", std::string(1024, 'a')}, {"past", std::string(1023, 'a') + "\xC3\xA4"}});
  EXPECT_THAT(lines[0], HasSubstr("at=" + std::string(1024, 'a') + " "));
  EXPECT_THAT(lines[0], HasSubstr("past=\"" + std::string(1023, 'a') + "...\""));
}

TEST_F(Log, WritesJsonLines) {
  log::configure({.format = log::Format::json});
  log::error("store.failed", {{"cause", "disk \"full\"\n"}, {"code", 28}, {"again", true}});
  const auto parsed = parse_json(lines.at(0));
  ASSERT_TRUE(parsed) << lines.at(0);
  const auto& object = parsed->as_object();
  EXPECT_EQ(object.at("level"), "error");
  EXPECT_EQ(object.at("event"), "store.failed");
  EXPECT_EQ(object.at("cause"), "disk \"full\"\n");
  EXPECT_EQ(object.at("code"), 28);
  EXPECT_EQ(object.at("again"), true);
}

TEST_F(Log, LeavesOutWhatIsBelowTheLevel) {
  log::debug("a.b");
  EXPECT_TRUE(lines.empty());
  log::configure({.level = log::Level::debug});
  log::debug("a.b");
  EXPECT_EQ(lines.size(), 1U);
  log::configure({.level = log::Level::off});
  log::error("a.b");
  EXPECT_EQ(lines.size(), 1U);
}

TEST_F(Log, LimitsRepeatsOfOneEventAndCountsThem) {
  log::configure({.lines_per_second = 3});
  for (int i = 0; i < 3; ++i) log::info("door.refused", {{"i", i}});
  EXPECT_EQ(lines.size(), 3U);
  for (int i = 0; i < 100; ++i) log::info("door.refused");
  log::info("other.event");
  EXPECT_LE(lines.size(), 8U) << "a second may have passed meanwhile, but not thirty";
  lines.clear();
  log::flush();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], HasSubstr("log.suppressed of=door.refused lines="));
  log::flush();
  EXPECT_EQ(lines.size(), 1U) << "told once";
}

TEST(LogLevel, IsReadByName) {
  EXPECT_EQ(*log::parse_level("warn"), log::Level::warn);
  const auto wrong = log::parse_level("loud");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "'loud' is not a log level; use debug, info, warn, error or off");
}

TEST(LogSecret, IsNeverPrinted) {
  EXPECT_EQ(log::secret("hunter2"), "[secret]");
  EXPECT_EQ(log::secret(""), "");
}

}  // namespace
}  // namespace orgo
