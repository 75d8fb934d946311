#include "base/time_zone.h"

#include <gtest/gtest.h>

#include <thread>

namespace orgo {
namespace {

TimePoint at(std::string_view text) {
  return *parse_rfc3339(text);
}
LocalTime local(std::string_view text) {
  return *parse_local_time(text);
}
TimeZone zone(std::string_view name) {
  auto found = TimeZone::find(name);
  EXPECT_TRUE(found) << name;
  return found ? *found : TimeZone();
}

TEST(TimeZone, TurnsInstantsIntoWallTimeAndBack) {
  const auto berlin = zone("Europe/Berlin");
  EXPECT_EQ(to_string(berlin.to_local(at("2026-01-15T12:00:00Z"))), "2026-01-15T13:00:00");
  EXPECT_EQ(to_string(berlin.to_local(at("2026-07-15T12:00:00Z"))), "2026-07-15T14:00:00");
  EXPECT_EQ(to_rfc3339(berlin.to_utc(local("2026-07-15 14:00"))), "2026-07-15T12:00:00Z");
  EXPECT_EQ(zone("Asia/Kathmandu").offset_at(at("2026-01-01T00:00:00Z")), std::chrono::minutes{345});
  EXPECT_EQ(zone("Pacific/Apia").offset_at(at("2012-01-01T00:00:00Z")), std::chrono::hours{14});
}

TEST(TimeZone, WallTimesInAGapAndThoseThatComeTwice) {
  const auto berlin = zone("Europe/Berlin");
  EXPECT_TRUE(berlin.instants_of(local("2026-03-29 02:30")).empty());
  EXPECT_EQ(to_rfc3339(berlin.to_utc(local("2026-03-29 02:30"))), "2026-03-29T01:30:00Z");  // shown as 03:30
  EXPECT_EQ(to_rfc3339(berlin.to_utc(local("2026-03-29 02:30"), TimeZone::Choice::later)), "2026-03-29T01:00:00Z");
  EXPECT_EQ(berlin.instants_of(local("2026-10-25 02:30")).size(), 2U);
  EXPECT_EQ(to_rfc3339(berlin.to_utc(local("2026-10-25 02:30"))), "2026-10-25T00:30:00Z");
  EXPECT_EQ(to_rfc3339(berlin.to_utc(local("2026-10-25 02:30"), TimeZone::Choice::later)), "2026-10-25T01:30:00Z");
  EXPECT_EQ(to_rfc3339(berlin.to_utc(local("2026-03-29 03:00"))), "2026-03-29T01:00:00Z");
  // Samoa left out 30 December 2011 altogether.
  EXPECT_TRUE(zone("Pacific/Apia").instants_of(local("2011-12-30 12:00")).empty());
}

TEST(TimeZone, EachInstantComesBackFromItsWallTime) {
  for (const auto* name :
       {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Tehran"}) {
    const auto z = zone(name);
    for (auto t = at("2019-01-01T00:00:00Z"); t < at("2024-01-01T00:00:00Z"); t += std::chrono::minutes{37}) {
      const auto instants = z.instants_of(z.to_local(t));
      EXPECT_TRUE(std::find(instants.begin(), instants.end(), t) != instants.end()) << name << " " << to_rfc3339(t);
    }
  }
}

TEST(TimeZone, UnknownNamesAreErrorsWithTheNearest) {
  const auto wrong = TimeZone::find("Europe/Berlni");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Errc::invalid_input);
  EXPECT_NE(wrong.error().message.find("'Europe/Berlin'"), std::string::npos) << wrong.error().message;
  for (const auto* name : {"", "../etc/passwd", "/etc/localtime", "Europe", "Europe/Berlin/", "posixrules0"})
    EXPECT_FALSE(TimeZone::find(name)) << name;
  EXPECT_FALSE(TimeZone::find(std::string(100'000, 'E')));
}

TEST(TimeZone, KnowsTheNamesOfOutlook) {
  EXPECT_EQ(TimeZone::find_windows("W. Europe Standard Time")->name(), "Europe/Berlin");
  EXPECT_FALSE(TimeZone::find_windows("Middle Earth Standard Time"));
  EXPECT_FALSE(TimeZone::find_windows("\xFF\xFE"));
}

TEST(TimeZone, FixedAndUtc) {
  EXPECT_EQ(TimeZone().name(), "UTC");
  EXPECT_EQ(TimeZone::fixed(std::chrono::minutes{-210}).name(), "UTC-03:30");
  EXPECT_EQ(to_string(TimeZone::fixed(std::chrono::minutes{-210}).to_local(at("2026-01-01T00:00:00Z"))),
            "2025-12-31T20:30:00");
}

TEST(TimeZone, DatesAndLocalTimesAreReadStrictly) {
  EXPECT_EQ(to_string(*parse_local_day("2024-02-29")), "2024-02-29");
  for (const auto* wrong : {"2023-02-29", "2023-2-1", "20230201", "", "2023-02-01x", "yyyy-mm-dd"})
    EXPECT_FALSE(parse_local_day(wrong));
  EXPECT_TRUE(parse_local_time("2024-02-29T23:59:59"));
  for (const auto* wrong : {"2024-02-29T24:00", "2024-02-29T23:60", "2024-02-29 1:00", "2024-02-29T23:59:5"})
    EXPECT_FALSE(parse_local_time(wrong)) << wrong;
}

TEST(TimeZone, ManyThreadsAtOnce) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([] {
      for (const auto& name : time_zone_names()) EXPECT_TRUE(TimeZone::find(name)) << name;
    });
}

TEST(TimeZone, AnInstantIsSaidWithTheOffsetOfThePlace) {
  const auto said = [](std::string_view utc, std::string_view zone) {
    return to_rfc3339(*parse_rfc3339(utc), *TimeZone::find(zone));
  };
  EXPECT_EQ(said("2026-11-23T09:00:05Z", "Europe/Berlin"), "2026-11-23T10:00:05+01:00");
  EXPECT_EQ(said("2026-07-01T23:30:00.250Z", "Europe/Berlin"), "2026-07-02T01:30:00.250+02:00");
  EXPECT_EQ(said("2026-07-01T02:00:00Z", "America/St_Johns"), "2026-06-30T23:30:00-02:30");
  EXPECT_EQ(said("2026-07-01T02:00:00Z", "Asia/Kathmandu"), "2026-07-01T07:45:00+05:45");
  EXPECT_EQ(said("2026-01-01T12:00:00Z", "Europe/London"), "2026-01-01T12:00:00Z");
  for (const auto* zone : {"Europe/Berlin", "America/St_Johns", "Europe/Amsterdam"})
    for (const auto* utc : {"1901-05-05T05:05:05Z", "2026-03-29T01:00:00Z", "2026-10-25T00:59:59Z"})
      EXPECT_EQ(parse_rfc3339(said(utc, zone)).value(), parse_rfc3339(utc).value()) << zone;
}

}  // namespace
}  // namespace orgo
