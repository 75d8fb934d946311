#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "adapter/clock/system_clock.h"
#include "adapter/module_folder/module_folder.h"
#include "app/calendar_feeds.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/rules/rule_files.h"
#include "app/settings.h"
#include "app/table.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "base/text.h"
#include "core/calendar/calendar_file.h"
#include "core/calendar/calendar_rows.h"
#include "core/calendar/holidays.h"

namespace orgo {
namespace {

constexpr std::array<std::string_view, 7> kWeek{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                "Thursday", "Friday", "Saturday"};

constexpr std::size_t kTableBytesMax = 256U << 20U;

struct Sources {
  std::vector<SourceFile> files;
  std::vector<std::string> feed_urls;
  std::string data;  ///< the folder in which feeds by URL are kept; empty: not known
};

/// The named files or the configured rules, with their feeds; `refresh` fetches those by URL before.
Result<Sources> read_sources(const CalendarOptions& options) {
  const auto settings = read_settings(options.common);
  // Whoever names a file and asks for no feeds needs no configuration that is in order.
  if (!settings && (options.files.empty() || options.refresh || options.action == "feeds"))
    return tl::unexpected(settings.error());
  const auto& paths = options.files.empty() ? settings->rules : options.files;
  if (paths.empty()) return failure(Errc::invalid_input, "no rules are configured; name a file with --calendar FILE");
  Sources sources;
  if (settings) sources.data = settings->data;
  RuleFiles files(paths, sources.data);
  ORGO_TRY(read, files.read());
  sources.files = std::move(read);
  sources.feed_urls = files.feed_urls();
  if (!options.refresh || sources.feed_urls.empty()) return sources;
  ORGO_TRY(states, refresh_feeds(load_config_for(options.common).config, sources.feed_urls));
  const auto now = SystemClock().now();
  for (const auto& state : states)
    if (const auto trouble = feed_trouble(state, now); !trouble.empty() && options.action != "feeds")
      notice("orgo: " + cell(state.url, 300) + ": " + cell(trouble, 600));
  ORGO_TRY(again, files.read());
  sources.files = std::move(again);
  return sources;
}

Result<Calendars> calendars_of(const std::vector<SourceFile>& sources) {
  std::map<std::string, std::string> feeds;
  for (const auto& source : sources)
    if (is_feed_name(source.path)) feeds[source.path] = source.text;
  const FindFeed find = [&](const std::string& name) {
    const auto found = feeds.find(name);
    return found == feeds.end() ? nullptr : &found->second;
  };
  Calendars all;
  std::vector<Diagnostic> errors;
  for (const auto& source : sources) {
    if (is_feed_name(source.path)) continue;
    const auto calendars = read_calendar_file(source, find, errors);  // of a rule file its section `calendars`
    for (const auto& [name, calendar] : calendars.all()) all.add(calendar);
    if (!calendars.default_name().empty()) all.set_default(calendars.default_name());
  }
  const auto warnings =
      std::stable_partition(errors.begin(), errors.end(), [](const auto& one) { return !one.is_warning; });
  if (warnings != errors.end()) notice(to_string(std::vector<Diagnostic>(warnings, errors.end()), sources));
  errors.erase(warnings, errors.end());
  if (!errors.empty()) return failure(Errc::invalid_input, "the calendars have errors:\n" + to_string(errors, sources));
  if (all.empty())
    return failure(Errc::invalid_input,
                   "there are no calendars in " + sources.front().path + "; name a file with --calendar FILE");
  return all;
}

/// The configured ones with those of modules in force, as the engine counts by them; of named files what they say
/// alone.
Result<Calendars> calendars_to_ask(const CalendarOptions& options, const Sources& sources) {
  if (options.files.empty())
    if (const auto settings = read_settings(options.common);
        settings && std::filesystem::exists(ModuleHome(settings->home).state_file()))
      if (const auto rules = load_rule_files({}, *settings); rules && !(*rules)->workplace().calendars.empty())
        return (*rules)->workplace().calendars;
  return calendars_of(sources.files);
}

Result<std::optional<CalendarConventions>> conventions_of(const CalendarOptions& options) {
  if (options.end_of_slot.empty() && options.round.empty()) return std::nullopt;
  CalendarConventions made;
  if (options.end_of_slot == "next_open") made.end_of_slot = CalendarConventions::EndOfSlot::next_open;
  else if (!options.end_of_slot.empty() && options.end_of_slot != "close")
    return failure(Errc::invalid_input, "--end-of-slot is close or next_open");
  if (options.round == "minute") made.round = CalendarConventions::Round::minute;
  else if (options.round == "next_minute") made.round = CalendarConventions::Round::next_minute;
  else if (!options.round.empty() && options.round != "none")
    return failure(Errc::invalid_input, "--round is none, minute or next_minute");
  return made;
}

Result<const Calendar*> chosen(const CalendarOptions& options, const Calendars& calendars) {
  if (!options.name.empty()) {
    if (const auto* found = calendars.find(options.name)) return found;
    std::vector<std::string_view> names;
    for (const auto& [name, unused] : calendars.all()) names.push_back(name);
    return failure(Errc::invalid_input,
                   "there is no calendar '" + options.name + "'; " + name_hint(options.name, names));
  }
  if (calendars.all().size() == 1) return &calendars.all().begin()->second;
  if (const auto* found = calendars.find(calendars.default_name())) return found;
  return failure(Errc::invalid_input, "which calendar? Choose one with --name");
}

Result<std::string> read_table(const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
      return failure(Errc::invalid_input, path + " is a folder, and no table");
    file.open(path, std::ios::binary);
    if (!file) return failure(Errc::not_found, "the table " + path + " can't be read: " + std::strerror(errno));
  }
  auto& in = path == "-" ? std::cin : file;
  std::string text;
  std::array<char, 65'536> buffer{};
  while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(in.gcount()));
    if (text.size() > kTableBytesMax)
      return failure(Errc::invalid_input, "the table is larger than 256 MiB; cut it into several");
  }
  return text;
}

int batch(const CalendarOptions& options, const Calendars& calendars,
          const std::optional<CalendarConventions>& conventions) {
  const auto csv = read_table(options.batch);
  if (!csv) return report(csv.error());
  const auto table = answer_table(*csv, calendars, conventions);
  if (!table) return report(table.error());
  for (const auto& note : table->notes) notice("orgo: " + cell(note, 200));
  std::cout << table->csv;
  notice(std::to_string(table->rows) + " rows: " + std::to_string(table->agree) + " as expected, " +
         std::to_string(table->differ) + " otherwise, " + std::to_string(table->errors) + " errors");
  return table->differ == 0 && table->errors == 0 ? kDone : kFailed;
}

int say(const CalendarOptions& options, std::string_view what, const std::string& result, const Calendar& calendar) {
  const auto instant = parse_rfc3339(result);
  const auto local = instant ? to_string(calendar.zone().to_local(*instant)) : std::string();
  if (options.common.json) {
    std::string out;
    JsonWriter json(out);
    json.begin_object()
        .field(what, result)
        .field("calendar", calendar.name())
        .field("time_zone", calendar.zone().name());
    if (instant) json.field("local", local);
    json.end_object();
    std::cout << out << '\n';
  } else {
    std::cout << result << (local.empty() ? "" : "  (" + local + " " + calendar.zone().name() + ")") << '\n';
  }
  return kDone;
}

std::string slots_text(const std::vector<Slot>& slots) {
  std::string out;
  for (const auto& slot : slots) out += (out.empty() ? "" : ", ") + to_string(slot);
  return out.empty() ? "closed" : out;
}

int show(const CalendarOptions& options, const Calendars& calendars) {
  std::string out;
  JsonWriter json(out);
  if (options.common.json) json.begin_array();
  for (const auto& [name, calendar] : calendars.all()) {
    if (!options.name.empty() && name != options.name) continue;
    const auto& plan = calendar.plan();
    if (options.common.json) {
      json.begin_object()
          .field("name", name)
          .field("default", name == calendars.default_name())
          .field("time_zone", plan.zone.name());
      json.key("hours").begin_object();
      for (std::size_t day = 0; day < 7; ++day) {
        json.key(ascii_lower(kWeek[day].substr(0, 3))).begin_array();
        for (const auto& slot : plan.week[day]) json.string(to_string(slot));
        json.end_array();
      }
      json.end_object().field("days", plan.days.size()).key("customers").begin_array();
      for (const auto& customer : plan.customers) json.string(customer);
      json.end_array().end_object();
      continue;
    }
    std::cout << name << (name == calendars.default_name() ? " (default)" : "") << ", " << plan.zone.name() << "\n";
    for (const std::size_t day : {1, 2, 3, 4, 5, 6, 0})
      std::cout << "  " << kWeek[day] << std::string(10 - kWeek[day].size(), ' ') << slots_text(plan.week[day]) << "\n";
    std::size_t holidays = 0;
    for (const auto& [day, what] : plan.days) holidays += what.holiday ? 1 : 0;
    std::cout << "  " << holidays << " holidays and " << plan.days.size() - holidays << " exceptions from "
              << kHolidaysFromYear << " to " << kHolidaysToYear << "; see: orgo calendar holidays\n";
    if (!plan.customers.empty()) {
      std::cout << "  for";
      for (const auto& customer : plan.customers) std::cout << " " << customer;
      std::cout << "\n";
    }
  }
  if (!options.common.json) return kDone;
  json.end_array();
  std::cout << out << '\n';
  return kDone;
}

int holidays(const CalendarOptions& options, const Calendar& calendar) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  Table table({"DATE", "DAY", "HOURS", "WHY"});
  for (const auto& [day, what] : calendar.plan().days) {
    const std::chrono::year_month_day date{day};
    if (options.year != 0 && static_cast<int>(date.year()) != options.year) continue;
    const auto why = what.why.empty() ? std::string(what.holiday ? "holiday" : "exception") : what.why;
    table.add({to_string(day), std::string(kWeek[std::chrono::weekday{day}.c_encoding()]), slots_text(what.slots),
               cell(why)});
    json.begin_object()
        .field("date", to_string(day))
        .field("hours", slots_text(what.slots))
        .field("why", why)
        .field("holiday", what.holiday)
        .end_object();
  }
  json.end_array();
  if (options.common.json) std::cout << out << '\n';
  else std::cout << (table.empty() ? "no holidays and no exceptions\n" : table.text());
  return kDone;
}

int ask(const CalendarOptions& options, const Calendar& calendar,
        const std::optional<CalendarConventions>& conventions) {
  CalendarRow row;
  row.calendar = calendar.name();
  row.start = options.from;
  for (const auto& pause : options.pauses) row.pauses += (row.pauses.empty() ? "" : ";") + pause;
  if (options.action == "due" && options.span.empty())
    return report({Errc::invalid_input, "how much open time? Give a span behind the time, as in '4 hours'"});
  if (options.action == "between" && options.to.empty())
    return report({Errc::invalid_input, "until when? Give a second time, as in '2026-12-28 09:00'"});
  if (options.action == "due") {
    const auto span = parse_duration(options.span);
    if (!span) return report(span.error());
    auto plan = calendar.plan();
    if (conventions) plan.conventions = *conventions;
    const auto from = parse_instant(options.from, calendar.zone());
    if (!from) return report(from.error());
    const auto pauses = parse_pauses(row.pauses, calendar.zone());
    if (!pauses) return report(pauses.error());
    const auto due = add_business_time(Calendar(plan), *from, *span, *pauses);
    return say(options, "due", due ? to_rfc3339(*due) : "never", calendar);
  }
  if (options.action == "between") {
    const auto from = parse_instant(options.from, calendar.zone()), to = parse_instant(options.to, calendar.zone());
    if (!from) return report(from.error());
    if (!to) return report(to.error());
    const auto pauses = parse_pauses(row.pauses, calendar.zone());
    if (!pauses) return report(pauses.error());
    return say(options, "between", format_duration(business_time_between(calendar, *from, *to, *pauses)), calendar);
  }
  const auto at = parse_instant(options.from, calendar.zone());
  if (!at) return report(at.error());
  const auto told = [&](std::optional<TimePoint> t) {
    if (!t) return std::string("never");
    return options.common.json ? to_rfc3339(*t) : to_rfc3339(*t, calendar.zone());
  };
  const bool is_open = open_at(calendar, *at);
  const auto closes = told(next_close(calendar, *at)), opens = told(next_open(calendar, *at)),
             closed = told(previous_close(calendar, *at));
  if (options.common.json) {
    std::string out;
    JsonWriter json(out);
    json.begin_object()
        .field("open", is_open)
        .field("at", to_rfc3339(*at))
        .field("local", to_string(calendar.zone().to_local(*at)));
    json.field("next_open", opens).field("next_close", closes).field("previous_close", closed).end_object();
    std::cout << out << '\n';
  } else {
    std::cout << (is_open ? "open" : "closed") << " at " << to_string(calendar.zone().to_local(*at)) << " "
              << calendar.zone().name() << "\n";
    if (!is_open) std::cout << "opens  " << opens << "\n";
    std::cout << "closes " << closes << "\nclosed " << closed << "\n";
  }
  return kDone;
}

}  // namespace

int cmd_calendar(const CalendarOptions& options) {
  log::configure({.level = log::Level::off});
  const auto sources = read_sources(options);
  if (!sources) return report(sources.error());
  if (options.action == "feeds") {
    const auto states = known_feeds(sources->data, sources->feed_urls);
    return states ? show_feeds(*states, options.common.json) : report(states.error());
  }
  const auto calendars = calendars_to_ask(options, *sources);
  if (!calendars) return report(calendars.error());
  const auto conventions = conventions_of(options);
  if (!conventions) return report(conventions.error());
  if (!options.batch.empty()) return batch(options, *calendars, *conventions);
  if (options.action == "show") {
    if (const auto named = options.name.empty() ? Result<const Calendar*>(nullptr) : chosen(options, *calendars);
        !named)
      return report(named.error());
    return show(options, *calendars);
  }
  const auto calendar = chosen(options, *calendars);
  if (!calendar) return report(calendar.error());
  if (options.action == "holidays") return holidays(options, **calendar);
  if (options.from.empty())
    return report({Errc::invalid_input, "when? Give a time, as in 2026-12-24T09:30:00Z, or a table with --batch"});
  return ask(options, **calendar, *conventions);
}

}  // namespace orgo
