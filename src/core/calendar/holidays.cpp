#include "core/calendar/holidays.h"

#include <algorithm>

#include "base/icalendar.h"
#include "base/unicode.h"

namespace orgo {

using std::chrono::days;

Result<std::vector<Holiday>> holidays_of(std::string_view feed, LocalDay from, LocalDay to,
                                         std::vector<std::string>* notes) {
  ORGO_TRY(calendar, read_icalendar(feed));
  if (notes != nullptr) notes->insert(notes->end(), calendar.notes.begin(), calendar.notes.end());
  // Appointments are not looked at, so that a rule of theirs costs nothing.
  std::erase_if(calendar.events, [](const IcalEvent& event) { return !event.start.all_day; });
  IcalHorizon horizon{TimePoint{from.time_since_epoch()}, TimePoint{to.time_since_epoch()}, kHolidaysMax};
  horizon.budget.left = 20'000'000;
  ORGO_TRY(all, occurrences(calendar, horizon, TimeZone(), notes));
  std::vector<Holiday> holidays;
  for (const auto& o : all) {
    auto name = std::string(cut_utf8(o.event->summary, 200));
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    for (auto day = std::chrono::floor<days>(o.start); LocalTime{day} < o.end; day += days{1}) {
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
