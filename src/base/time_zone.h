#pragma once
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace orgo {

/// What a clock on the wall shows, without saying in which zone.
using LocalTime = std::chrono::local_time<Millis>;
using LocalDay = std::chrono::local_days;

/// "2026-11-22T01:22:35", "2026-11-22": without a zone. parse_local_time() takes both forms, also with a space for the
/// T and without seconds; parse_local_day() only the date. invalid_input otherwise, also for 30 February.
std::string to_string(LocalTime time);
std::string to_string(LocalDay day);
Result<LocalTime> parse_local_time(std::string_view text);
Result<LocalDay> parse_local_day(std::string_view text);

/// The rules by which a place turns UTC into wall time: a table of the moments at which its offset changes, from 1900
/// to 2200. Cheap to copy, never changes, and may be used from several threads at once. Before and behind the table its
/// first and last offsets hold.
class TimeZone {
 public:
  /// From `from` on, until the next one, local time is UTC + offset.
  struct Change {
    TimePoint from;
    Millis offset;
    friend bool operator==(const Change&, const Change&) = default;
  };
  /// The stretch of time around an instant in which the offset is the same: [begin, end).
  struct Stretch {
    TimePoint begin;  ///< TimePoint::min() before the first change
    TimePoint end;    ///< TimePoint::max() behind the last
    Millis offset;
  };
  /// Which instant is meant by a wall time that comes twice (clocks go back) or never (clocks go forward).
  enum class Choice {
    earlier,  ///< twice: the first; never: as if the clocks had not gone forward (RFC 5545, 3.3.5): 02:30 is 03:30
    later,    ///< twice: the second; never: the moment at which the clocks go forward
  };

  TimeZone();  ///< UTC
  /// By its name in the IANA database of the machine: "Europe/Berlin". invalid_input with the nearest name when there
  /// is none such; unavailable when the machine has no database (package tzdata).
  static Result<TimeZone> find(std::string_view name);
  /// "W. Europe Standard Time" -> Europe/Berlin: the names that Exchange and Outlook write (CLDR's table).
  static Result<TimeZone> find_windows(std::string_view name);
  /// The same offset always.
  static TimeZone fixed(Millis offset);
  /// Of one's own making. `changes` in order of time; at least one.
  static TimeZone of(std::string name, std::vector<Change> changes);

  [[nodiscard]] const std::string& name() const { return rules_->name; }
  [[nodiscard]] Millis offset_at(TimePoint t) const { return stretch_at(t).offset; }
  [[nodiscard]] Stretch stretch_at(TimePoint t) const;
  [[nodiscard]] LocalTime to_local(TimePoint t) const { return LocalTime{(t + offset_at(t)).time_since_epoch()}; }
  [[nodiscard]] TimePoint to_utc(LocalTime local, Choice choice = Choice::earlier) const;
  /// All instants at which the clock shows `local`: none, one or two.
  [[nodiscard]] std::vector<TimePoint> instants_of(LocalTime local) const;

  friend bool operator==(const TimeZone& a, const TimeZone& b) {
    return a.rules_ == b.rules_ || (a.rules_->name == b.rules_->name && a.rules_->changes == b.rules_->changes);
  }

 private:
  struct Rules {
    std::string name;
    std::vector<Change> changes;  ///< the first one's `from` is TimePoint::min()
  };
  explicit TimeZone(std::shared_ptr<const Rules> rules) : rules_(std::move(rules)) {}
  std::shared_ptr<const Rules> rules_;
};

/// For people, to the minute: "2026-11-23 10:00 Europe/Berlin".
std::string to_wall_text(TimePoint at, const TimeZone& zone);

/// The same instant as to_rfc3339() says it, as the clocks there show it: "2026-11-23T10:00:05+01:00"; in UTC with Z.
std::string to_rfc3339(TimePoint at, const TimeZone& zone);

/// All names that TimeZone::find() knows, in order; empty when the machine has no database.
std::span<const std::string> time_zone_names();

}  // namespace orgo
