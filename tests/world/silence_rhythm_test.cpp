#include "core/silence/rhythm.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/mail_traffic.h"

namespace orgo::silence {
namespace {

using namespace std::chrono_literals;
constexpr TimePoint kMonday{Millis{1'767'571'200'000}};  // 2026-01-05T00:00:00Z

/// One mail at each full and half hour, watched by the minute.
Rhythm learned(const Settings& settings, int days, TimePoint start = kMonday) {
  Rhythm rhythm;
  for (int minute = 0; minute < days * 1440; ++minute) {
    watch(rhythm, start + std::chrono::minutes(minute), settings);
    if (minute % 30 == 0) hear(rhythm, start + std::chrono::minutes(minute), settings);
  }
  return rhythm;
}
/// Minutes of silence until the alarm; -1: none within `most`.
int minutes_to_alarm(Rhythm rhythm, const Settings& settings, int most = 30 * 1440) {
  const auto from = rhythm.watched_to;
  for (int minute = 1; minute <= most; ++minute) {
    watch(rhythm, from + std::chrono::minutes(minute), settings);
    if (minute % 5 == 0 && judge(rhythm, settings).alarm) return minute;
  }
  return -1;
}

TEST(Silence, WithoutHistoryThereIsNoAlarm) {
  const Settings settings;
  EXPECT_FALSE(judge(Rhythm{}, settings).known);
  EXPECT_EQ(minutes_to_alarm(learned(settings, 11), settings, 1440), -1);
  EXPECT_GT(minutes_to_alarm(learned(settings, 40), settings), 0);
}

TEST(Silence, TooLittleTrafficSaysNothing) {
  const Settings settings;
  Rhythm rhythm;
  for (int minute = 0; minute < 120 * 1440; ++minute) {
    const auto now = kMonday + std::chrono::minutes(minute);
    watch(rhythm, now, settings);
    if (minute % (2 * 1440) == 600) hear(rhythm, now, settings);
  }
  EXPECT_FALSE(judge(rhythm, settings).known);
  EXPECT_EQ(minutes_to_alarm(rhythm, settings), -1);
}

TEST(Silence, TrueSilenceIsFoundWithinHours) {
  const Settings settings;
  const int minutes = minutes_to_alarm(learned(settings, 60), settings);
  EXPECT_GT(minutes, 6 * 60);
  EXPECT_LT(minutes, 72 * 60) << "it might be a holiday that nobody told of";
}

TEST(Silence, TimeThatNobodyWatchedIsNoSilence) {
  const Settings settings;
  auto rhythm = learned(settings, 60);
  watch(rhythm, rhythm.watched_to + 10 * 24h, settings);  // the server was off
  EXPECT_FALSE(judge(rhythm, settings).alarm);
  EXPECT_LT(judge(rhythm, settings).expected, 1);
  auto second = learned(settings, 60);
  watch(second, second.watched_to + 10min, settings);
  EXPECT_GT(judge(second, settings).expected, 0.1) << "ten minutes are watched";
}

TEST(Silence, AKnownHolidayMeansNothing) {
  Settings settings;
  const auto rhythm = learned(settings, 63);  // ends on a Monday
  const auto day = std::chrono::floor<std::chrono::days>(rhythm.watched_to);
  for (int i = 0; i < 5; ++i) settings.holidays.push_back(LocalDay{day.time_since_epoch() + std::chrono::days(i)});
  EXPECT_EQ(minutes_to_alarm(rhythm, settings, 5 * 1440), -1);
  EXPECT_GT(minutes_to_alarm(rhythm, settings), 5 * 1440) << "and afterwards it counts again";
  settings.holidays.clear();
  EXPECT_GT(minutes_to_alarm(rhythm, settings, 5 * 1440), 0);
}

TEST(Silence, HoursAreThoseOfTheOrganization) {
  Settings east;
  east.zone = TimeZone::fixed(std::chrono::minutes{330});
  Settings utc;
  Rhythm here, there;
  for (auto* each : {&here, &there}) {
    const auto& settings = each == &here ? utc : east;
    const auto at = each == &here ? kMonday + 9h : kMonday + 9h - 330min;
    watch(*each, at, settings);
    hear(*each, at, settings);
    watch(*each, at + 5min, settings);
  }
  EXPECT_EQ(here.mails, there.mails);
  EXPECT_EQ(here.mails[9], 1);
  EXPECT_NEAR(here.watched[9], 5.0 / 60, 1e-9);
}

TEST(Silence, SummerTimeMovesNoHour) {
  Settings settings;
  settings.zone = *TimeZone::find("Europe/Berlin");
  Rhythm rhythm;
  const auto begin = *parse_rfc3339("2026-03-27T00:00:00Z");  // clocks go forward on the 29th, at 1:00 UTC
  watch(rhythm, begin, settings);
  for (int minute = 1; minute <= 4 * 1440; ++minute) {
    const auto now = begin + std::chrono::minutes(minute);
    watch(rhythm, now, settings);
    const auto local = settings.zone.to_local(now);
    if (local - std::chrono::floor<std::chrono::days>(local) == 9h)
      hear(rhythm, now, settings);  // counted before the hour itself is entered, which weighs it as an older week
  }
  double mails = 0, watched = 0;
  for (int day = 0; day < 7; ++day) mails += rhythm.mails[static_cast<std::size_t>(24 * day + 9)];
  for (const auto hours : rhythm.watched) watched += hours;
  EXPECT_NEAR(mails, 4 * 0.917, 1e-6) << "at nine by the wall, in winter and in summer";
  EXPECT_NEAR(watched, 96, 1e-6) << "no time is lost or counted twice";
  EXPECT_NEAR(rhythm.watched[6 * 24 + 2], 0, 1e-9) << "two o'clock on that Sunday never was";
  Rhythm autumn;
  const auto fall = *parse_rfc3339("2026-10-24T22:00:00Z");  // and back on the 25th
  watch(autumn, fall, settings);
  for (int minute = 1; minute <= 1440; ++minute) watch(autumn, fall + std::chrono::minutes(minute), settings);
  EXPECT_NEAR(autumn.watched[6 * 24 + 2], 2, 1e-6) << "and this one came twice";
}

TEST(Silence, AnOutageIsNotLearned) {
  const Settings settings;
  auto rhythm = learned(settings, 60);
  const auto before = rhythm;
  for (int minute = 1; minute <= 14 * 1440; ++minute)
    watch(rhythm, before.watched_to + std::chrono::minutes(minute), settings, false);
  EXPECT_EQ(rhythm.mails, before.mails);
  EXPECT_EQ(rhythm.watched, before.watched);
  hear(rhythm, rhythm.watched_to, settings);
  EXPECT_FALSE(judge(rhythm, settings).alarm) << "the first mail ends it";
}

TEST(Silence, ABurstCountsInPart) {
  const Settings settings;
  auto rhythm = learned(settings, 60);
  const auto cell_before = rhythm.mails;
  for (int i = 0; i < 100'000; ++i) hear(rhythm, rhythm.watched_to, settings);
  double grown = 0;
  for (std::size_t i = 0; i < Rhythm::kHours; ++i) grown += rhythm.mails[i] - cell_before[i];
  EXPECT_LE(grown, 21);
}

TEST(Silence, TextGivesBackWhatItSays) {
  const Settings settings;
  const auto rhythm = learned(settings, 20);
  const auto text = to_text(rhythm);
  EXPECT_LT(text.size(), 6'000U);
  const auto back = parse_rhythm(text);
  ASSERT_TRUE(back);
  EXPECT_EQ(to_text(*back), text);
  EXPECT_EQ(back->watched_to, rhythm.watched_to);
  EXPECT_EQ(back->normal, rhythm.normal);
  for (const auto* wrong : {"", "rhythm1", "rhythm2 1", "rhythm1 1 2 3 x"}) EXPECT_FALSE(parse_rhythm(wrong)) << wrong;
  EXPECT_FALSE(parse_rhythm(text + " 1"));
  EXPECT_FALSE(parse_rhythm(text.substr(0, text.rfind(' '))));
}

RC_GTEST_PROP(SilenceProperty, ProbabilitiesStayProbabilities,
              (const std::vector<std::pair<std::uint16_t, bool>>& steps)) {
  const Settings settings;
  auto rhythm = *rc::gen::element(learned(settings, 1), Rhythm{});
  auto now = rhythm.watched_to == TimePoint{} ? kMonday : rhythm.watched_to;
  for (const auto& [seconds, mail] : steps) {
    now += std::chrono::seconds(seconds);
    watch(rhythm, now, settings);
    if (mail) hear(rhythm, now, settings);
    RC_ASSERT(rhythm.normal >= 0 && rhythm.holiday >= 0 && rhythm.normal + rhythm.holiday <= 1 + 1e-9);
    RC_ASSERT(rhythm.expected >= 0);
    RC_ASSERT(parse_rhythm(to_text(rhythm)));
  }
}

/// The figures of all profiles come from bench/silence_bench; here one that is quick enough for every run.
TEST(Silence, AYearOfOrdinaryTrafficHasHardlyAnAlarm) {
  const Settings settings;
  int alarms = 0;
  for (std::uint64_t seed = 1; seed <= 2; ++seed) alarms += false_alarms({.per_day = 100}, seed, settings);
  EXPECT_LE(alarms, 1) << "in two years";
}

TEST(Silence, AStoppedSourceIsFound) {
  const Settings settings;
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    EXPECT_LT(hours_to_alarm({.per_day = 100}, seed, settings, 60), 72) << "over a weekend";
    EXPECT_LT(hours_to_alarm({.per_day = 1000, .office_hours = false}, seed, settings, 60), 6);
  }
}

}  // namespace
}  // namespace orgo::silence
