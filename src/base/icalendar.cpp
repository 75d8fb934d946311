#include "base/icalendar.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "base/charset.h"
#include "base/ical_lines.h"
#include "base/text.h"

namespace orgo {
namespace {

using std::chrono::days;

constexpr std::size_t kExrulesMax = 20;
constexpr std::size_t kNotesMax = 20;

/// TEXT of RFC 5545, 3.3.11, unescaped; without control characters; valid UTF-8.
std::string read_text(std::string_view value, std::size_t bytes_max) {
  std::string out;
  for (std::size_t i = 0; i < value.size() && out.size() < bytes_max; ++i) {
    char c = value[i];
    if (c == '\\' && i + 1 < value.size()) {
      c = value[++i];
      if (c == 'n' || c == 'N') c = '\n';
    }
    if (static_cast<unsigned char>(c) >= 0x20 ? c != 0x7F : c == '\n' || c == '\t') out += c;
  }
  if (utf8_prefix(out) != out.size()) out = to_utf8(out, "utf-8");
  if (out.size() > bytes_max) {  // U+FFFD is longer than what it stands for
    out.resize(bytes_max);
    out.resize(utf8_prefix(out));
  }
  return out;
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  if (at + count > text.size()) return std::nullopt;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

struct PlainTime {
  LocalTime local;
  bool all_day = false;
  bool utc = false;
};

/// DATE and DATE-TIME: 20121224, 20121224T090000, 20121224T090000Z. A leap second is the second before it.
std::optional<PlainTime> read_plain_time(std::string_view value) {
  const auto year = digits(value, 0, 4), month = digits(value, 4, 2), day = digits(value, 6, 2);
  if (!year || !month || !day || *year < 1600 || *year > 2999) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  PlainTime time{LocalTime{LocalDay{date}}};
  if (value.size() == 8) {
    time.all_day = true;
    return time;
  }
  const auto hour = digits(value, 9, 2), minute = digits(value, 11, 2), second = digits(value, 13, 2);
  time.utc = value.size() == 16 && (value[15] == 'Z' || value[15] == 'z');
  if ((value[8] != 'T' && value[8] != 't') || !hour || !minute || !second || *hour > 23 || *minute > 59 ||
      *second > 60 || (value.size() != 15 && !time.utc))
    return std::nullopt;
  time.local += std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{std::min(*second, 59)};
  return time;
}

/// UTC-OFFSET: +0100, -033000.
std::optional<Millis> read_offset(std::string_view value) {
  if ((value.size() != 5 && value.size() != 7) || (value[0] != '+' && value[0] != '-')) return std::nullopt;
  const auto hour = digits(value, 1, 2), minute = digits(value, 3, 2);
  const auto second = value.size() == 7 ? digits(value, 5, 2) : 0;
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const Millis offset = std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second};
  return value[0] == '-' ? -offset : offset;
}

/// DURATION: P1W, P15DT5H0M20S, not negative, at most ten years.
std::optional<Millis> read_length(std::string_view value) {
  if (value.starts_with('+')) value.remove_prefix(1);
  if (value.size() < 3 || ascii_lower(value[0]) != 'p') return std::nullopt;
  constexpr std::int64_t kMost = 10LL * 366 * 86'400'000;
  std::int64_t total = 0, number = 0;
  bool in_time = false, any_digit = false;
  for (const char raw : value.substr(1)) {
    const char c = ascii_lower(raw);
    if (c >= '0' && c <= '9') {
      number = number * 10 + (c - '0');
      any_digit = true;
      if (number > 1'000'000'000) return std::nullopt;
      continue;
    }
    if (c == 't' && !any_digit) {
      in_time = true;
      continue;
    }
    std::int64_t unit = 0;
    if (c == 'w' && !in_time) unit = 604'800'000;
    if (c == 'd' && !in_time) unit = 86'400'000;
    if (c == 'h' && in_time) unit = 3'600'000;
    if (c == 'm' && in_time) unit = 60'000;
    if (c == 's' && in_time) unit = 1'000;
    if (unit == 0 || !any_digit) return std::nullopt;
    total += number * unit;
    if (total > kMost) return std::nullopt;
    number = 0;
    any_digit = false;
  }
  if (any_digit) return std::nullopt;
  return Millis{total};
}

/// The zones that a file speaks of, by its own names.
class Zones {
 public:
  void define(const std::string& name, TimeZone zone) { defined_.insert_or_assign(name, std::move(zone)); }

  /// nullopt: nobody knows it.
  std::optional<TimeZone> find(const std::string& name) {
    if (const auto found = found_.find(name); found != found_.end()) return found->second;
    auto zone = look_up(name);
    if (found_.size() < 1'000) found_.emplace(name, zone);
    return zone;
  }

 private:
  std::optional<TimeZone> look_up(const std::string& name) const {
    if (name.size() <= 200) {
      const auto names = time_zone_names();  // find() would look for the nearest name of each unknown one
      // Also "/mozilla.org/20050126_1/Europe/Berlin": the IANA name stands at the end.
      for (std::string_view rest = name; !rest.empty();) {
        if (std::binary_search(names.begin(), names.end(), rest))
          if (auto zone = TimeZone::find(rest)) return *zone;
        const auto slash = rest.find('/');
        if (slash == std::string_view::npos) break;
        rest.remove_prefix(slash + 1);
      }
      if (auto zone = TimeZone::find_windows(name)) return *zone;
    }
    if (const auto found = defined_.find(name); found != defined_.end()) return found->second;
    return std::nullopt;
  }

  std::map<std::string, TimeZone> defined_;
  std::map<std::string, std::optional<TimeZone>> found_;
};

/// One STANDARD or DAYLIGHT of a VTIMEZONE.
struct Observance {
  std::optional<LocalTime> start;
  std::optional<Millis> from, to;
  std::string rule;
};

std::optional<TimeZone> make_zone(const std::string& name, const std::vector<Observance>& observances,
                                  RecurrenceBudget& budget) {
  const LocalTime first{LocalDay{std::chrono::year{1970} / 1 / 1}}, last{LocalDay{std::chrono::year{2100} / 1 / 1}};
  std::vector<TimeZone::Change> changes;
  const auto add = [&](LocalTime at, const Observance& o) {
    changes.push_back({TimePoint{at.time_since_epoch()} - *o.from, *o.to});
  };
  for (const auto& o : observances) {
    if (!o.start || !o.from || !o.to) continue;
    add(*o.start, o);
    if (o.rule.empty()) continue;
    auto rule = parse_recurrence(o.rule);
    if (!rule) continue;
    if (rule->until && rule->until_is_utc) *rule->until += *o.from;
    const auto times = expand(*rule, *o.start, first, last, 1'000, budget);
    if (!times) continue;
    for (const auto time : *times) add(time, o);
  }
  if (changes.empty()) return std::nullopt;
  std::stable_sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
  // Before the first change holds what it changes from.
  for (const auto& o : observances)
    if (o.start && o.from && o.to && TimePoint{o.start->time_since_epoch()} - *o.from == changes.front().from) {
      changes.insert(changes.begin(), {TimePoint::min(), *o.from});
      break;
    }
  return TimeZone::of(name, std::move(changes));
}

class Reader {
 public:
  Reader(std::string_view text, const IcalLimits& limits) : file_(text), limits_(limits) {}

  Result<Icalendar> read() {
    if (file_.size() > limits_.bytes_max)
      return failure(Errc::resource_exhausted, "iCalendar: more than " + std::to_string(limits_.bytes_max) + " bytes");
    text_ = ical_text(file_, in_utf8_);
    ORGO_CHECK(read_zones());
    ORGO_CHECK(read_events());
    if (!seen_calendar_) return failure(Errc::invalid_input, "iCalendar: no BEGIN:VCALENDAR in it");
    return std::move(calendar_);
  }

 private:
  void note(std::size_t line, std::string text) {
    if (calendar_.notes.size() < kNotesMax)
      calendar_.notes.push_back("line " + std::to_string(line) + ": " + std::move(text));
  }

  /// Calls `act` for each line with the components around it.
  template <typename Act>
  Status walk(Act act) {
    IcalLines lines(text_, limits_.text_max + 4096);
    std::vector<std::string> inside;
    std::size_t count = 0;
    for (IcalLine line; lines.next(line);) {
      if (++count > limits_.lines_max)
        return failure(Errc::resource_exhausted,
                       "iCalendar: more than " + std::to_string(limits_.lines_max) + " lines");
      if (line.name == "BEGIN") {
        inside.push_back(ical_upper(trim(line.value)));
        if (inside.size() > static_cast<std::size_t>(limits_.depth_max))
          return failure(Errc::resource_exhausted, "iCalendar: components too deep in each other");
      }
      ORGO_CHECK(act(line, inside));
      // An END closes what it names; without that one it closes nothing.
      if (line.name == "END") {
        const auto open = std::find(inside.rbegin(), inside.rend(), ical_upper(trim(line.value)));
        if (open != inside.rend()) inside.erase(open.base() - 1, inside.end());
      }
    }
    return {};
  }

  Status read_zones() {
    std::string name;
    std::vector<Observance> observances;
    RecurrenceBudget budget;
    return walk([&](const IcalLine& line, const std::vector<std::string>& inside) -> Status {
      const auto zone = std::find(inside.begin(), inside.end(), "VTIMEZONE");
      if (zone == inside.end()) return {};
      if (inside.back() == "VTIMEZONE") {
        if (line.name == "BEGIN") {
          name.clear();
          observances.clear();
        } else if (line.name == "TZID") {
          name = trim(line.value);
        } else if (line.name == "END" && !name.empty()) {
          if (auto made = make_zone(name, observances, budget)) zones_.define(name, std::move(*made));
        }
        return {};
      }
      if (line.name == "BEGIN" && observances.size() < 1'000) observances.emplace_back();
      if (observances.empty()) return {};
      auto& o = observances.back();
      const auto value = trim(line.value);
      if (line.name == "DTSTART")
        if (const auto time = read_plain_time(value)) o.start = time->local;
      if (line.name == "TZOFFSETFROM") o.from = read_offset(value);
      if (line.name == "TZOFFSETTO") o.to = read_offset(value);
      if (line.name == "RRULE") o.rule = value;
      return {};
    });
  }

  Status read_events() {
    return walk([&](const IcalLine& line, const std::vector<std::string>& inside) -> Status {
      if (line.name == "BEGIN" && inside.back() == "VCALENDAR") seen_calendar_ = true;
      if (inside.empty()) return {};
      if (inside.back() == "VCALENDAR") {
        if (line.name == "METHOD") calendar_.method = ical_upper(trim(read_text(line.value, 100)));
        if (line.name == "X-WR-CALNAME") calendar_.name = read_text(line.value, limits_.text_max);
        if (line.name == "PRODID") calendar_.product = read_text(line.value, limits_.text_max);
      } else if (inside.back() == "VEVENT") {
        if (line.name == "BEGIN") begin_event(line);
        else if (line.name == "END") return end_event();
        else read_property(line);
      }
      return {};
    });
  }

  void begin_event(const IcalLine& line) {
    event_ = IcalEvent{};
    length_.reset();
    has_start_ = false;
    event_line_ = line.number;
  }

  std::optional<IcalTime> read_time(const IcalLine& line, std::string_view value) {
    const auto plain = read_plain_time(trim(value));
    if (!plain) {
      note(line.number,
           "'" + read_text(line.name + ":" + std::string(value.substr(0, 40)), 80) + "' is not a date or time");
      return std::nullopt;
    }
    IcalTime time;
    time.local = plain->local;
    time.all_day = plain->all_day;
    if (time.all_day) return time;
    TimeZone zone;
    if (plain->utc) {
      time.zone = "UTC";
    } else if (const std::string id(trim(line.param("TZID"))); !id.empty()) {
      if (auto found = zones_.find(id)) {
        zone = *found;
        time.zone = read_text(zone.name(), 200);
      } else {
        note(line.number, "unknown time zone '" + read_text(id, 100) + "'; taken as local time");
        time.floating = true;
      }
    } else {
      time.floating = true;
    }
    if (!time.floating) time.instant = zone.to_utc(time.local);
    if (line.name == "DTSTART") event_.zone = zone;
    return time;
  }

  void read_property(const IcalLine& line) {
    const auto text = [&] { return read_text(line.value, limits_.text_max); };
    auto& e = event_;
    const auto& name = line.name;
    if (name == "UID") e.uid = text();
    else if (name == "SUMMARY") e.summary = text();
    else if (name == "DESCRIPTION") e.description = text();
    else if (name == "LOCATION") e.location = text();
    else if (name == "URL") e.url = text();
    else if (name == "STATUS") e.status = ical_upper(trim(read_text(line.value, 100)));
    else if (name == "SEQUENCE") read_sequence(line);
    else if (name == "ORGANIZER") e.organizer = read_person(line);
    else if (name == "ATTENDEE") add_attendee(line);
    else if (name == "RRULE") {
      if (e.rrule.empty()) e.rrule = read_text(trim(line.value), 4096);
    } else if (name == "EXRULE") {
      if (e.exrules.size() < kExrulesMax) e.exrules.push_back(read_text(trim(line.value), 4096));
      else note(line.number, "more rules of exceptions than are followed");
    } else if (name == "X-MICROSOFT-CDO-ALLDAYEVENT") {
      e.marked_all_day = ascii_iequals(trim(line.value), "TRUE");
    } else if (name == "DTSTART") {
      if (auto time = read_time(line, line.value)) {
        e.start = std::move(*time);
        has_start_ = true;
      }
    } else if (name == "DTEND") e.end = read_time(line, line.value);
    else if (name == "DURATION") length_ = read_length(trim(line.value));
    else if (name == "RECURRENCE-ID") {
      e.recurrence_id = read_time(line, line.value);
      e.and_future = ascii_iequals(trim(line.param("RANGE")), "THISANDFUTURE");
    } else if (name == "RDATE") add_dates(line, e.rdates, &e.rperiods);
    else if (name == "EXDATE") add_dates(line, e.exdates, nullptr);
  }

  void read_sequence(const IcalLine& line) {
    const auto value = trim(line.value);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error == std::errc{} && end == value.data() + value.size() && number >= 0) event_.sequence = number;
  }

  IcalPerson read_person(const IcalLine& line) const {
    IcalPerson person;
    std::string_view address = trim(line.value);
    if (ascii_istarts_with(address, "mailto:")) address.remove_prefix(7);
    person.address = read_text(address, 1'000);
    person.name = read_text(line.param("CN"), 1'000);
    person.role = ical_upper(read_text(line.param("ROLE"), 100));
    person.participation = ical_upper(read_text(line.param("PARTSTAT"), 100));
    person.reply_wanted = ascii_iequals(line.param("RSVP"), "TRUE");
    return person;
  }

  void add_attendee(const IcalLine& line) {
    if (event_.attendees.size() < limits_.people_max) event_.attendees.push_back(read_person(line));
    else if (event_.attendees.size() == limits_.people_max) note(line.number, "more attendees than are kept");
  }

  /// `periods`: where those go that say how long they are.
  void add_dates(const IcalLine& line, std::vector<IcalTime>& dates, std::vector<IcalPeriod>* periods) {
    for (const auto item : split(line.value, ',')) {
      if (dates.size() + (periods == nullptr ? 0 : periods->size()) >= limits_.dates_max) {
        note(line.number, "more dates than are kept");
        return;
      }
      const auto slash = item.find('/');
      auto time = read_time(line, item.substr(0, slash));
      if (!time) continue;
      const auto length = slash == std::string_view::npos ? std::nullopt : length_of(*time, item.substr(slash + 1));
      if (length && periods != nullptr) periods->push_back({std::move(*time), *length});
      else dates.push_back(std::move(*time));
    }
  }

  /// Of a PERIOD: its end, or how long it is. nullopt: neither, or not behind its start.
  static std::optional<Millis> length_of(const IcalTime& start, std::string_view end) {
    auto length = read_length(trim(end));
    if (const auto at = read_plain_time(trim(end)); at && !length) {
      if (!at->utc) length = at->local - start.local;
      else if (start.instant) length = TimePoint{at->local.time_since_epoch()} - *start.instant;
    }
    return length && *length > Millis{0} ? length : std::nullopt;
  }

  Status end_event() {
    if (!has_start_) {
      note(event_line_, "an event without a start; left out");
      return {};
    }
    auto& e = event_;
    if (!e.end && length_) {
      e.end = e.start;
      e.end->local += *length_;
      if (e.end->instant) {
        *e.end->instant += *length_;
        e.end->local = e.zone.to_local(*e.end->instant);
      }
    }
    if (e.end) {
      const bool comparable = e.end->all_day == e.start.all_day && e.end->floating == e.start.floating;
      const bool before = e.end->instant ? *e.end->instant < e.start.instant : e.end->local < e.start.local;
      if (!comparable || before) {
        note(event_line_, "the end of an event doesn't fit its start; left out");
        e.end.reset();
      }
    }
    if (calendar_.events.size() >= limits_.events_max)
      return failure(Errc::resource_exhausted,
                     "iCalendar: more than " + std::to_string(limits_.events_max) + " events");
    calendar_.events.push_back(std::move(e));
    event_ = IcalEvent{};
    has_start_ = false;
    return {};
  }

  std::string_view file_, text_;
  std::string in_utf8_;  ///< where `text_` is, when the file is in another charset
  const IcalLimits& limits_;
  Icalendar calendar_;
  Zones zones_;
  bool seen_calendar_ = false;
  IcalEvent event_;
  std::optional<Millis> length_;
  bool has_start_ = false;
  std::size_t event_line_ = 0;
};

}  // namespace

Result<Icalendar> read_icalendar(std::string_view text, const IcalLimits& limits) {
  return Reader(text, limits).read();
}

}  // namespace orgo
