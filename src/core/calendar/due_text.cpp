#include "core/calendar/due_text.h"

#include <array>
#include <optional>
#include <string>

#include "base/text.h"
#include "base/unicode.h"
#include "core/calendar/calendar_rows.h"
#include "core/calendar/due_span.h"
#include "core/calendar/due_words.h"

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

/// "24.12.2026", "4.7.2026".
std::optional<LocalDay> day_with_dots(std::string_view text) {
  const auto first = text.find('.'), second = text.rfind('.');
  if (first == std::string_view::npos || second == first || first > 2 || second - first > 3) return std::nullopt;
  const auto two = [](std::string_view number) {
    return std::string(number.size() < 2 ? "0" : "") + std::string(number);
  };
  const auto year = text.substr(second + 1);
  if (year.size() != 4) return std::nullopt;
  const auto day = parse_local_day(std::string(year) + "-" + two(text.substr(first + 1, second - first - 1)) + "-" +
                                   two(text.substr(0, first)));
  return day ? std::optional(*day) : std::nullopt;
}

std::optional<NamedDay> day_of(std::string_view text, LocalDay today) {
  if (text.starts_with("on ")) text = trim(text.substr(3));
  if (text == "today") return NamedDay{today};
  if (text == "tomorrow") return NamedDay{today + kOneDay};
  if (text == "the day after tomorrow" || text == "day after tomorrow") return NamedDay{today + 2 * kOneDay};
  if (text.size() == 10)
    if (const auto day = parse_local_day(text)) return NamedDay{*day};
  if (const auto day = day_with_dots(text)) return NamedDay{*day};
  if (text.starts_with("next ")) text = trim(text.substr(5));
  for (std::size_t i = 0; i < kDayNames.size(); ++i)
    if (text == kDayNames[i] || text == kDayNames[i].substr(0, 3)) {
      const std::chrono::weekday wanted{static_cast<unsigned>(i)};
      return NamedDay{today + (wanted - std::chrono::weekday{today}), std::chrono::days{7}};
    }
  return std::nullopt;
}

/// "9:00", "09:30", "9am", "4:30 pm", "noon", "at 9": since midnight.
std::optional<Millis> time_of(std::string_view text) {
  const bool at = text.starts_with("at ");
  if (at) text = trim(text.substr(3));
  if (text == "noon") return std::chrono::hours{12};
  bool half = false, afternoon = false;
  for (const std::string_view word : {"am", "pm"})
    if (text.ends_with(word)) {
      half = true;
      afternoon = word == "pm";
      text = trim(text.substr(0, text.size() - word.size()));
    }
  std::string shown(text);
  if ((at || half) && text.find(':') == std::string_view::npos) shown += ":00";
  if (shown.size() == 4) shown.insert(0, 1, '0');
  if (shown.size() != 5) return std::nullopt;
  const auto time = parse_local_time("2000-01-01 " + shown);
  if (!time) return std::nullopt;
  const Millis since = *time - std::chrono::floor<std::chrono::days>(*time);
  constexpr Millis kHalf = std::chrono::hours{12};
  if (!half) return since;
  if (since < std::chrono::hours{1} || since >= kHalf + std::chrono::hours{1}) return std::nullopt;  // "13 pm"
  return since % kHalf + (afternoon ? kHalf : Millis{0});
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
  const auto told = [&](const std::string& why) {
    return failure(Errc::invalid_input, "'" + std::string(cut_utf8(text, 40)) + "' " + why);
  };
  if (const auto why = why_ambiguous(text); !why.empty()) return told(why);
  const auto span = plain_due_words(text);
  if (const auto at = on_a_day(span, now, calendar, zone)) return *at;
  if (const auto instant = parse_instant(text, zone)) return *instant;
  ORGO_TRY(due, parse_due_span(span, now, calendar, zone));
  if (due) return *due;
  return told("is not a time (" + zone.name() + "); write it as in " + std::string(kDueForms));
}

Result<std::optional<TimePoint>> parse_due_or_none(std::string_view text, TimePoint now, const Calendar& calendar,
                                                   const TimeZone& zone) {
  if (trim(text).empty() || plain_due_words(text) == "none") return std::optional<TimePoint>();
  ORGO_TRY(due, parse_due(text, now, calendar, zone));
  return std::optional(due);
}

}  // namespace orgo
