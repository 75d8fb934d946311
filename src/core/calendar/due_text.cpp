#include "core/calendar/due_text.h"

#include <optional>
#include <string>

#include "base/text.h"
#include "core/calendar/calendar_rows.h"

namespace orgo {
namespace {

/// Until it closes on that day, or until midnight.
TimePoint end_of(LocalDay day, const Calendar& calendar, const TimeZone& zone) {
  const auto begin = zone.to_utc(LocalTime{day}), end = zone.to_utc(LocalTime{day + std::chrono::days{1}});
  const auto closed = previous_close(calendar, end);
  return closed && *closed > begin ? *closed : end;
}

std::optional<LocalDay> day_of(std::string_view text, TimePoint now, const TimeZone& zone) {
  const auto today = std::chrono::floor<std::chrono::days>(zone.to_local(now));
  if (ascii_iequals(text, "today")) return today;
  if (ascii_iequals(text, "tomorrow")) return today + std::chrono::days{1};
  if (text.size() != 10) return std::nullopt;
  const auto day = parse_local_day(text);
  return day ? std::optional(*day) : std::nullopt;
}

}  // namespace

Result<TimePoint> parse_due(std::string_view text, TimePoint now, const Calendar& calendar, const TimeZone& zone) {
  text = trim(text);
  if (const auto day = day_of(text, now, zone)) return end_of(*day, calendar, zone);
  if (const auto instant = parse_instant(text, zone)) return *instant;
  auto span = ascii_lower(text);
  if (span.starts_with("in ")) span.erase(0, 3);
  bool business = false;
  for (const std::string_view word : {"business ", "open ", "wall "})
    if (const auto at = span.find(word); at != std::string::npos) {
      span.erase(at, word.size());
      business = word != "wall ";
    }
  const auto counted = parse_duration(span);
  if (!counted || *counted <= Millis{0})
    return failure(Errc::invalid_input, "'" + std::string(text.substr(0, 40)) +
                                            "' is not a time; write it as in '2026-12-24 09:30' (" + zone.name() +
                                            "), 2026-12-24, tomorrow, '2 hours', '2 business hours', or "
                                            "2026-12-24T08:30:00Z");
  if (!business) return now + *counted;
  if (const auto due = add_business_time(calendar, now, *counted)) return *due;
  return failure(Errc::invalid_input, "the calendar is never open for that long");
}

}  // namespace orgo
