#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/calendar/calendar.h"

namespace orgo {

/// What stands between the columns, by the first line: a comma, else a semicolon or a tab, as spreadsheets write them.
char separator_of(std::string_view csv);
/// The lines of a CSV file (RFC 4180); quotes are taken away. Lines end with LF, CR LF or CR; a byte order mark is
/// passed over. invalid_input: a quote that is never closed, with its line.
Result<std::vector<std::vector<std::string>>> read_csv(std::string_view text, char separator = ',');

/// An instant: RFC 3339, or wall time in the calendar's zone ("2026-12-24 09:30", of two instants the earlier one).
Result<TimePoint> parse_instant(std::string_view text, const TimeZone& zone);
/// "from/to;from/to", instants as above; empty: none. At most 10,000.
Result<std::vector<Span>> parse_pauses(std::string_view text, const TimeZone& zone);

/// One question about business time, as columns of a table: what to compute, with which calendar.
struct CalendarRow {
  std::string id, op, calendar, start, minutes, end, pauses, expected;
};
/// `op`: add_minutes (start + minutes -> instant), minutes_between (start, end -> full minutes), next_open, next_close,
/// previous_close (start -> instant, "never" when there is none), open (start -> yes or no).
/// invalid_input: it makes no sense, or there is no such calendar.
Result<std::string> answer(const CalendarRow& row, const Calendars& calendars,
                           const std::optional<CalendarConventions>& conventions = {});

/// Answers all rows of a CSV file whose first line names the columns (others are passed over): the same columns with
/// `result` and, where something was expected, `agrees` behind them. A row that can't be answered has "error: ..."
/// there.
struct CalendarTable {
  std::string csv;
  std::size_t rows = 0, agree = 0, differ = 0, errors = 0;
  std::vector<std::string> notes;  ///< worth a word: a column whose name is nearly one that is looked at
};
Result<CalendarTable> answer_table(std::string_view csv, const Calendars& calendars,
                                   const std::optional<CalendarConventions>& conventions = {});

}  // namespace orgo
