#include "core/calendar/holidays.h"

#include <algorithm>
#include <cstdint>

#include "base/icalendar.h"
#include "base/unicode.h"

namespace orgo {

using std::chrono::days;

namespace {

constexpr std::size_t kNamedMax = 5;  // of what is left out

bool is_midnight(LocalTime at) {
  return at == LocalTime{std::chrono::floor<days>(at)};
}

/// How many days `length` is, when it is whole days but for what programs leave out at their end (23:59, 23:59:59);
/// `slack`: for days of 23 and 25 hours, of an event in UTC that was midnight to midnight where it was made. 0: it has
/// hours.
std::int64_t whole_days(Millis length, Millis slack) {
  constexpr Millis kDay = days{1}, kMinute = std::chrono::minutes{1};
  const auto count = (length + kDay / 2) / kDay;
  const auto off = length - count * kDay;
  return count > 0 && off >= -slack - kMinute && off <= slack ? count : 0;
}

/// A day or several, in whatever form: dates; from midnight to midnight, as Outlook exports its holidays, or to the
/// last minute of a day; whole days written in UTC by a program that knows the midnight of another zone; or marked as
/// such.
bool is_whole_days(const IcalEvent& event) {
  if (event.start.all_day || event.marked_all_day) return true;
  if (!event.end) return false;
  if (is_midnight(event.start.local) && whole_days(event.end->local - event.start.local, Millis{0}) > 0) return true;
  if (!event.start.instant || !event.end->instant || event.start.zone != "UTC") return false;
  return whole_days(*event.end->instant - *event.start.instant, std::chrono::hours{1}) > 0;
}

/// What has hours is no holiday, and is named: somebody may have meant it to be one. One of a series that became an
/// appointment stays for what it takes from the series, and for no day of its own.
void leave_out_appointments(Icalendar& calendar, std::vector<std::string>* notes) {
  std::string named;
  std::size_t count = 0;
  std::erase_if(calendar.events, [&](IcalEvent& event) {
    if (is_whole_days(event) || event.status == "CANCELLED") return false;
    if (count++ < kNamedMax) named += (named.empty() ? "'" : ", '") + std::string(cut_utf8(event.summary, 60)) + "'";
    if (!event.recurrence_id) return true;
    event.status = "CANCELLED";
    return false;
  });
  if (count == 0 || notes == nullptr) return;
  if (count > kNamedMax) named += " and " + std::to_string(count - kNamedMax) + " more";
  notes->push_back("no whole days, left out: " + named);
}

}  // namespace

Result<std::vector<Holiday>> holidays_of(std::string_view feed, LocalDay from, LocalDay to,
                                         std::vector<std::string>* notes) {
  ORGO_TRY(calendar, read_icalendar(feed));
  if (notes != nullptr) notes->insert(notes->end(), calendar.notes.begin(), calendar.notes.end());
  // Appointments are not looked at, so that a rule of theirs costs nothing.
  leave_out_appointments(calendar, notes);
  IcalHorizon horizon{TimePoint{from.time_since_epoch()}, TimePoint{to.time_since_epoch()}, kHolidaysMax};
  horizon.budget.left = 20'000'000;
  ORGO_TRY(all, occurrences(calendar, horizon, TimeZone(), notes));
  std::vector<Holiday> holidays;
  for (const auto& o : all) {
    auto name = std::string(cut_utf8(o.event->summary, 200));
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    // A day that a program wrote in UTC ("20261224T230000Z") is that of its middle.
    const bool shifted = !is_midnight(o.start) && o.event->start.zone == "UTC";
    const auto first = std::chrono::floor<days>(shifted ? o.start + std::chrono::hours{12} : o.start);
    const auto known = whole_days(o.end - o.start, std::chrono::hours{12});
    if (known == 0 && o.event->start.all_day) continue;  // a period of hours among days
    const auto count = std::max<std::int64_t>(1, known);
    for (auto day = first; day < first + days{count}; day += days{1}) {
      if (day < from || day >= to) continue;
      if (holidays.size() >= kHolidaysMax)
        return failure(Errc::resource_exhausted, "a feed with more than " + std::to_string(kHolidaysMax) + " holidays");
      holidays.push_back({day, name});
    }
  }
  std::sort(holidays.begin(), holidays.end());
  holidays.erase(std::unique(holidays.begin(), holidays.end()), holidays.end());
  return holidays;
}

Result<std::vector<Holiday>> holidays_of(std::string_view feed, std::vector<std::string>* notes) {
  return holidays_of(feed, LocalDay{std::chrono::year{kHolidaysFromYear} / 1 / 1},
                     LocalDay{std::chrono::year{kHolidaysToYear} / 1 / 1}, notes);
}

std::vector<LocalDay> closed_days(const CalendarPlan& plan) {
  std::vector<LocalDay> closed;
  for (const auto& [day, what] : plan.days)
    if (what.slots.empty() && !plan.week[std::chrono::weekday{day}.c_encoding()].empty()) closed.push_back(day);
  return closed;
}

std::vector<Holiday> merge_holidays(std::vector<Holiday> known, const std::vector<Holiday>& read, LocalDay from,
                                    LocalDay to) {
  std::erase_if(known, [&](const Holiday& h) { return h.day >= from && h.day < to; });
  known.insert(known.end(), read.begin(), read.end());
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  return known;
}

}  // namespace orgo
