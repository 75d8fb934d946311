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
  for (const auto* none : {"", "soon", "2026-13-01", "2026-07-08 25:00", "-2 hours", "0 hours", "2 fortnights"})
    EXPECT_TRUE(read(none).find("is not a time") != std::string::npos) << none << ": " << read(none);
  EXPECT_EQ(parse_due("2 business hours", now, Calendar(CalendarPlan{}), zone).error().code, Errc::invalid_input);
  EXPECT_EQ(to_rfc3339(*parse_due("today", now, Calendar(), TimeZone())), "2026-07-04T00:00:00Z") << "always open";
}

}  // namespace
}  // namespace orgo
