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
