#include "core/calendar/due_span.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <system_error>

#include "base/text.h"

namespace orgo {
namespace {

using std::chrono::days;
using std::chrono::months;

constexpr int kMonthsMost = 120;
constexpr int kDaysMost = 3'660;

/// "2 months": a number and one word.
struct Amount {
  double number = 0;
  std::string_view unit;
};
std::optional<Amount> amount_of(std::string_view text) {
  Amount found;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), found.number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(found.number) || found.number <= 0) return std::nullopt;
  found.unit = trim(text.substr(static_cast<std::size_t>(end - text.data())));
  return found;
}
bool is_one_of(std::string_view word, std::string_view one, std::string_view many) {
  return word == one || word == many;
}

TimePoint months_later(TimePoint now, months count, const TimeZone& zone) {
  const auto local = zone.to_local(now);
  const auto day = std::chrono::floor<days>(local);
  const std::chrono::year_month_day date{day};
  const auto month = std::chrono::year_month{date.year(), date.month()} + count;
  const auto last = std::chrono::year_month_day_last{month.year(), std::chrono::month_day_last{month.month()}}.day();
  const LocalDay then = std::chrono::local_days{month / std::min(date.day(), last)};
  return zone.to_utc(LocalTime{then} + (local - day));
}

/// At that time of a day, or the instant next to it at which it is open then. nullopt: closed all day.
std::optional<TimePoint> open_on(LocalDay day, Millis time, const Calendar& calendar) {
  const auto& zone = calendar.zone();
  const auto wanted = zone.to_utc(LocalTime{day} + time);
  const auto end = zone.to_utc(LocalTime{day + days{1}});
  if (const auto open = next_open(calendar, wanted); open && *open < end) return *open;
  const auto closed = previous_close(calendar, wanted);
  return closed && *closed > zone.to_utc(LocalTime{day}) ? closed : std::nullopt;
}

/// The day itself when `open` is 0 and it is open, else the next that is; or the `open`th behind it.
std::optional<TimePoint> on_open_day(LocalDay day, Millis time, int open, const Calendar& calendar) {
  if (open == 0) {
    if (const auto at = open_on(day, time, calendar)) return at;
    open = 1;
  }
  for (; open > 0; --open) {
    const auto opens = next_open(calendar, calendar.zone().to_utc(LocalTime{day + days{1}}));
    if (!opens) return std::nullopt;
    day = std::chrono::floor<days>(calendar.zone().to_local(*opens));
  }
  return open_on(day, time, calendar);
}

}  // namespace

Result<std::optional<TimePoint>> parse_due_span(std::string_view text, TimePoint now, const Calendar& calendar,
                                                const TimeZone& zone) {
  std::string span(trim(text));
  if (span.starts_with("in ")) span.erase(0, 3);
  bool business = false;
  for (const std::string_view word : {"business ", "open ", "wall "})
    if (const auto at = span.find(word); at != std::string::npos) {
      span.erase(at, word.size());
      business = word != "wall ";
    }
  const auto never = failure(Errc::invalid_input, "the calendar is never open for that long");
  const auto counted = amount_of(span);
  const bool whole = counted && counted->number == std::floor(counted->number);
  if (whole && business && counted->number <= kDaysMost) {
    const int number = static_cast<int>(counted->number);
    const bool by_weeks = is_one_of(counted->unit, "week", "weeks");
    if (by_weeks || is_one_of(counted->unit, "day", "days")) {
      const auto local = calendar.zone().to_local(now);
      const auto today = std::chrono::floor<days>(local);
      const auto due = by_weeks ? on_open_day(today + days{7 * number}, local - today, 0, calendar)
                                : on_open_day(today, local - today, number, calendar);
      if (!due) return never;
      return due;
    }
  }
  if (whole && !business && counted->number <= kMonthsMost) {
    const int number = static_cast<int>(counted->number);
    if (is_one_of(counted->unit, "month", "months")) return std::optional(months_later(now, months{number}, zone));
    if (is_one_of(counted->unit, "year", "years") && number <= kMonthsMost / 12)
      return std::optional(months_later(now, months{12 * number}, zone));
  }
  auto length = parse_duration(span);
  if (!length && counted && !whole)
    if (const auto one = parse_duration("1 " + std::string(counted->unit)); one && counted->number <= kDaysMost)
      length = Millis{std::llround(counted->number * static_cast<double>(one->count()))};
  if (!length || *length <= Millis{0} || *length > std::chrono::days{kDaysMost}) return std::optional<TimePoint>();
  if (!business) return std::optional(now + *length);
  const auto due = add_business_time(calendar, now, *length);
  if (!due) return never;
  return due;
}

}  // namespace orgo
