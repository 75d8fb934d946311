#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/icalendar.h"
#include "base/recurrence.h"

namespace orgo {

using std::chrono::days;

namespace {

constexpr std::size_t kNotesTold = 20;

/// One event's times within a horizon.
class Occurrences {
 public:
  Occurrences(const IcalEvent& event, const TimeZone& asked, IcalHorizon& horizon, std::vector<std::string>* notes)
      : event_(event), zone_(event.start.all_day || event.start.floating ? asked : event.zone), horizon_(horizon),
        notes_(notes) {
    if (!event.end) {
      length_ = event.start.all_day ? Millis{days{1}} : Millis{0};
    } else if (event.start.instant && event.end->instant) {
      length_ = *event.end->instant - *event.start.instant;
    } else {
      length_ = event.end->local - event.start.local;
      if (event.start.all_day) length_ = std::max(length_, Millis{days{1}});
    }
  }

  /// `instead`: the events that stand for single ones of this series, or for all from one on.
  Status run(const std::vector<const IcalEvent*>& instead, const TimeZone& asked, std::vector<IcalOccurrence>& out) {
    std::map<LocalTime, const IcalEvent*> later;
    for (const auto* other : instead) {
      if (!other->and_future) continue;
      later.emplace(in_zone(*other->recurrence_id), other);
      slack_ = std::max(slack_, Millis{std::chrono::abs(moved_by(*other))});
    }
    std::map<LocalTime, Millis> starts;  // and how long each is
    if (event_.rrule.empty() || event_.recurrence_id) {
      starts.emplace(event_.start.local, length_);
    } else {
      ORGO_TRY(times, follow_rule(event_.rrule, "it is taken to happen once"));
      for (const auto at : times.value_or(std::vector{event_.start.local})) starts.emplace(at, length_);
    }
    if (!event_.recurrence_id) {
      ORGO_CHECK(apply_exceptions(starts));
      for (const auto* other : instead) remove(starts, *other->recurrence_id);
    }
    for (const auto& [start, length] : starts) {
      const auto* const other = stands_for(later, start);
      if (other == nullptr) {
        ORGO_CHECK(add(start, length, out));
      } else if (other->status != "CANCELLED") {
        Occurrences moved(*other, asked, horizon_, notes_);
        ORGO_CHECK(moved.add(start + moved_by(*other), moved.length_, out));
      }
    }
    return {};
  }

 private:
  using Starts = std::map<LocalTime, Millis>;

  LocalTime in_zone(const IcalTime& time) const { return time.instant ? zone_.to_local(*time.instant) : time.local; }

  Status apply_exceptions(Starts& starts) {
    for (const auto& exrule : event_.exrules) {
      ORGO_TRY(times, follow_rule(exrule, "none of its times is left out by it"));
      if (times)
        for (const auto at : *times) starts.erase(at);
    }
    for (const auto& date : event_.rdates) starts.emplace(in_zone(date), length_);
    for (const auto& period : event_.rperiods) starts.insert_or_assign(in_zone(period.start), period.length);
    for (const auto& date : event_.exdates) remove(starts, date);
    return {};
  }

  void remove(Starts& starts, const IcalTime& date) const {
    if (!date.all_day) {
      starts.erase(in_zone(date));
      return;
    }
    // A date names all that starts on it: some programs write EXDATE so for events with a time.
    starts.erase(starts.lower_bound(date.local), starts.lower_bound(date.local + days{1}));
  }

  /// By how much a moved one, and all behind it, is later than the series says.
  Millis moved_by(const IcalEvent& other) const { return in_zone(other.start) - in_zone(*other.recurrence_id); }

  /// Which event all from one on, and so that at `start`, goes by; nullptr: the series itself.
  static const IcalEvent* stands_for(const std::map<LocalTime, const IcalEvent*>& later, LocalTime start) {
    const auto behind = later.upper_bound(start);
    return behind == later.begin() ? nullptr : std::prev(behind)->second;
  }

  Status add(LocalTime start, Millis length, std::vector<IcalOccurrence>& out) {
    IcalOccurrence o{&event_, start, start + length, zone_.to_utc(start), {}};
    o.finishes = event_.start.all_day ? zone_.to_utc(o.end) : o.begins + length;
    if (o.begins >= horizon_.to || (o.finishes <= horizon_.from && o.begins < horizon_.from)) return {};
    if (out.size() >= horizon_.count_max)
      return failure(Errc::resource_exhausted,
                     "iCalendar: more than " + std::to_string(horizon_.count_max) + " occurrences");
    out.push_back(o);
    return {};
  }

  /// nullopt: it can't be followed, and `then` stands in the notes.
  Result<std::optional<std::vector<LocalTime>>> follow_rule(const std::string& text, std::string_view then) {
    auto rule = parse_recurrence(text);
    if (!rule) {
      if (notes_ != nullptr && notes_->size() < kNotesTold)
        notes_->push_back("'" + event_.summary.substr(0, 80) + "': " + rule.error().message + "; " + std::string(then));
      return std::optional<std::vector<LocalTime>>();
    }
    if (rule->until && rule->until_is_utc) rule->until = zone_.to_local(TimePoint{rule->until->time_since_epoch()});
    // A day of slack for the offsets of zones; the instants decide.
    const auto from = LocalTime{horizon_.from.time_since_epoch()} - length_ - slack_ - days{2};
    const auto to = LocalTime{horizon_.to.time_since_epoch()} + slack_ + days{2};
    ORGO_TRY(times, expand(*rule, event_.start.local, from, to, horizon_.count_max + 1, horizon_.budget));
    return std::optional(std::move(times));
  }

  const IcalEvent& event_;
  const TimeZone& zone_;
  IcalHorizon& horizon_;
  std::vector<std::string>* notes_;
  Millis length_{}, slack_{};  ///< of one; how far single ones were moved
};

}  // namespace

Result<std::vector<IcalOccurrence>> occurrences(const Icalendar& calendar, IcalHorizon horizon, const TimeZone& zone,
                                                std::vector<std::string>* notes) {
  std::map<std::string_view, std::vector<const IcalEvent*>> moved;
  for (const auto& event : calendar.events)
    if (event.recurrence_id) moved[event.uid].push_back(&event);
  static const std::vector<const IcalEvent*> none;
  std::vector<IcalOccurrence> out;
  for (const auto& event : calendar.events) {
    if (event.status == "CANCELLED") continue;
    const auto found = event.recurrence_id ? moved.end() : moved.find(event.uid);
    ORGO_CHECK(Occurrences(event, zone, horizon, notes).run(found == moved.end() ? none : found->second, zone, out));
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.begins < b.begins; });
  return out;
}

}  // namespace orgo
