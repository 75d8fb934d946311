// The tables of peers (Zammad, Request Tracker) for business hours and holiday feeds.
#include <gtest/gtest.h>


#include "base/icalendar.h"
#include "base/json.h"
#include "core/calendar/calendar_file.h"
#include "core/calendar/calendar_rows.h"
#include "core/calendar/holidays.h"
#include "tests/oracle/corpora.h"

namespace orgo {
namespace {

using testing::read_file;

TEST(BusinessTimeOfPeers, AllRowsOfArithmetic) {
  ORGO_NEED_CORPORA();
  const auto folder = testing::corpora() / "sla-business-time";
  std::vector<Diagnostic> errors;
  const auto calendars = read_calendar_file({"calendars.json", read_file(folder / "calendars.json")}, {}, errors);
  ASSERT_TRUE(errors.empty()) << errors[0].message;
  // The peer's two conventions, which are settings.
  const CalendarConventions theirs{CalendarConventions::EndOfSlot::next_open, CalendarConventions::Round::minute};
  const auto table = answer_table(read_file(folder / "arithmetic.csv"), calendars, theirs);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->rows, 28U);
  EXPECT_EQ(table->agree, table->rows) << table->csv;
  // Without them two rows differ, and no others.
  const auto ours = answer_table(read_file(folder / "arithmetic.csv"), calendars);
  ASSERT_TRUE(ours);
  EXPECT_EQ(ours->differ, 2U) << ours->csv;
}

TEST(BusinessTimeOfPeers, AllHolidaysOfFeeds) {
  ORGO_NEED_CORPORA();
  const auto folder = testing::corpora() / "zammad-calendar";
  const auto expectations = *parse_json(read_file(folder / "expectations.json"));
  const auto year = [](TimePoint now, int years) {
    const auto day = std::chrono::floor<std::chrono::days>(TimeZone().to_local(now));
    return LocalDay{std::chrono::year_month_day{day} + std::chrono::years{years}};
  };
  std::size_t checked = 0;
  for (const auto& value : expectations.as_array()) {
    const auto& wanted = value.as_object();
    const std::string name(wanted.at("ics").as_string());
    const auto feed = read_file(folder / "ics" / name);
    std::vector<Holiday> found;
    const auto sync = [&](std::string_view at) {
      const auto now = *parse_rfc3339(at);
      const auto holidays = holidays_of(feed, year(now, -1), year(now, 3));
      ASSERT_TRUE(holidays) << holidays.error().message;
      found = merge_holidays(std::move(found), *holidays, year(now, -1), year(now, 3));
    };
    if (const auto* before = wanted.if_contains("previous_sync")) sync(before->as_string());
    sync(wanted.at("now").as_string());
    std::vector<Holiday> expected;
    for (const auto& h : wanted.at("holidays").as_array())
      expected.push_back({*parse_local_day(h.as_object().at("date").as_string()), std::string(h.as_object().at("summary").as_string())});
    EXPECT_EQ(found, expected) << name;
    ++checked;
  }
  EXPECT_EQ(checked, 4U);
  EXPECT_TRUE(read_icalendar(read_file(folder / "ics/basic.ics")));
}

}  // namespace
}  // namespace orgo
