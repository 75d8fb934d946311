#include "core/calendar/due_text.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

Calendar office() {
  CalendarPlan plan;
  plan.zone = TimeZone::find("Europe/Berlin").value();
  for (std::size_t day = 1; day <= 5; ++day) plan.week[day] = {{8 * 60, 17 * 60}};
  return Calendar(plan);
}

TEST(DueText, IsReadAsPeopleWriteIt) {
  const auto calendar = office();
  const auto zone = calendar.zone();
  const auto now = *parse_rfc3339("2026-07-03T14:00:00Z");  // a Friday, 16:00 in Berlin
  const auto read = [&](std::string_view text) {
    const auto due = parse_due(text, now, calendar, zone);
    return due ? to_rfc3339(*due) : due.error().message.substr(0, 60);
  };
  EXPECT_EQ(read("2026-07-08T12:00:00Z"), "2026-07-08T12:00:00Z");
  EXPECT_EQ(read("2026-07-08 12:00"), "2026-07-08T10:00:00Z");
  EXPECT_EQ(read(" 2026-07-08T12:00 "), "2026-07-08T10:00:00Z");
  EXPECT_EQ(read("2026-12-08 12:00"), "2026-12-08T11:00:00Z") << "in winter";
  EXPECT_EQ(read("2026-07-08"), "2026-07-08T15:00:00Z") << "until it closes";
  EXPECT_EQ(read("today"), "2026-07-03T15:00:00Z");
  EXPECT_EQ(read("Tomorrow"), "2026-07-04T22:00:00Z") << "closed all day: until midnight";
  EXPECT_EQ(read("2 hours"), "2026-07-03T16:00:00Z");
  EXPECT_EQ(read("in 2 hours"), "2026-07-03T16:00:00Z");
  EXPECT_EQ(read("30 min"), "2026-07-03T14:30:00Z");
  EXPECT_EQ(read("2 wall hours"), "2026-07-03T16:00:00Z");
  EXPECT_EQ(read("2 business hours"), "2026-07-06T07:00:00Z");
  EXPECT_EQ(read("in 2 Business Hours"), "2026-07-06T07:00:00Z");
  EXPECT_EQ(read("3 days"), "2026-07-06T14:00:00Z");
  EXPECT_EQ(read("tomorrow 12:00"), "2026-07-04T10:00:00Z");
  EXPECT_EQ(read("tomorrow at 9:30"), "2026-07-04T07:30:00Z");
  EXPECT_EQ(read("2026-12-24 at 8:00"), "2026-12-24T07:00:00Z");
  EXPECT_EQ(read("Monday"), "2026-07-06T15:00:00Z");
  EXPECT_EQ(read("on tue 9:00"), "2026-07-07T07:00:00Z");
  EXPECT_EQ(read("next thursday 9:00"), "2026-07-09T07:00:00Z");
  EXPECT_EQ(read("friday 17:30"), "2026-07-03T15:30:00Z") << "still ahead today";
  EXPECT_EQ(read("friday 16:00"), "2026-07-10T14:00:00Z") << "now is not ahead";
  EXPECT_EQ(read("friday"), "2026-07-03T15:00:00Z") << "until it closes today";
  EXPECT_EQ(read("18:00"), "2026-07-03T16:00:00Z");
  EXPECT_EQ(read("at 9:00"), "2026-07-04T07:00:00Z") << "tomorrow";
  EXPECT_EQ(read("today 9:00"), "2026-07-03T07:00:00Z") << "what is named is meant, also when it has passed";
  for (const auto* none : {"friday 25:00", "someday 9:00", "friday 9", "9:00 9:00", "at", "next", "next tomorrow",
                           "tomorrow tomorrow", "at at 9:00"})
    EXPECT_TRUE(read(none).find("is not a time") != std::string::npos) << none << ": " << read(none);
  for (const auto* none : {"", "soon", "2026-13-01", "2026-07-08 25:00", "-2 hours", "0 hours", "2 fortnights"})
    EXPECT_TRUE(read(none).find("is not a time") != std::string::npos) << none << ": " << read(none);
  EXPECT_EQ(parse_due("2 business hours", now, Calendar(CalendarPlan{}), zone).error().code, Errc::invalid_input);
  EXPECT_EQ(to_rfc3339(*parse_due("today", now, Calendar(), TimeZone())), "2026-07-04T00:00:00Z") << "always open";
}

TEST(DueText, AWeekdayIsTheNextThatIsAheadWhateverDayItIs) {
  const auto zone = TimeZone::find("Europe/Berlin").value();
  const Calendar always;
  const auto begin = *parse_rfc3339("2026-10-19T21:30:00Z");  // two weeks over the end of summer time
  for (int hour = 0; hour < 14 * 24; ++hour) {
    const auto now = begin + std::chrono::hours{hour};
    for (const auto* day : {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}) {
      const auto at = parse_due(std::string(day) + " 2:30", now, always, zone);
      ASSERT_TRUE(at);
      EXPECT_GT(*at, now);
      EXPECT_LE(*at - now, std::chrono::hours{7 * 24 + 1}) << day << " " << to_rfc3339(now);
      EXPECT_EQ(to_string(zone.to_local(*at)).substr(11), "02:30:00");
    }
  }
}

TEST(DueText, NoneIsNone) {
  for (const auto* none : {"", "  ", "none", " None "})
    EXPECT_EQ(parse_due_or_none(none, {}, Calendar(), TimeZone()).value(), std::nullopt) << none;
  EXPECT_TRUE(parse_due_or_none("2 hours", {}, Calendar(), TimeZone()).value());
  EXPECT_FALSE(parse_due_or_none("never", {}, Calendar(), TimeZone()));
}

}  // namespace
}  // namespace orgo
