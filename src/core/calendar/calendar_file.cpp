#include "core/calendar/calendar_file.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "base/unicode.h"
#include "core/calendar/calendar_keys.h"
#include "core/calendar/holidays.h"

namespace orgo {
namespace {

using std::chrono::days;

constexpr std::array<std::string_view, 7> kDays{"sunday",   "monday", "tuesday", "wednesday",
                                                "thursday", "friday", "saturday"};
constexpr std::array<std::string_view, 2> kEnds{"close", "next_open"};
constexpr std::array<std::string_view, 3> kRounds{"none", "minute", "next_minute"};
constexpr std::size_t kFeedsNamedMax = 1'000, kUrlBytesMax = 2'000;

/// "Mon", "tues", "wednesday": a day's name or at least three letters of its beginning.
std::optional<std::size_t> weekday_of(std::string_view text) {
  const auto name = ascii_lower(trim(text));
  if (name.size() < 3) return std::nullopt;
  const auto found =
      std::find_if(kDays.begin(), kDays.end(), [&](std::string_view day) { return day.starts_with(name); });
  if (found == kDays.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kDays.begin());
}

/// "mon", "mon-fri", "sat-mon", "mon, wed", "daily", "weekdays".
std::optional<std::vector<std::size_t>> weekdays_of(std::string_view text) {
  if (ascii_iequals(trim(text), "daily")) return std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6};
  if (ascii_iequals(trim(text), "weekdays")) return std::vector<std::size_t>{1, 2, 3, 4, 5};
  std::vector<std::size_t> out;
  for (const auto part : split(text, ',')) {
    const auto dash = part.find('-');
    const auto from = weekday_of(part.substr(0, dash));
    const auto to = dash == std::string_view::npos ? from : weekday_of(part.substr(dash + 1));
    if (!from || !to) return std::nullopt;
    for (auto day = *from;; day = (day + 1) % 7) {
      out.push_back(day);
      if (day == *to) break;
    }
  }
  return out;
}

/// A date, or month and day of each year: 2026-12-25, 12-25.
std::vector<LocalDay> dates_of(std::string_view text) {
  if (const auto day = parse_local_day(text)) return {*day};
  std::vector<LocalDay> out;
  if (text.size() == 5)
    for (int year = kHolidaysFromYear; year < kHolidaysToYear; ++year)
      if (const auto day = parse_local_day(std::to_string(year) + "-" + std::string(text))) out.push_back(*day);
  return out;
}

class OneCalendar {
 public:
  OneCalendar(YamlReader& reader, const FindFeed& feeds, const CalendarLimits& limits)
      : reader_(reader), feeds_(feeds), limits_(limits) {}

  CalendarPlan read(const std::string& name, const YamlNode& node) {
    plan_.name = name;
    if (!reader_.expect_mapping(node, "a calendar")) return std::move(plan_);
    reader_.check_keys(node, "key of a calendar", names_of(kCalendarKeys));
    const auto* zone = node.find("time_zone") != nullptr ? node.find("time_zone") : node.find("timezone");
    if (zone != nullptr) time_zone(*zone);
    else if (limits_.zone_may_lack) plan_.zone_of_house = true;
    else reader_.error(node, "this calendar has no time_zone", "as in time_zone: Europe/Berlin");
    if (const auto* hours = node.find("hours")) this->hours(*hours);
    if (const auto* list = node.find("holidays"); list != nullptr && !list->is_nothing()) holidays(*list);
    if (const auto* list = node.find("not_holidays"); list != nullptr && !list->is_nothing()) not_holidays(*list);
    // Last: an exception counts more than a holiday.
    if (const auto* list = node.find("exceptions"); list != nullptr && !list->is_nothing()) exceptions(*list);
    if (const auto* list = node.find("customers")) customers(*list);
    if (const auto* value = node.find("end_of_slot"))
      if (const auto at = one_of(*value, "end_of_slot", kEnds))
        plan_.conventions.end_of_slot = static_cast<CalendarConventions::EndOfSlot>(*at);
    if (const auto* value = node.find("round"))
      if (const auto at = one_of(*value, "round", kRounds))
        plan_.conventions.round = static_cast<CalendarConventions::Round>(*at);
    return std::move(plan_);
  }

 private:
  template <std::size_t N>
  std::optional<std::size_t> one_of(const YamlNode& node, std::string_view what,
                                    const std::array<std::string_view, N>& names) {
    const auto text = reader_.expect_string(node, what);
    if (!text) return std::nullopt;
    const auto found = std::find(names.begin(), names.end(), *text);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    reader_.error(node, "unknown " + std::string(what) + " '" + std::string(cut_utf8(*text, 64)) + "'",
                  name_hint(*text, names));
    return std::nullopt;
  }

  void time_zone(const YamlNode& node) {
    const auto name = reader_.expect_string(node, "a time zone");
    if (!name) return;
    auto zone = TimeZone::find(*name);
    if (zone) plan_.zone = std::move(*zone);
    else reader_.error(node, zone.error().message);
  }

  std::optional<Slot> slot(const YamlNode& node) {
    std::string text = node.text;
    // A pair, as programs write it: ["08:00", "12:00"].
    if (node.kind == YamlNode::Kind::sequence && node.items.size() == 2)
      text = node.items[0].text + "-" + node.items[1].text;
    else if (node.kind != YamlNode::Kind::scalar) text.clear();
    const auto found = parse_slot(text);
    if (!found)
      reader_.error(node, "'" + std::string(cut_utf8(text, 64)) + "' is not an opening time",
                    "as in \"08:00-12:30\", or \"22:00-06:00\" over midnight");
    return found;
  }

  std::vector<Slot> slots(const YamlNode& node) {
    std::vector<Slot> out;
    if (node.is_nothing() || (node.kind == YamlNode::Kind::scalar && ascii_iequals(node.text, "closed"))) return out;
    if (node.kind == YamlNode::Kind::sequence) {
      for (const auto& item : node.items) {
        if (out.size() >= limits_.slots_max) {
          reader_.error(item, "more than " + std::to_string(limits_.slots_max) + " opening times of one day");
          break;
        }
        if (const auto found = slot(item)) out.push_back(*found);
      }
    } else if (node.kind == YamlNode::Kind::scalar && ascii_iequals(node.text, "open")) {
      out.push_back({0, 24 * 60});
    } else if (const auto found = slot(node)) {
      out.push_back(*found);
    }
    return out;
  }

  void hours(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::scalar && node.text == "always") {
      for (auto& day : plan_.week) day = {{0, 24 * 60}};
      return;
    }
    if (node.is_nothing() || !reader_.expect_mapping(node, "hours")) return;
    std::set<std::size_t> seen;
    for (const auto& [key, value] : node.entries) {
      const auto weekdays = weekdays_of(key.text);
      if (!weekdays) {
        reader_.error(key, "'" + std::string(cut_utf8(key.text, 64)) + "' is not a day of the week",
                      "as in mon, mon-fri or daily");
        continue;
      }
      const auto open = slots(value);
      for (const auto day : *weekdays) {
        if (!seen.insert(day).second)
          reader_.error(key, std::string(kDays[day].substr(0, 3)) + " is here a second time");
        plan_.week[day] = open;
      }
    }
  }

  bool add_day(const YamlNode& node, LocalDay day, CalendarPlan::Day what) {
    if (plan_.days.size() >= limits_.days_max) {
      if (!full_) reader_.error(node, "more than " + std::to_string(limits_.days_max) + " holidays and exceptions");
      full_ = true;
      return false;
    }
    plan_.days.insert_or_assign(day, std::move(what));
    return true;
  }

  std::vector<LocalDay> dates(const YamlNode& node) {
    const auto found = node.kind == YamlNode::Kind::scalar ? dates_of(trim(node.text)) : std::vector<LocalDay>{};
    if (found.empty())
      reader_.error(node, "'" + std::string(cut_utf8(node.text, 64)) + "' is not a date",
                    "as in 2026-12-24, or 12-24 for each year");
    return found;
  }

  void holidays(const YamlNode& node) {
    if (!reader_.expect_sequence(node, "holidays")) return;
    std::size_t feeds = 0;
    for (const auto& item : node.items) {
      if (item.kind == YamlNode::Kind::scalar && is_feed_name(trim(item.text))) {
        feed(item, feeds);
        continue;
      }
      if (item.kind != YamlNode::Kind::mapping) {
        for (const auto day : dates(item)) add_day(item, day, {{}, "", true});
        continue;
      }
      reader_.check_keys(item, "key of a holiday", names_of(kHolidayKeys));
      const auto* name = item.find("name");
      if (const auto* date = item.find("date")) {
        const auto text = name != nullptr ? reader_.expect_string(*name, "the name of a holiday") : std::nullopt;
        for (const auto day : dates(*date))
          add_day(*date, day, {{}, std::string(cut_utf8(text.value_or(""), 200)), true});
        continue;
      }
      const auto* source = item.find("file") != nullptr ? item.find("file") : item.find("url");
      if (source == nullptr) reader_.error(item, "this holiday has no date, no file and no url");
      else feed(*source, feeds);
    }
  }

  void feed(const YamlNode& node, std::size_t& count) {
    if (++count > limits_.feeds_max)
      return reader_.error(node, "more than " + std::to_string(limits_.feeds_max) + " feeds");
    std::string name;
    const auto* text = find_feed(reader_, node, feeds_, name);
    by_url_ = by_url_ || is_feed_url(name);
    if (text == nullptr) return;
    const auto holidays = holidays_of(*text);
    if (!holidays) return feed_problem(reader_, node, name, holidays.error().message);
    for (const auto& [day, why] : *holidays)
      if (!plan_.days.contains(day) && !add_day(node, day, {{}, why, true})) return;
  }

  void not_holidays(const YamlNode& node) {
    const auto list = reader_.expect_strings(node, "not_holidays");
    if (!list) return;
    for (std::size_t i = 0; i < list->size(); ++i) {
      const auto& text = (*list)[i];
      if (const auto found = dates_of(trim(text)); !found.empty()) {
        for (const auto day : found) plan_.days.erase(day);
      } else if (std::erase_if(plan_.days, [&](const auto& entry) {
                   return fold_case(entry.second.why) == fold_case(text);
                 }) == 0) {
        const auto& place = node.kind == YamlNode::Kind::sequence ? node.items[i] : node;
        const auto message = "no holiday is called '" + std::string(cut_utf8(text, 64)) + "'";
        constexpr auto kHint = "a date, or the name that the feed gives it";
        // What others publish may come later, or change its names: no reason to refuse the rules.
        if (by_url_) reader_.warning(place, message, kHint);
        else reader_.error(place, message, kHint);
      }
    }
  }

  void exceptions(const YamlNode& node) {
    if (!reader_.expect_mapping(node, "exceptions")) return;
    for (const auto& [key, value] : node.entries) {
      const auto open = slots(value);
      for (const auto day : dates(key)) add_day(key, day, {open, "", false});
    }
  }

  void customers(const YamlNode& node) {
    auto list = reader_.expect_strings(node, "customers");
    if (!list) return;
    if (list->size() > limits_.customers_max)
      reader_.error(node, "more than " + std::to_string(limits_.customers_max) + " customers");
    for (std::size_t i = 0; i < list->size() && i < limits_.customers_max; ++i) {
      const auto customer = trim((*list)[i]);
      if (customer.size() > 320 || customer.find('@') == std::string_view::npos || customer.back() == '@')
        reader_.error(node.kind == YamlNode::Kind::sequence ? node.items[i] : node,
                      "'" + std::string(cut_utf8(customer, 64)) + "' is neither an address nor a domain",
                      "as in \"@example.com\"");
      else plan_.customers.emplace_back(customer);
    }
  }

  YamlReader& reader_;
  const FindFeed& feeds_;
  const CalendarLimits& limits_;
  CalendarPlan plan_;
  bool full_ = false;
  bool by_url_ = false;  ///< some of its holidays come from a URL
};

void name_feed(const YamlNode& node, const std::string& path, std::vector<std::string>& out) {
  if (node.kind != YamlNode::Kind::scalar || node.text.empty()) return;
  auto name = resolve_feed(path, trim(node.text));
  if (out.size() < kFeedsNamedMax && std::find(out.begin(), out.end(), name) == out.end())
    out.push_back(std::move(name));
}

/// Of one calendar.
void feeds_in(const YamlNode& node, const std::string& path, std::vector<std::string>& out) {
  const auto* holidays = node.find("holidays");
  if (holidays == nullptr || holidays->kind != YamlNode::Kind::sequence) return;
  for (const auto& item : holidays->items) {
    if (item.kind == YamlNode::Kind::scalar && is_feed_name(trim(item.text))) name_feed(item, path, out);
    for (const auto* key : {"file", "url"})
      if (const auto* name = item.find(key)) name_feed(*name, path, out);
  }
}

/// Empty: it can be asked for.
std::string wrong_with_url(std::string_view url) {
  if (url.size() > kUrlBytesMax) return "this URL is longer than " + std::to_string(kUrlBytesMax) + " bytes";
  if (std::any_of(url.begin(), url.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; }))
    return "a URL has no spaces";
  const auto host = url.substr(url.find("://") + 3);
  if (host.empty() || host.front() == '/' || host.front() == '?' || host.front() == ':' || host.front() == '#')
    return "this URL has no host";
  return {};
}

const YamlNode& calendars_of(const YamlNode& root) {
  static const YamlNode none;
  if (const auto* section = root.find("calendars")) return *section;
  for (const auto* key : {"rules", "templates", "keywords", "match", "slas", "teams", "on_call"})
    if (root.find(key) != nullptr) return none;
  return root;
}

}  // namespace

bool is_feed_url(std::string_view name) {
  return ascii_istarts_with(name, "https://") || ascii_istarts_with(name, "http://") ||
         ascii_istarts_with(name, "webcal://");
}

bool is_feed_name(std::string_view path) {
  return is_feed_url(path) || (path.size() > 4 && ascii_iequals(path.substr(path.size() - 4), ".ics"));
}

std::string resolve_feed(std::string_view file_path, std::string_view feed) {
  if (ascii_istarts_with(feed, "webcal://")) return "https://" + std::string(feed.substr(9));
  if (is_feed_url(feed) || feed.starts_with('/')) return std::string(feed);
  const auto slash = file_path.rfind('/');
  return std::string(slash == std::string_view::npos ? std::string_view{} : file_path.substr(0, slash + 1)) +
         std::string(feed);
}

void read_calendars(YamlReader& reader, const YamlNode& node, const FindFeed& feeds, Calendars& out,
                    const CalendarLimits& limits) {
  if (node.is_nothing() || !reader.expect_mapping(node, "calendars")) return;
  for (const auto& [key, value] : node.entries) {
    const auto& name = key.text;
    if (name.empty() || name.size() > 100 ||
        std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
      reader.error(key, "the name of a calendar is 1 to 100 bytes");
      continue;
    }
    if (out.find(name) != nullptr) reader.error(key, "calendar '" + name + "' is here a second time");
    if (out.all().size() >= limits.calendars_max) {
      reader.error(key, "more than " + std::to_string(limits.calendars_max) + " calendars");
      return;
    }
    if (const auto* standard = value.find("default");
        standard != nullptr && reader.expect_bool(*standard).value_or(false)) {
      if (!out.default_name().empty() && out.default_name() != name)
        reader.error(*standard, "two calendars are the default: '" + out.default_name() + "' and '" + name + "'");
      out.set_default(name);
    }
    auto plan = OneCalendar(reader, feeds, limits).read(name, value);
    for (const auto& customer : plan.customers)
      if (const auto* other = out.of_exactly(customer); other != nullptr && other->name() != name)
        reader.error(*value.find("customers"),
                     "'" + std::string(cut_utf8(customer, 64)) + "' has the calendar '" + other->name() + "' already");
    out.add(Calendar(std::move(plan)));
  }
}

const std::string* find_feed(YamlReader& reader, const YamlNode& node, const FindFeed& feeds, std::string& name) {
  const auto written = reader.expect_string(node, "a feed");
  if (!written) return nullptr;
  name = resolve_feed(reader.source().path, trim(*written));
  if (!is_feed_name(name)) {
    reader.error(node, "the name of a feed ends in .ics", "or give a URL");
    return nullptr;
  }
  if (is_feed_url(name)) {
    if (auto wrong = wrong_with_url(name); !wrong.empty()) {
      reader.error(node, std::move(wrong));
      return nullptr;
    }
  }
  const auto* text = feeds ? feeds(name) : nullptr;
  if (text != nullptr) return text;
  if (is_feed_url(name))
    reader.warning(node, "this feed was never fetched: nothing of it counts yet",
                   "a running server fetches it; at once: orgo calendar feeds --refresh");
  else
    reader.error(node, "the feed '" + std::string(cut_utf8(name, 200)) + "' can't be read",
                 "it lies beside this file, or give a whole path or a URL");
  return nullptr;
}

void feed_problem(YamlReader& reader, const YamlNode& node, const std::string& name, const std::string& problem) {
  if (is_feed_url(name)) reader.warning(node, "nothing of this feed counts: " + problem);
  else reader.error(node, std::string(cut_utf8(name, 200)) + ": " + problem);
}

std::vector<std::string> feeds_named_in(const SourceFile& source) {
  std::vector<std::string> out;
  // Most files name none, and reading YAML twice is not free.
  if (source.text.find("holidays") == std::string::npos && source.text.find("shifts") == std::string::npos) return out;
  std::vector<Diagnostic> ignored;
  const auto root = read_yaml(source, ignored);
  if (!root) return out;
  for (const auto& [key, value] : calendars_of(*root).entries) feeds_in(value, source.path, out);
  if (const auto* quiet = root->find("quiet_hours")) feeds_in(*quiet, source.path, out);
  if (const auto* rotas = root->find("on_call"))
    for (const auto& [key, value] : rotas->entries)
      if (const auto* shifts = value.find("shifts")) name_feed(*shifts, source.path, out);
  return out;
}

Calendars read_calendar_file(const SourceFile& source, const FindFeed& feeds, std::vector<Diagnostic>& errors) {
  Calendars out;
  const auto root = read_yaml(source, errors);
  if (!root) return out;
  YamlReader reader(source, errors);
  if (reader.expect_mapping(*root, "a file of calendars")) read_calendars(reader, calendars_of(*root), feeds, out);
  return out;
}

}  // namespace orgo
