#pragma once
#include <bitset>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time_zone.h"

namespace orgo {

/// A recurrence rule of iCalendar (RFC 5545, 3.3.10): "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH". From daily to yearly with all
/// BY parts; hourly and finer rules are refused, since no calendar of people or holidays has them.
///
/// Our own, and libical only the oracle of its tests: in libical a rule that never matches walks all seconds until the
/// year 2582, and nothing from outside can stop it. Here the horizon and a budget of days bound each expansion.
struct Recurrence {
  enum class Every { day, week, month, year };
  struct Weekday {
    int ordinal = 0;   ///< 0: each; 2: the second; -1: the last of the month or year
    unsigned day = 0;  ///< 0: Sunday, as std::chrono counts
  };
  Every every = Every::day;
  int interval = 1;                  ///< 1 to 10,000
  std::optional<std::size_t> count;  ///< 1 to 1,000,000
  std::optional<LocalTime> until;    ///< the last moment that belongs to it
  bool until_is_utc = false;         ///< `until` was written in UTC: the caller turns it into the zone of the start
  std::chrono::weekday week_start = std::chrono::Monday;
  std::bitset<13> months;  ///< none set: no such part, also below
  std::bitset<32> month_days, month_days_from_end;
  std::bitset<367> year_days, year_days_from_end;
  std::bitset<54> weeks, weeks_from_end;
  std::vector<Weekday> weekdays;  ///< at most 400
  std::bitset<24> hours;
  std::bitset<60> minutes, seconds;
  std::vector<int> positions;  ///< BYSETPOS, in order, without doubles
};

/// At most 4 KiB. invalid_input with the part that is wrong.
Result<Recurrence> parse_recurrence(std::string_view text);

/// What an expansion may still cost: one for each day that is looked at and for each time that comes out. Shared by all
/// rules of a file.
struct RecurrenceBudget {
  std::size_t left = 2'000'000;
};

/// All times in [from, to) at which something recurs that starts at `start`, in order, at most `count_max` of them (the
/// first ones). `start` itself is among them when it fits the rule. invalid_input when `start` is not in the years 1600
/// to 2999; resource_exhausted when the budget is used up.
Result<std::vector<LocalTime>> expand(const Recurrence& rule, LocalTime start, LocalTime from, LocalTime to,
                                      std::size_t count_max, RecurrenceBudget& budget);

}  // namespace orgo
