#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time_zone.h"
#include "core/calendar/calendar.h"

namespace orgo {

struct Holiday {
  LocalDay day;
  std::string name;
  friend auto operator<=>(const Holiday&, const Holiday&) = default;
};

/// Feeds are followed over these years at once, so that nothing has to be synchronized: a feed that says "yearly" is
/// right for as long as anybody counts with it.
inline constexpr int kHolidaysFromYear = 1990, kHolidaysToYear = 2100;
inline constexpr std::size_t kHolidaysMax = 20'000;  ///< of one feed

/// The whole days of an iCalendar feed that touch [from, to), by date, each once for each name, whatever their form:
/// dates, from midnight to midnight (Outlook) or 23:59, marked as whole days, or so many days in UTC, also of 23 and 25
/// hours. What has hours is an appointment and
/// no holiday; it is named in `notes`, if given, as is what can't be followed. A holiday of several days is one entry
/// for each. Errors: those of read_icalendar() and occurrences().
Result<std::vector<Holiday>> holidays_of(std::string_view feed, LocalDay from, LocalDay to,
                                         std::vector<std::string>* notes = nullptr);

/// The same of all years that are followed.
Result<std::vector<Holiday>> holidays_of(std::string_view feed, std::vector<std::string>* notes = nullptr);

/// The days on which a calendar is closed though its week has hours then: holidays, and exceptions without hours. In
/// order.
std::vector<LocalDay> closed_days(const CalendarPlan& plan);

/// `known` and what a newer reading of the feed says of [from, to), in order, without doubles: what lies before is
/// history and stays.
std::vector<Holiday> merge_holidays(std::vector<Holiday> known, const std::vector<Holiday>& read, LocalDay from,
                                    LocalDay to);

}  // namespace orgo
