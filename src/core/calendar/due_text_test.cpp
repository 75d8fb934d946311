#include "core/calendar/due_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

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
  EXPECT_EQ(read("friday, 17:30"), "2026-07-03T15:30:00Z");
  EXPECT_EQ(read("friday at 17"), "2026-07-03T15:00:00Z");
  EXPECT_EQ(read("tomorrow noon"), "2026-07-04T10:00:00Z");
  EXPECT_EQ(read("9am"), "2026-07-04T07:00:00Z");
  EXPECT_EQ(read("monday 4:30 pm"), "2026-07-06T14:30:00Z");
  EXPECT_EQ(read("12 am"), "2026-07-03T22:00:00Z") << "midnight";
  EXPECT_EQ(read("12pm"), "2026-07-04T10:00:00Z") << "noon";
  EXPECT_EQ(read("24.12.2026"), "2026-12-24T16:00:00Z");
  EXPECT_EQ(read("4.7.2026 9:00"), "2026-07-04T07:00:00Z");
  for (const auto* none :
       {"13 pm", "0 am", "noon am", "31.02.2026", "24.12.", "24.12.26", "1.2.3.2026", "am", "at :00", "friday 25:00",
        "someday 9:00", "friday 9", "9:00 9:00", "at", "next", "next tomorrow", "tomorrow tomorrow", "at at 9:00"})
    EXPECT_TRUE(read(none).find("is not a time") != std::string::npos) << none << ": " << read(none);
  for (const auto* none : {"", "soon", "2026-13-01", "2026-07-08 25:00", "-2 hours", "0 hours", "2 fortnights"})
    EXPECT_TRUE(read(none).find("is not a time") != std::string::npos) << none << ": " << read(none);
  EXPECT_EQ(parse_due("2 business hours", now, Calendar(CalendarPlan{}), zone).error().code, Errc::invalid_input);
  EXPECT_EQ(to_rfc3339(*parse_due("today", now, Calendar(), TimeZone())), "2026-07-04T00:00:00Z") << "always open";
}

TEST(DueText, GermanIsReadAsWell) {
  const auto calendar = office();
  const auto now = *parse_rfc3339("2026-07-03T14:00:00Z");  // a Friday, 16:00 in Berlin
  const auto read = [&](std::string_view text) {
    const auto due = parse_due(text, now, calendar, calendar.zone());
    return due ? to_rfc3339(*due) : due.error().message;
  };
  constexpr std::pair<std::string_view, std::string_view> kSame[] = {
      {"heute", "today"},
      {"Heute um 18 Uhr", "today at 18"},
      {"morgen", "tomorrow"},
      {"morgen 12:00", "tomorrow 12:00"},
      {"morgen um 9", "tomorrow at 9"},
      {"Morgen Mittag", "tomorrow noon"},
      {"\u00fcbermorgen", "day after tomorrow"},
      {"\u00dcbermorgen 9:00", "2026-07-05 9:00"},
      {"Montag", "monday"},
      {"dienstag 8:30", "tuesday 8:30"},
      {"Mittwoch, 9:00", "wednesday 9:00"},
      {"donnerstag um 9", "thursday at 9"},
      {"Freitag um 9", "friday at 9"},
      {"samstag mittag", "saturday noon"},
      {"am Sonntag um 10 Uhr", "on sunday at 10"},
      {"am Montag, 9.30 Uhr", "monday 9:30"},
      {"am n\u00e4chsten Montag 9 Uhr 30", "next monday 9:30"},
      {"am 24.12.2026 um 9 Uhr", "2026-12-24 9:00"},
      {"24.12.2026, 9uhr", "2026-12-24 9:00"},
      {"18 Uhr", "18:00"},
      {"in 2 Stunden", "2 hours"},
      {"1,5 Stunden", "1.5 hours"},
      {"2 Stunden 30 Minuten", "2 hours 30 minutes"},
      {"in einer Stunde", "in an hour"},
      {"3 Tage", "3 days"},
      {"in einer Woche", "in a week"},
      {"zwei Wochen", "2 weeks"},
      {"in einem Monat", "1 month"},
      {"2 monate", "2 months"},
      {"1 Jahr", "1 year"},
      {"2 Werktage", "2 business days"},
      {"in 3 Arbeitsstunden", "3 business hours"},
  };
  for (const auto& [german, english] : kSame) {
    EXPECT_EQ(read(german), read(english)) << german;
    EXPECT_TRUE(parse_rfc3339(read(german))) << german << ": " << read(german);
  }
  EXPECT_EQ(read("1,5 hours"), "2026-07-03T15:30:00Z") << "and not 15";
  EXPECT_EQ(parse_due_or_none("Keine", now, calendar, calendar.zone()).value(), std::nullopt);
}

TEST(DueText, WhatMayMeanTwoThingsIsRefusedWithTheReason) {
  const auto calendar = office();
  const auto refused = [&](std::string_view text) {
    const auto due = parse_due(text, *parse_rfc3339("2026-07-03T14:00:00Z"), calendar, calendar.zone());
    return due ? to_rfc3339(*due) : due.error().message;
  };
  for (const auto* date : {"3/4/2026", "3/4", "03/04/26", "3/4/2026 9:00", "on 3/4/2026 at 9"})
    EXPECT_EQ(refused(date), "'" + std::string(date) +
                                 "' may be a day and a month or a month and a day; write it as in 2026-12-24 or "
                                 "24.12.2026");
  EXPECT_EQ(refused("1,000 days"), "'1,000 days' may be a thousand times as much; write it without the comma");
  EXPECT_NE(refused("a/b").find("is not a time"), std::string::npos);
}

TEST(DueText, ASpanIsWhatPeopleMeanByIt) {
  const auto calendar = office();
  const auto zone = calendar.zone();
  const auto read = [&](std::string_view text, std::string_view now) {
    const auto due = parse_due(text, *parse_rfc3339(now), calendar, zone);
    return due ? to_string(zone.to_local(*due)).substr(0, 16) : due.error().message.substr(0, 40);
  };
  constexpr auto kFriday = "2026-07-03T12:00:00Z", kSaturday = "2026-07-04T12:00:00Z";  // 14:00 in Berlin
  EXPECT_EQ(read("1.5 hours", kFriday), "2026-07-03T15:30");
  EXPECT_EQ(read("1 h 30 min", kFriday), "2026-07-03T15:30");
  EXPECT_EQ(read("2 months", kFriday), "2026-09-03T14:00");
  EXPECT_EQ(read("5 months", "2026-08-31T12:00:00Z"), "2027-01-31T14:00") << "and winter time between";
  EXPECT_EQ(read("1 month", "2026-01-31T13:00:00Z"), "2026-02-28T14:00") << "its last day";
  EXPECT_EQ(read("1 year", "2028-02-29T13:00:00Z"), "2029-02-28T14:00");
  EXPECT_EQ(read("1 business day", kFriday), "2026-07-06T14:00");
  EXPECT_EQ(read("in 2 business days", kFriday), "2026-07-07T14:00");
  EXPECT_EQ(read("1 business day", kSaturday), "2026-07-06T14:00");
  EXPECT_EQ(read("1 business day", "2026-07-03T20:00:00Z"), "2026-07-06T17:00") << "closed at 22 o'clock";
  EXPECT_EQ(read("1 business day", "2026-07-03T02:00:00Z"), "2026-07-06T08:00") << "and at 4";
  EXPECT_EQ(read("1 business week", kFriday), "2026-07-10T14:00");
  EXPECT_EQ(read("1 business week", kSaturday), "2026-07-13T14:00");
  EXPECT_EQ(read("10 business days", kFriday), "2026-07-17T14:00");
  EXPECT_EQ(read("0.5 business hours", kFriday), "2026-07-03T14:30");
  for (const auto* none :
       {"0 months", "1.5 months", "200 months", "20 years", "2 business months", "1e3 hours", "nan hours", "inf hours",
        "99999999999 days", "4000 business days", "1.5 fortnights", "1 month 2 days"})
    EXPECT_NE(read(none, kFriday).find("is not a time"), std::string::npos) << none << ": " << read(none, kFriday);
  EXPECT_EQ(parse_due("1 business day", {}, Calendar(CalendarPlan{}), zone).error().code, Errc::invalid_input);
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
