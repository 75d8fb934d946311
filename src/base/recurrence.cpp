#include "base/recurrence.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <string>

#include "base/text.h"

namespace orgo {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::weekday;
using std::chrono::year_month_day;
using Date = std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> kWeekdays{"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

tl::unexpected<Error> wrong(std::string_view part) {
  return failure(Errc::invalid_input, "recurrence rule: wrong part '" + std::string(part.substr(0, 60)) + "'");
}

std::optional<long> integer(std::string_view text, long least, long most) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) return std::nullopt;
  return value;
}

/// Numbers from `least` to `most`; with a second set also from -most to -least, which go there.
template <std::size_t N>
bool read_set(std::string_view list, long least, std::bitset<N>& set, std::bitset<N>* from_end = nullptr) {
  for (const auto item : split(list, ',')) {
    const auto value = integer(item, -static_cast<long>(N) + 1, static_cast<long>(N) - 1);
    if (!value || (*value < 0 && from_end == nullptr) || std::abs(*value) < least) return false;
    (*value < 0 ? *from_end : set).set(static_cast<std::size_t>(std::abs(*value)));
  }
  return true;
}

bool read_weekdays(std::string_view list, std::vector<Recurrence::Weekday>& weekdays) {
  for (const auto item : split(list, ',')) {
    if (item.size() < 2 || weekdays.size() >= 400) return false;
    const auto name = ascii_lower(item.substr(item.size() - 2));
    const auto found = std::find_if(kWeekdays.begin(), kWeekdays.end(), [&](auto w) { return ascii_iequals(w, name); });
    if (found == kWeekdays.end()) return false;
    Recurrence::Weekday day{0, static_cast<unsigned>(found - kWeekdays.begin())};
    if (const auto ordinal = item.substr(0, item.size() - 2); !ordinal.empty()) {
      const auto value = integer(ordinal, -53, 53);
      if (!value || *value == 0) return false;
      day.ordinal = static_cast<int>(*value);
    }
    weekdays.push_back(day);
  }
  return true;
}

bool read_until(std::string_view text, Recurrence& rule) {
  // 20261224, 20261224T235959, 20261224T235959Z
  if (text.size() != 8 && (text.size() < 15 || (text[8] != 'T' && text[8] != 't'))) return false;
  const auto part = [&](std::size_t at, std::size_t n, int most) { return integer(text.substr(at, n), 0, most); };
  const auto year = part(0, 4, 9999), month = part(4, 2, 12), day = part(6, 2, 31);
  if (!year || !month || !day) return false;
  const Date date{std::chrono::year{static_cast<int>(*year)}, std::chrono::month{static_cast<unsigned>(*month)},
                  std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return false;
  if (text.size() == 8) {  // the whole day belongs to it
    rule.until = LocalTime{LocalDay{date} + days{1}} - Millis{1};
    return true;
  }
  const auto hour = part(9, 2, 23), minute = part(11, 2, 59), second = part(13, 2, 60);
  rule.until_is_utc = text.size() == 16 && (text[15] == 'Z' || text[15] == 'z');
  if (!hour || !minute || !second || (text.size() != 15 && !rule.until_is_utc)) return false;
  rule.until = LocalTime{LocalDay{date}} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
               std::chrono::seconds{std::min(*second, 59L)};
  return true;
}

Status read_part(std::string_view name, std::string_view value, Recurrence& rule) {
  bool good = false;
  if (name == "freq") {
    constexpr std::array<std::string_view, 4> names{"daily", "weekly", "monthly", "yearly"};
    const auto found = std::find(names.begin(), names.end(), ascii_lower(value));
    if (found == names.end())
      return failure(Errc::invalid_input, "recurrence rule: '" + std::string(value.substr(0, 20)) +
                                              "' is not daily, weekly, monthly or yearly; others are not followed");
    rule.every = static_cast<Recurrence::Every>(found - names.begin());
    good = true;
  } else if (name == "interval") {
    const auto number = integer(value, 1, 10'000);
    if ((good = number.has_value())) rule.interval = static_cast<int>(*number);
  } else if (name == "count") {
    const auto number = integer(value, 1, 1'000'000);
    if ((good = number.has_value())) rule.count = static_cast<std::size_t>(*number);
  } else if (name == "until") {
    good = read_until(value, rule);
  } else if (name == "wkst") {
    std::vector<Recurrence::Weekday> day;
    if ((good = read_weekdays(value, day) && day.size() == 1 && day[0].ordinal == 0))
      rule.week_start = weekday{day[0].day};
  } else if (name == "bymonth") {
    good = read_set(value, 1, rule.months);
  } else if (name == "bymonthday") {
    good = read_set(value, 1, rule.month_days, &rule.month_days_from_end);
  } else if (name == "byyearday") {
    good = read_set(value, 1, rule.year_days, &rule.year_days_from_end);
  } else if (name == "byweekno") {
    good = read_set(value, 1, rule.weeks, &rule.weeks_from_end);
  } else if (name == "byday") {
    good = read_weekdays(value, rule.weekdays);
  } else if (name == "byhour") {
    good = read_set(value, 0, rule.hours);
  } else if (name == "byminute") {
    good = read_set(value, 0, rule.minutes);
  } else if (name == "bysecond") {
    good = read_set(value, 0, rule.seconds);
  } else if (name == "bysetpos") {
    for (const auto item : split(value, ',')) {
      const auto number = integer(item, -366, 366);
      if (!number || *number == 0 || rule.positions.size() >= 732) return wrong(value);
      rule.positions.push_back(static_cast<int>(*number));
    }
    good = true;
  } else if (name.starts_with("x-")) {
    good = true;
  }
  if (!good) return wrong(std::string(name) + "=" + std::string(value.substr(0, 60)));
  return {};
}

/// One rule at work: which days of a period fit, and at which times of the day.
class Expansion {
 public:
  Expansion(const Recurrence& rule, LocalTime start) : rule_(rule), start_(start), start_day_(floor<days>(start)) {
    const Date date{start_day_};
    const bool any_day = rule.month_days.any() || rule.month_days_from_end.any() || rule.year_days.any() ||
                         rule.year_days_from_end.any() || !rule.weekdays.empty();
    const bool any_week = rule.weeks.any() || rule.weeks_from_end.any();
    // What the rule doesn't say is as in the start.
    if (!any_day && any_week) rule_.weekdays.push_back({0, weekday{start_day_}.c_encoding()});
    if (!any_day && !any_week) {
      if (rule.every == Recurrence::Every::year && rule.months.none())
        rule_.months.set(static_cast<unsigned>(date.month()));
      if (rule.every == Recurrence::Every::year || rule.every == Recurrence::Every::month)
        rule_.month_days.set(static_cast<unsigned>(date.day()));
      if (rule.every == Recurrence::Every::week) rule_.weekdays.push_back({0, weekday{start_day_}.c_encoding()});
    }
    const auto time = start - LocalTime{start_day_};
    const auto second_of_day = std::chrono::duration_cast<std::chrono::seconds>(time).count();
    if (rule_.hours.none()) rule_.hours.set(static_cast<std::size_t>(second_of_day / 3600));
    if (rule_.minutes.none()) rule_.minutes.set(static_cast<std::size_t>(second_of_day / 60 % 60));
    if (rule_.seconds.none()) rule_.seconds.set(static_cast<std::size_t>(second_of_day % 60));
    for (std::size_t h = 0; h < 24; ++h)
      for (std::size_t m = 0; m < 60 && rule_.hours[h]; ++m)
        for (std::size_t s = 0; s < 60 && rule_.minutes[m]; ++s)
          if (rule_.seconds[s]) times_.push_back(std::chrono::seconds{(h * 60 + m) * 60 + s});
  }

  Result<std::vector<LocalTime>> run(LocalTime from, LocalTime to, std::size_t count_max, RecurrenceBudget& budget) {
    std::vector<LocalTime> out;
    const auto last = rule_.until ? std::min(to, *rule_.until + Millis{1}) : to;
    std::size_t seen = 0;
    // Without COUNT nothing depends on what came before `from`.
    for (auto period = first_period(rule_.count ? start_ : std::max(start_, from));; period += rule_.interval) {
      const auto [begin, end] = days_of(period);
      if (LocalTime{begin} >= last) return out;
      const auto cost = static_cast<std::size_t>((end - begin).count());
      if (!take(budget, cost)) return exhausted();
      fitting_.clear();
      for (auto day = begin; day < end; ++day) {
        const Date date{day};
        if (rule_.months.any() && !rule_.months[static_cast<unsigned>(date.month())]) {
          // On to the last day of this month.
          day = std::min(end - days{1}, LocalDay{date.year() / date.month() / std::chrono::last});
          continue;
        }
        if (fits(day, date)) fitting_.push_back(day);
      }
      if (!take(budget, fitting_.size() * times_.size())) return exhausted();
      const auto emit = [&](std::size_t index) {
        const auto time = LocalTime{fitting_[index / times_.size()]} + times_[index % times_.size()];
        if (time < start_) return true;
        if (time >= last || (rule_.count && seen >= *rule_.count)) return false;
        ++seen;
        if (time >= from) out.push_back(time);
        return out.size() < count_max;
      };
      const auto all = fitting_.size() * times_.size();
      if (rule_.positions.empty()) {
        for (std::size_t i = 0; i < all; ++i)
          if (!emit(i)) return out;
      } else {
        std::set<std::size_t> chosen;
        for (const int position : rule_.positions) {
          const auto place = static_cast<std::size_t>(std::abs(position));
          if (place <= all) chosen.insert(position > 0 ? place - 1 : all - place);
        }
        for (const auto i : chosen)
          if (!emit(i)) return out;
      }
    }
  }

 private:
  static bool take(RecurrenceBudget& budget, std::size_t cost) {
    if (budget.left < cost) return false;
    budget.left -= cost;
    return true;
  }
  static tl::unexpected<Error> exhausted() {
    return failure(Errc::resource_exhausted, "recurrence rule: too many days to look at");
  }

  LocalDay week_begin(LocalDay day) const { return day - (weekday{day} - rule_.week_start); }

  /// The number of the first period that isn't over at `at` and that the interval hits; period 0 has the start in it.
  std::int64_t first_period(LocalTime at) const {
    const auto day = std::max(floor<days>(at), start_day_);
    const Date date{day}, start{start_day_};
    std::int64_t period = 0;
    switch (rule_.every) {
      case Recurrence::Every::day:
        period = (day - start_day_).count();
        break;
      case Recurrence::Every::week:
        period = (week_begin(day) - week_begin(start_day_)).count() / 7;
        break;
      case Recurrence::Every::month:
        period = (int{date.year()} - int{start.year()}) * 12LL + static_cast<int>(unsigned{date.month()}) -
                 static_cast<int>(unsigned{start.month()});
        break;
      case Recurrence::Every::year:
        period = int{date.year()} - int{start.year()};
        break;
    }
    return (period + rule_.interval - 1) / rule_.interval * rule_.interval;
  }

  std::pair<LocalDay, LocalDay> days_of(std::int64_t period) const {
    const Date start{start_day_};
    switch (rule_.every) {
      case Recurrence::Every::day:
        return {start_day_ + days{period}, start_day_ + days{period + 1}};
      case Recurrence::Every::week: {
        const auto begin = week_begin(start_day_) + days{7 * period};
        return {begin, begin + days{7}};
      }
      case Recurrence::Every::month: {
        const auto month = start.year() / start.month() + std::chrono::months{period};
        return {LocalDay{month / 1}, LocalDay{(month + std::chrono::months{1}) / 1}};
      }
      case Recurrence::Every::year:
        break;
    }
    const auto year = start.year() + std::chrono::years{period};
    return {LocalDay{year / 1 / 1}, LocalDay{(year + std::chrono::years{1}) / 1 / 1}};
  }

  bool fits(LocalDay day, const Date& date) const {
    const bool by_month_day = rule_.month_days.any() || rule_.month_days_from_end.any();
    if (by_month_day) {
      const unsigned in_month = unsigned{(date.year() / date.month() / std::chrono::last).day()};
      const unsigned d{date.day()};
      if (!rule_.month_days[d] && !rule_.month_days_from_end[in_month + 1 - d]) return false;
    }
    if (rule_.year_days.any() || rule_.year_days_from_end.any()) {
      const auto d = static_cast<std::size_t>((day - LocalDay{date.year() / 1 / 1}).count()) + 1;
      const std::size_t in_year = date.year().is_leap() ? 366 : 365;
      if (!rule_.year_days[d] && !rule_.year_days_from_end[in_year + 1 - d]) return false;
    }
    if (rule_.weeks.any() || rule_.weeks_from_end.any()) {
      const auto [week, weeks] = week_of(day);
      if (!rule_.weeks[week] && !rule_.weeks_from_end[weeks + 1 - week]) return false;
    }
    return rule_.weekdays.empty() ||
           std::any_of(rule_.weekdays.begin(), rule_.weekdays.end(), [&](const auto& w) { return fits(w, day, date); });
  }

  bool fits(const Recurrence::Weekday& wanted, LocalDay day, const Date& date) const {
    if (weekday{day}.c_encoding() != wanted.day) return false;
    if (wanted.ordinal == 0) return true;
    // Counted in the month when the rule speaks of months, else in the year.
    const bool in_month = rule_.every == Recurrence::Every::month || rule_.months.any();
    const auto first = in_month ? LocalDay{date.year() / date.month() / 1} : LocalDay{date.year() / 1 / 1};
    const auto end = in_month ? LocalDay{date.year() / date.month() / std::chrono::last} + days{1}
                              : LocalDay{(date.year() + std::chrono::years{1}) / 1 / 1};
    const auto ordinal = (day - first).count() / 7 + 1, from_end = (end - days{1} - day).count() / 7 + 1;
    return wanted.ordinal > 0 ? wanted.ordinal == ordinal : -wanted.ordinal == from_end;
  }

  /// The week of the year (ISO 8601, with the week's first day of the rule) and how many that year has.
  std::pair<std::size_t, std::size_t> week_of(LocalDay day) const {
    const auto first_week = [&](std::chrono::year year) { return week_begin(LocalDay{year / 1 / 4}); };
    auto year = Date{day}.year();
    if (day < first_week(year)) --year;
    if (day >= first_week(year + std::chrono::years{1})) ++year;
    const auto begin = first_week(year);
    return {static_cast<std::size_t>((day - begin).count() / 7 + 1),
            static_cast<std::size_t>((first_week(year + std::chrono::years{1}) - begin).count() / 7)};
  }

  Recurrence rule_;
  LocalTime start_;
  LocalDay start_day_;
  std::vector<std::chrono::seconds> times_;
  std::vector<LocalDay> fitting_;
};

}  // namespace

Result<Recurrence> parse_recurrence(std::string_view text) {
  if (text.size() > 4096) return failure(Errc::invalid_input, "recurrence rule: longer than 4 KiB");
  Recurrence rule;
  std::set<std::string> names;
  for (const auto part : split(trim(text), ';')) {
    if (part.empty()) continue;  // some programs end a rule with ';'
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) return wrong(part);
    const auto name = ascii_lower(part.substr(0, equals));
    if (!names.insert(name).second) return wrong(part);
    ORGO_CHECK(read_part(name, part.substr(equals + 1), rule));
  }
  using Every = Recurrence::Every;
  if (!names.contains("freq")) return failure(Errc::invalid_input, "recurrence rule: no FREQ");
  // RFC 5545, 3.3.10: what must not stand together.
  if ((names.contains("byweekno") && rule.every != Every::year) ||
      (names.contains("byyearday") && rule.every != Every::year) ||
      (names.contains("bymonthday") && rule.every == Every::week))
    return failure(Errc::invalid_input, "recurrence rule: these parts must not stand together");
  const bool ordinal =
      std::any_of(rule.weekdays.begin(), rule.weekdays.end(), [](const auto& w) { return w.ordinal != 0; });
  if (ordinal && (rule.every == Every::day || rule.every == Every::week || names.contains("byweekno")))
    return failure(Errc::invalid_input, "recurrence rule: an ordinal weekday is only for months and years");
  const auto times = std::max<std::size_t>(rule.hours.count(), 1) * std::max<std::size_t>(rule.minutes.count(), 1) *
                     std::max<std::size_t>(rule.seconds.count(), 1);
  if (times > 1440) return failure(Errc::invalid_input, "recurrence rule: more than 1,440 times a day");
  return rule;
}

Result<std::vector<LocalTime>> expand(const Recurrence& rule, LocalTime start, LocalTime from, LocalTime to,
                                      std::size_t count_max, RecurrenceBudget& budget) {
  const Date date{floor<days>(start)};
  const auto in_range = [](const Date& d) {
    return d.year() >= std::chrono::year{1600} && d.year() < std::chrono::year{3000};
  };
  if (!in_range(date))
    return failure(Errc::invalid_input, "recurrence rule: the start is not in the years 1600 to 2999");
  to = std::min(to, LocalTime{LocalDay{std::chrono::year{3000} / 1 / 1}});
  if (to <= from || to <= start || count_max == 0) return std::vector<LocalTime>{};
  return Expansion(rule, start).run(from, to, count_max, budget);
}

}  // namespace orgo
