#include "app/policies/silence_settings.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/rules/rule_set.h"

namespace orgo {
namespace {

LocalDay day(std::string_view text) {
  return *parse_local_day(text);
}

class SilenceSettingsTest : public ::testing::Test {
 protected:
  [[nodiscard]] bool is_silent(std::string_view text) const {
    const auto settings = silence_settings(config, rules->workplace());
    EXPECT_TRUE(std::is_sorted(settings.holidays.begin(), settings.holidays.end()));
    return std::binary_search(settings.holidays.begin(), settings.holidays.end(), day(text));
  }
  const std::shared_ptr<const rules::RuleSet> rules = rules::load_rules({{"rules.yaml", R"(
calendars:
  school: {default: true, time_zone: Europe/Berlin, hours: {mon-fri: "8-16"}, holidays: [12-25, 2026-12-27],
           exceptions: {2026-12-24: closed, 2026-12-28: "8-10"}}
  office: {time_zone: Asia/Kolkata, hours: always, holidays: [01-26]}
)"}}).rules;
  Config config;
};

TEST_F(SilenceSettingsTest, TheDefaultCalendarsClosedDaysCount) {
  EXPECT_TRUE(is_silent("2026-12-25"));
  EXPECT_TRUE(is_silent("2026-12-24"));   // an exception without hours
  EXPECT_FALSE(is_silent("2026-12-28"));  // one with hours
  EXPECT_FALSE(is_silent("2026-12-27"));  // a Sunday: the rhythm knows it
  EXPECT_FALSE(is_silent("2026-12-26"));
  EXPECT_EQ(silence_settings(config, rules->workplace()).zone.name(), "Europe/Berlin");
}

TEST_F(SilenceSettingsTest, OneCanBeChosenOrNone) {
  config.silence.holidays = {"2026-12-26"};
  EXPECT_TRUE(is_silent("2026-12-26"));
  EXPECT_TRUE(is_silent("2026-12-25"));
  config.silence.calendar = "office";
  EXPECT_TRUE(is_silent("2027-01-26"));
  EXPECT_FALSE(is_silent("2026-12-25"));
  EXPECT_TRUE(is_silent("2026-12-26"));
  config.silence.calendar = "none";
  EXPECT_FALSE(is_silent("2027-01-26"));
  EXPECT_TRUE(is_silent("2026-12-26"));
  config.silence.calendar = "ofice";
  EXPECT_EQ(silence_calendar(config, rules->workplace()), nullptr);
  EXPECT_TRUE(is_silent("2026-12-26"));
}

TEST_F(SilenceSettingsTest, WithoutCalendarsTheConfiguredZoneCounts) {
  config.organization.time_zone = "Asia/Kolkata";
  const Workplace none;
  EXPECT_EQ(silence_settings(config, none).zone.name(), "Asia/Kolkata");
  EXPECT_TRUE(silence_settings(config, none).holidays.empty());
}

}  // namespace
}  // namespace orgo
