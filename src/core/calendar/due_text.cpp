#include "core/calendar/due_text.h"

#include <array>
#include <optional>
#include <string>

#include "base/text.h"
#include "core/calendar/calendar_rows.h"

namespace orgo {
namespace {

constexpr std::chrono::days kOneDay{1};
constexpr auto kDayNames =
    std::to_array<std::string_view>({"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"});

/// Until it closes on that day, or until midnight.
TimePoint end_of(LocalDay day, const Calendar& calendar, const TimeZone& zone) {
  const auto begin = zone.to_utc(LocalTime{day}), end = zone.to_utc(LocalTime{day + kOneDay});
  const auto closed = previous_close(calendar, end);
  return closed && *closed > begin ? *closed : end;
}

/// A day as it is named, and how many days behind it comes another of this name; 0: none does.
struct NamedDay {
  LocalDay day;
  std::chrono::days again{0};
};

std::optional<NamedDay> day_of(std::string_view text, LocalDay today) {
  if (text == "today") return NamedDay{today};
  if (text == "tomorrow") return NamedDay{today + kOneDay};
  if (text.size() == 10)
    if (const auto day = parse_local_day(text)) return NamedDay{*day};
  for (const std::string_view word : {"on ", "next "})
    if (text.starts_with(word)) text = trim(text.substr(word.size()));
  for (std::size_t i = 0; i < kDayNames.size(); ++i)
    if (text == kDayNames[i] || text == kDayNames[i].substr(0, 3)) {
      const std::chrono::weekday wanted{static_cast<unsigned>(i)};
      return NamedDay{today + (wanted - std::chrono::weekday{today}), std::chrono::days{7}};
    }
  return std::nullopt;
}

/// "9:00", "09:30", "at 15:00": since midnight.
std::optional<Millis> time_of(std::string_view text) {
  if (text.starts_with("at ")) text = trim(text.substr(3));
  if (text.size() != 4 && text.size() != 5) return std::nullopt;
  const auto padded = text.size() == 4 ? "0" + std::string(text) : std::string(text);
  const auto shown = parse_local_time("2000-01-01 " + padded);
  if (!shown) return std::nullopt;
  return *shown - std::chrono::floor<std::chrono::days>(*shown);
}

/// A day, a time, or both.
std::optional<TimePoint> on_a_day(std::string_view text, TimePoint now, const Calendar& calendar,
                                  const TimeZone& zone) {
  const auto today = std::chrono::floor<std::chrono::days>(zone.to_local(now));
  auto named = day_of(text, today);
  std::optional<Millis> time;
  if (!named) {
    if (time = time_of(text); time) named = NamedDay{today, kOneDay};
    // The time stands behind the last space, or behind "at".
    for (auto space = text.find(' '); space != std::string_view::npos && !named; space = text.find(' ', space + 1))
      if (time = time_of(trim(text.substr(space + 1))); time) named = day_of(trim(text.substr(0, space)), today);
    if (!named || !time) return std::nullopt;
  }
  const auto instant_on = [&](LocalDay day) {
    return time ? zone.to_utc(LocalTime{day} + *time) : end_of(day, calendar, zone);
  };
  const auto first = instant_on(named->day);
  return first > now || named->again.count() == 0 ? first : instant_on(named->day + named->again);
}

}  // namespace

Result<TimePoint> parse_due(std::string_view text, TimePoint now, const Calendar& calendar, const TimeZone& zone) {
  text = trim(text);
  auto span = ascii_lower(text);
  if (const auto at = on_a_day(span, now, calendar, zone)) return *at;
  if (const auto instant = parse_instant(text, zone)) return *instant;
  if (span.starts_with("in ")) span.erase(0, 3);
  bool business = false;
  for (const std::string_view word : {"business ", "open ", "wall "})
    if (const auto at = span.find(word); at != std::string::npos) {
      span.erase(at, word.size());
      business = word != "wall ";
    }
  const auto counted = parse_duration(span);
  if (!counted || *counted <= Millis{0})
    return failure(Errc::invalid_input, "'" + std::string(text.substr(0, 40)) + "' is not a time (" + zone.name() +
                                            "); write it as in " + std::string(kDueForms));
  if (!business) return now + *counted;
  if (const auto due = add_business_time(calendar, now, *counted)) return *due;
  return failure(Errc::invalid_input, "the calendar is never open for that long");
}

Result<std::optional<TimePoint>> parse_due_or_none(std::string_view text, TimePoint now, const Calendar& calendar,
                                                   const TimeZone& zone) {
  if (trim(text).empty() || ascii_iequals(trim(text), "none")) return std::optional<TimePoint>();
  ORGO_TRY(due, parse_due(text, now, calendar, zone));
  return std::optional(due);
}

}  // namespace orgo
