#include <algorithm>
#include <map>
#include <optional>
#include <set>
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

  /// `moved`: those of the series that another event stands for.
  Status run(const std::vector<const IcalTime*>& moved, std::vector<IcalOccurrence>& out) {
    std::set<LocalTime> starts;
    if (event_.rrule.empty() || event_.recurrence_id) {
      starts.insert(event_.start.local);
    } else {
      ORGO_TRY(times, follow_rule(event_.rrule, "it is taken to happen once"));
      if (times) starts.insert(times->begin(), times->end());
      else starts.insert(event_.start.local);
    }
    if (!event_.recurrence_id)
      for (const auto& exrule : event_.exrules) {
        ORGO_TRY(times, follow_rule(exrule, "none of its times is left out by it"));
        if (times)
          for (const auto at : *times) starts.erase(at);
      }
    if (!event_.recurrence_id) {
      for (const auto& date : event_.rdates) starts.insert(in_zone(date));
      for (const auto& date : event_.exdates) remove(starts, date);
      for (const auto* date : moved) remove(starts, *date);
    }
    for (const auto start : starts) {
      IcalOccurrence o{&event_, start, start + length_, zone_.to_utc(start), {}};
      o.finishes = event_.start.all_day ? zone_.to_utc(o.end) : o.begins + length_;
      if (o.begins >= horizon_.to || (o.finishes <= horizon_.from && o.begins < horizon_.from)) continue;
      if (out.size() >= horizon_.count_max)
        return failure(Errc::resource_exhausted,
                       "iCalendar: more than " + std::to_string(horizon_.count_max) + " occurrences");
      out.push_back(o);
    }
    return {};
  }

 private:
  LocalTime in_zone(const IcalTime& time) const { return time.instant ? zone_.to_local(*time.instant) : time.local; }

  void remove(std::set<LocalTime>& starts, const IcalTime& date) const {
    if (!date.all_day) {
      starts.erase(in_zone(date));
      return;
    }
    // A date names all that starts on it: some programs write EXDATE so for events with a time.
    starts.erase(starts.lower_bound(date.local), starts.lower_bound(date.local + days{1}));
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
    const auto from = LocalTime{horizon_.from.time_since_epoch()} - length_ - days{2};
    const auto to = LocalTime{horizon_.to.time_since_epoch()} + days{2};
    ORGO_TRY(times, expand(*rule, event_.start.local, from, to, horizon_.count_max + 1, horizon_.budget));
    return std::optional(std::move(times));
  }

  const IcalEvent& event_;
  const TimeZone& zone_;
  IcalHorizon& horizon_;
  std::vector<std::string>* notes_;
  Millis length_{};
};

}  // namespace

Result<std::vector<IcalOccurrence>> occurrences(const Icalendar& calendar, IcalHorizon horizon, const TimeZone& zone,
                                                std::vector<std::string>* notes) {
  std::map<std::string_view, std::vector<const IcalTime*>> moved;
  for (const auto& event : calendar.events)
    if (event.recurrence_id) moved[event.uid].push_back(&*event.recurrence_id);
  static const std::vector<const IcalTime*> none;
  std::vector<IcalOccurrence> out;
  for (const auto& event : calendar.events) {
    if (event.status == "CANCELLED") continue;
    const auto found = event.recurrence_id ? moved.end() : moved.find(event.uid);
    ORGO_CHECK(Occurrences(event, zone, horizon, notes).run(found == moved.end() ? none : found->second, out));
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.begins < b.begins; });
  return out;
}

}  // namespace orgo
