#include "core/calendar/calendar_rows.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/csv.h"
#include "base/text.h"
#include "base/unicode.h"
#include "base/yaml.h"

namespace orgo {
namespace {

constexpr std::int64_t kMinutesMax = 10LL * 366 * 1440;

constexpr std::array<std::string_view, 8> kColumns{"id",      "op",  "calendar", "start",
                                                   "minutes", "end", "pauses",   "expected"};

std::vector<std::string_view> names_of(const Calendars& calendars) {
  std::vector<std::string_view> names;
  for (const auto& [name, unused] : calendars.all()) names.push_back(name);
  return names;
}

std::string told(std::optional<TimePoint> t) {
  return t ? to_rfc3339(*t) : "never";
}

}  // namespace

char separator_of(std::string_view csv) {
  const auto first = csv.substr(0, csv.find('\n'));
  if (first.find(',') != std::string_view::npos) return ',';
  return first.find(';') != std::string_view::npos ? ';' : first.find('\t') != std::string_view::npos ? '\t' : ',';
}

Result<std::vector<std::vector<std::string>>> read_csv(std::string_view text, char separator) {
  std::vector<std::vector<std::string>> lines;
  std::vector<std::string> line;
  std::string field;
  bool quoted = false, any = false;
  std::size_t number = 1, opened = 0;
  const auto end_line = [&] {
    if (any || !field.empty() || !line.empty()) {
      line.push_back(std::move(field));
      lines.push_back(std::move(line));
    }
    line.clear();
    field.clear();
    any = false;
  };
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++number;
    if (quoted) {
      if (c != '"') field += c;
      else if (i + 1 < text.size() && text[i + 1] == '"') field += text[++i];
      else quoted = false;
    } else if (c == '"' && field.empty()) {
      quoted = any = true;
      opened = number;
    } else if (c == separator) {
      line.push_back(std::move(field));
      field.clear();
      any = true;
    } else if (c == '\n' || (c == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'))) {
      end_line();
    } else if (c != '\r') {
      field += c;
      any = true;
    }
  }
  if (quoted)
    return failure(Errc::invalid_input, "a quote that begins in line " + std::to_string(opened) + " is never closed");
  end_line();
  return lines;
}

Result<TimePoint> parse_instant(std::string_view text, const TimeZone& zone) {
  text = trim(text);
  if (auto instant = parse_rfc3339(text)) return *instant;
  if (const auto local = parse_local_time(text)) return zone.to_utc(*local);
  return failure(
      Errc::invalid_input,
      "'" + std::string(text.substr(0, 40)) +
          "' is not a time; write it as in 2026-12-24T09:30:00Z, or 2026-12-24 09:30 in the calendar's zone");
}

Result<std::vector<Span>> parse_pauses(std::string_view text, const TimeZone& zone) {
  std::vector<Span> pauses;
  if (trim(text).empty()) return pauses;
  for (const auto part : split(text, ';')) {
    const auto slash = part.find('/');
    if (slash == std::string_view::npos)
      return failure(Errc::invalid_input,
                     "'" + std::string(part.substr(0, 60)) + "' is not a pause; write it as from/to");
    ORGO_TRY(from, parse_instant(part.substr(0, slash), zone));
    ORGO_TRY(to, parse_instant(part.substr(slash + 1), zone));
    if (pauses.size() >= 10'000) return failure(Errc::invalid_input, "more than 10,000 pauses");
    pauses.push_back({from, to});
  }
  return pauses;
}

Result<std::string> answer(const CalendarRow& row, const Calendars& calendars,
                           const std::optional<CalendarConventions>& conventions) {
  const auto* const found =
      row.calendar.empty()
          ? (calendars.all().size() == 1 ? &calendars.all().begin()->second : calendars.find(calendars.default_name()))
          : calendars.find(row.calendar);
  if (found == nullptr)
    return failure(Errc::invalid_input, row.calendar.empty()
                                            ? "which calendar? The row names none, and none is the default; " +
                                                  name_hint("", names_of(calendars))
                                            : "there is no calendar '" + row.calendar.substr(0, 100) + "'; " +
                                                  name_hint(row.calendar, names_of(calendars)));
  Calendar calendar = *found;
  if (conventions && *conventions != calendar.plan().conventions) {
    auto plan = calendar.plan();
    plan.conventions = *conventions;
    calendar = Calendar(std::move(plan));
  }
  ORGO_TRY(start, parse_instant(row.start, calendar.zone()));
  ORGO_TRY(pauses, parse_pauses(row.pauses, calendar.zone()));
  if (row.op == "add_minutes") {
    std::int64_t minutes = 0;
    const auto [end, error] = std::from_chars(row.minutes.data(), row.minutes.data() + row.minutes.size(), minutes);
    if (row.minutes.empty()) return failure(Errc::invalid_input, "add_minutes needs a number in the column 'minutes'");
    if (error != std::errc{} || end != row.minutes.data() + row.minutes.size() || minutes < 0 || minutes > kMinutesMax)
      return failure(Errc::invalid_input,
                     "'" + row.minutes.substr(0, 40) + "' is not a number of minutes up to ten years");
    return told(add_business_time(calendar, start, std::chrono::minutes{minutes}, pauses));
  }
  if (row.op == "minutes_between") {
    if (row.end.empty()) return failure(Errc::invalid_input, "minutes_between needs a time in the column 'end'");
    ORGO_TRY(end, parse_instant(row.end, calendar.zone()));
    return std::to_string(
        std::chrono::floor<std::chrono::minutes>(business_time_between(calendar, start, end, pauses)).count());
  }
  if (row.op == "next_open") return told(next_open(calendar, start));
  if (row.op == "next_close") return told(next_close(calendar, start));
  if (row.op == "previous_close") return told(previous_close(calendar, start));
  if (row.op == "open") return std::string(open_at(calendar, start) ? "yes" : "no");
  static constexpr std::array<std::string_view, 6> ops{"add_minutes", "minutes_between", "next_close", "next_open",
                                                       "open",        "previous_close"};
  return failure(Errc::invalid_input, row.op.empty()
                                          ? "no op; " + name_hint("", ops)
                                          : "unknown op '" + row.op.substr(0, 40) + "'; " + name_hint(row.op, ops));
}

Result<CalendarTable> answer_table(std::string_view csv, const Calendars& calendars,
                                   const std::optional<CalendarConventions>& conventions) {
  if (csv.starts_with("\xFF\xFE") || csv.starts_with("\xFE\xFF"))
    return failure(Errc::invalid_input, "the table is in UTF-16; save it as CSV in UTF-8");
  const char separator = separator_of(csv);
  ORGO_TRY(lines, read_csv(csv, separator));
  constexpr auto kRemedy = "; its first line names the columns: id,op,calendar,start,minutes,end,pauses,expected";
  if (lines.empty()) return failure(Errc::invalid_input, std::string("the table is empty") + kRemedy);
  auto head = lines.front();
  for (auto& name : head) name = ascii_lower(trim(name));
  const auto column = [&](std::string_view name) {
    return static_cast<std::size_t>(std::find(head.begin(), head.end(), name) - head.begin());
  };
  for (const auto* needed : {"op", "start"})
    if (column(needed) == head.size())
      return failure(Errc::invalid_input, "the table has no column '" + std::string(needed) + "'" + kRemedy);
  const auto expected = column("expected");
  CalendarTable table;
  for (const auto& name : head)
    if (const auto near = nearest_name(name, kColumns);
        std::find(kColumns.begin(), kColumns.end(), name) == kColumns.end() && !near.empty() &&
        column(near) == head.size())
      table.notes.push_back("the column '" + std::string(cut_utf8(name, 40)) + "' is not looked at; did you mean '" +
                            std::string(near) + "'?");
  auto names = lines.front();
  names.emplace_back("result");
  if (expected != head.size()) names.emplace_back("agrees");
  table.csv = csv_line(names, separator);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    auto& line = lines[i];
    line.resize(head.size());
    const auto field = [&](std::string_view name) {
      return column(name) == head.size() ? std::string() : std::string(trim(line[column(name)]));
    };
    const auto result = answer({field("id"), field("op"), field("calendar"), field("start"), field("minutes"),
                                field("end"), field("pauses"), field("expected")},
                               calendars, conventions);
    ++table.rows;
    const auto wanted = field("expected");
    if (!result) ++table.errors;
    else if (!wanted.empty()) ++(*result == wanted ? table.agree : table.differ);
    auto fields = line;
    fields.push_back(result ? *result : "error: " + result.error().message);
    if (expected != head.size()) fields.push_back(wanted.empty() ? "" : result && *result == wanted ? "yes" : "no");
    table.csv += csv_line(fields, separator);
  }
  return table;
}

}  // namespace orgo
