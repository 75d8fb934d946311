#pragma once
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "base/time_zone.h"

namespace orgo {

/// Open from `from` until `to`, in minutes of the wall clock since midnight of the day on which it begins; `to` beyond
/// 24:00 reaches into the next day. 0 <= from < 1440, from < to <= from + 1440.
struct Slot {
  int from = 0;
  int to = 0;
  friend auto operator<=>(const Slot&, const Slot&) = default;
};
/// "08:00-12:00", "22:00-06:00" (until the next morning), "00:00-24:00". nullopt: not such a slot.
std::optional<Slot> parse_slot(std::string_view text);
std::string to_string(Slot slot);

/// How the result of adding business time is told: conventions that differ between programs.
struct CalendarConventions {
  /// A span that is used up exactly when it closes ends ...
  enum class EndOfSlot {
    close,      ///< then: at 17:00
    next_open,  ///< at the next opening: at 9:00 of the next day
  };
  enum class Round {
    none,         ///< to the millisecond
    minute,       ///< seconds are cut off
    next_minute,  ///< up to the full minute
  };
  EndOfSlot end_of_slot = EndOfSlot::close;
  Round round = Round::none;
  friend bool operator==(const CalendarConventions&, const CalendarConventions&) = default;
};

/// What a calendar is made of, as people write it.
struct CalendarPlan {
  /// A day that is not as its weekday says.
  struct Day {
    std::vector<Slot> slots;  ///< empty: closed
    std::string why;          ///< "Christmas Day"; may be empty
    bool holiday = false;     ///< else an exception, which counts more than a holiday
    friend bool operator==(const Day&, const Day&) = default;
  };
  std::string name;
  TimeZone zone;
  bool zone_of_house = false;  ///< of a module that names none: `zone` is that of the organization, once it is known
  std::array<std::vector<Slot>, 7> week;  ///< 0: Sunday, as std::chrono counts
  std::map<LocalDay, Day> days;
  CalendarConventions conventions;
  std::vector<std::string> customers;  ///< addresses and @domains whose mail is counted by it
};

/// When an organization works. It is open at an instant when the clock on its wall then stands within a slot: of this
/// day, or of the day before when that slot goes over midnight. A slot belongs to the day on which it begins, so a
/// holiday on Friday takes away all of Friday night. An hour that comes twice is open twice; one that never comes, not
/// at all.
///
/// A value that never changes and is cheap to copy; any number of threads. All arithmetic goes by days and whole weeks,
/// never by minutes: ten years cost some microseconds.
class Calendar {
 public:
  Calendar();  ///< always open, UTC: wall time
  explicit Calendar(CalendarPlan plan);

  [[nodiscard]] const std::string& name() const { return days_->plan.name; }
  [[nodiscard]] const TimeZone& zone() const { return days_->plan.zone; }
  [[nodiscard]] const CalendarPlan& plan() const { return days_->plan; }
  /// Is there no hour in its week? Then only exceptions are open.
  [[nodiscard]] bool week_is_empty() const { return days_->week_total == Millis{0}; }

  /// A stretch of wall time within one day: [from, to) since midnight, at most 24 hours.
  struct Hours {
    Millis from, to;
    friend bool operator==(const Hours&, const Hours&) = default;
  };
  /// When it is open on that day, in order, apart from each other, with what reaches into it from the day before.
  [[nodiscard]] std::span<const Hours> hours_of(LocalDay day) const;
  /// The first day from `day` on that is not as its weekday says; nullopt: none follows.
  [[nodiscard]] std::optional<LocalDay> next_special(LocalDay day) const;
  [[nodiscard]] Millis week_total() const { return days_->week_total; }

  /// The same hours at all times, whatever the names.
  friend bool operator==(const Calendar& a, const Calendar& b);

 private:
  struct Days {
    CalendarPlan plan;
    std::array<std::vector<Hours>, 7> week;
    std::vector<std::pair<LocalDay, std::vector<Hours>>> special;  ///< in order
    Millis week_total{};
  };
  std::shared_ptr<const Days> days_;
};

/// A stretch of time, [from, to).
struct Span {
  TimePoint from, to;
  friend bool operator==(const Span&, const Span&) = default;
};

bool open_at(const Calendar& calendar, TimePoint t);
/// `t` itself when it is open then. nullopt: not within 50 years.
std::optional<TimePoint> next_open(const Calendar& calendar, TimePoint t);
/// The first instant after `t` at which it closes. nullopt: not within 50 years, as one that is always open.
std::optional<TimePoint> next_close(const Calendar& calendar, TimePoint t);
/// The last instant until `t` at which it closed. nullopt: not within 50 years.
std::optional<TimePoint> previous_close(const Calendar& calendar, TimePoint t);

/// How much of [from, to) is open; 0 when to <= from. `pauses` don't count; in any order, they may overlap.
Millis business_time_between(const Calendar& calendar, TimePoint from, TimePoint to, std::span<const Span> pauses = {});
/// The first instant >= `from` until which `counted` open time has passed since `from`; `from` when counted <= 0. Told
/// by the calendar's conventions. nullopt: not within 50 years.
std::optional<TimePoint> add_business_time(const Calendar& calendar, TimePoint from, Millis counted,
                                           std::span<const Span> pauses = {});
/// The same to the millisecond and as the calendar closes, whatever its conventions: for what the engine counts with.
std::optional<TimePoint> add_exact_business_time(const Calendar& calendar, TimePoint from, Millis counted,
                                                 std::span<const Span> pauses = {});

/// All calendars of an organization by name, and which one counts for whom.
class Calendars {
 public:
  void add(Calendar calendar);
  /// The organization's; without one, time is wall time.
  void set_default(std::string name) { default_ = std::move(name); }

  /// nullptr: none of that name.
  [[nodiscard]] const Calendar* find(std::string_view name) const;
  [[nodiscard]] const std::string& default_name() const { return default_; }
  /// The default one, or an always open one.
  [[nodiscard]] const Calendar& standard() const;
  /// That of the customer with this address, by address first, then by domain (also of a parent domain). nullptr: none.
  [[nodiscard]] const Calendar* of_customer(std::string_view address) const;
  /// That for which this very address or @domain is written down. nullptr: none.
  [[nodiscard]] const Calendar* of_exactly(std::string_view customer) const;
  [[nodiscard]] const std::map<std::string, Calendar, std::less<>>& all() const { return by_name_; }
  [[nodiscard]] bool empty() const { return by_name_.empty(); }

 private:
  std::map<std::string, Calendar, std::less<>> by_name_;
  std::map<std::string, std::string, std::less<>> by_customer_;  ///< folded address or @domain -> name
  std::string default_;
};

}  // namespace orgo
