#include "base/time_zone.h"

#include <date/tz.h>
#include <unicode/timezone.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <map>
#include <mutex>
#include <optional>

#include "base/text.h"

namespace orgo {
namespace {

using std::chrono::days;
using std::chrono::seconds;

std::optional<int> number(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

TimePoint to_time_point(date::sys_seconds t) {
  return from_ms(t.time_since_epoch().count() * 1'000);
}

std::vector<std::string> read_names() {
  std::vector<std::string> names;
  try {
    for (const auto& zone : date::get_tzdb().zones) names.push_back(zone.name());
  } catch (const std::exception&) {  // no database on this machine: find() says so
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::string to_string(LocalTime time) {
  // An instant of the same number reads the same; only the Z is not true.
  auto text = to_rfc3339(TimePoint{time.time_since_epoch()});
  text.pop_back();
  return text;
}

std::string to_string(LocalDay day) {
  return to_string(LocalTime{day}).substr(0, 10);
}

Result<LocalDay> parse_local_day(std::string_view text) {
  const auto year = number(text, 0, 4), month = number(text, 5, 2), day = number(text, 8, 2);
  if (text.size() == 10 && text[4] == '-' && text[7] == '-' && year && month && day) {
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (date.ok()) return LocalDay{date};
  }
  return failure(Errc::invalid_input,
                 "'" + std::string(text.substr(0, 40)) + "' is not a date; write it as in 2026-12-24");
}

Result<LocalTime> parse_local_time(std::string_view text) {
  const auto wrong = [&] {
    return failure(Errc::invalid_input,
                   "'" + std::string(text.substr(0, 40)) + "' is not a local time; write it as in 2026-12-24 09:30");
  };
  const auto day = parse_local_day(text.substr(0, 10));
  if (!day) return wrong();
  if (text.size() == 10) return LocalTime{*day};
  if ((text.size() != 16 && text.size() != 19) || (text[10] != 'T' && text[10] != ' ') || text[13] != ':')
    return wrong();
  const auto hour = number(text, 11, 2), minute = number(text, 14, 2);
  const bool with_seconds = text.size() == 19;
  const int second = with_seconds ? number(text, 17, 2).value_or(60) : 0;
  if (!hour || !minute || *hour > 23 || *minute > 59 || second > 59 || (with_seconds && text[16] != ':'))
    return wrong();
  return LocalTime{*day} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} + seconds{second};
}

std::span<const std::string> time_zone_names() {
  static const std::vector<std::string> names = read_names();
  return names;
}

TimeZone::TimeZone() {
  static const auto utc = std::make_shared<const Rules>(Rules{"UTC", {{TimePoint::min(), Millis{0}}}});
  rules_ = utc;
}

TimeZone TimeZone::fixed(Millis offset) {
  const auto minutes = std::chrono::abs(std::chrono::duration_cast<std::chrono::minutes>(offset)).count();
  std::array<char, 24> name{};
  std::snprintf(name.data(), name.size(), "UTC%c%02d:%02d", offset < Millis{0} ? '-' : '+',
                static_cast<int>(minutes / 60 % 100), static_cast<int>(minutes % 60));
  return TimeZone(std::make_shared<const Rules>(Rules{name.data(), {{TimePoint::min(), offset}}}));
}

TimeZone TimeZone::of(std::string name, std::vector<Change> changes) {
  if (changes.empty()) changes.push_back({TimePoint::min(), Millis{0}});
  changes.front().from = TimePoint::min();
  return TimeZone(std::make_shared<const Rules>(Rules{std::move(name), std::move(changes)}));
}

Result<TimeZone> TimeZone::find(std::string_view name) {
  // A table is made once for each zone that somebody names and kept: there are some 600, of 5 KiB.
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const Rules>, std::less<>> known;
  const std::lock_guard lock(mutex);
  if (const auto found = known.find(name); found != known.end()) return TimeZone(found->second);

  const auto names = time_zone_names();
  if (names.empty()) return failure(Errc::unavailable, "this machine has no time zones; install the package tzdata");
  if (!std::binary_search(names.begin(), names.end(), name)) {
    std::vector<std::string_view> views(names.begin(), names.end());
    std::string message =
        "unknown time zone '" + std::string(name.substr(0, 64)) + "'; write an IANA name, as in Europe/Berlin";
    if (const auto near = nearest_name(name, views); !near.empty())
      message += "; did you mean '" + std::string(near) + "'?";
    return failure(Errc::invalid_input, std::move(message));
  }
  try {
    const auto* const zone = date::locate_zone(std::string(name));
    const date::sys_seconds first = date::sys_days{date::year{1900} / 1 / 1},
                            last = date::sys_days{date::year{2200} / 1 / 1};
    auto rules = std::make_shared<Rules>();
    rules->name = name;
    for (auto at = first; at < last;) {
      const auto info = zone->get_info(at);
      const Millis offset{info.offset};
      // Only where the offset changes; a zone may also change its letters.
      if (rules->changes.empty()) rules->changes.push_back({TimePoint::min(), offset});
      else if (rules->changes.back().offset != offset) rules->changes.push_back({to_time_point(info.begin), offset});
      if (info.end <= at) break;
      at = info.end;
    }
    known.emplace(std::string(name), rules);
    return TimeZone(std::move(rules));
  } catch (const std::exception& error) {
    return failure(Errc::unavailable, "reading time zone '" + std::string(name) + "': " + error.what());
  }
}

Result<TimeZone> TimeZone::find_windows(std::string_view name) {
  if (name.size() <= 64 && is_utf8(name)) {
    icu::UnicodeString id;
    UErrorCode code = U_ZERO_ERROR;
    icu::TimeZone::getIDForWindowsID(
        icu::UnicodeString::fromUTF8(icu::StringPiece(name.data(), static_cast<int>(name.size()))), nullptr, id, code);
    if (U_SUCCESS(code) && !id.isEmpty()) {
      std::string iana;
      id.toUTF8String(iana);
      return find(iana);
    }
  }
  return failure(Errc::invalid_input, "unknown Windows time zone '" + std::string(name.substr(0, 64)) + "'");
}

TimeZone::Stretch TimeZone::stretch_at(TimePoint t) const {
  const auto& changes = rules_->changes;
  const auto next = std::upper_bound(changes.begin() + 1, changes.end(), t,
                                     [](TimePoint at, const Change& change) { return at < change.from; });
  return {(next - 1)->from, next == changes.end() ? TimePoint::max() : next->from, (next - 1)->offset};
}

std::vector<TimePoint> TimeZone::instants_of(LocalTime local) const {
  // No offset is more than 26 hours from UTC, and no two changes stand that near.
  std::vector<TimePoint> found;
  const TimePoint about{local.time_since_epoch()};
  for (auto stretch = stretch_at(about - days{2});; stretch = stretch_at(stretch.end)) {
    const auto instant = about - stretch.offset;
    if (stretch.begin <= instant && instant < stretch.end) found.push_back(instant);
    if (stretch.end == TimePoint::max() || stretch.end > about + days{2} || found.size() == 2) return found;
  }
}

TimePoint TimeZone::to_utc(LocalTime local, Choice choice) const {
  const auto instants = instants_of(local);
  if (!instants.empty()) return choice == Choice::earlier ? instants.front() : instants.back();
  const TimePoint about{local.time_since_epoch()};
  // In a gap: behind the change the clock already shows more than `local`, before it less.
  for (auto stretch = stretch_at(about - days{2}); stretch.end != TimePoint::max(); stretch = stretch_at(stretch.end)) {
    const auto after = offset_at(stretch.end);
    if (stretch.end + stretch.offset <= about && about < stretch.end + after)
      return choice == Choice::earlier ? about - stretch.offset : stretch.end;
  }
  return about;
}

std::string to_wall_text(TimePoint at, const TimeZone& zone) {
  auto text = to_string(zone.to_local(at)).substr(0, 16);
  if (text.size() > 10) text[10] = ' ';
  return text + " " + zone.name();
}

std::string to_rfc3339(TimePoint at, const TimeZone& zone) {
  const auto offset = std::chrono::duration_cast<std::chrono::minutes>(zone.offset_at(at)).count();
  if (offset == 0) return to_rfc3339(at);
  const auto two = [](auto value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  const auto size = offset < 0 ? -offset : offset;
  // Of long ago there are offsets with seconds; the text has none, so the time is that of the offset that it says.
  return to_string(LocalTime{(at + std::chrono::minutes(offset)).time_since_epoch()}) + (offset < 0 ? "-" : "+") +
         two(size / 60) + ":" + two(size % 60);
}

}  // namespace orgo
