#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/yaml.h"
#include "core/calendar/calendar.h"

namespace orgo {

struct CalendarLimits {
  std::size_t calendars_max = 1'000;
  std::size_t slots_max = 24;     ///< of one day
  std::size_t days_max = 50'000;  ///< holidays and exceptions of one calendar
  std::size_t feeds_max = 20;     ///< of one calendar
  std::size_t customers_max = 10'000;
  bool zone_may_lack = false;  ///< of a module: CalendarPlan::zone_of_house then
};

/// The text of a feed that a file names: by path, as resolve_feed() gives it. nullptr: nobody has read it.
using FindFeed = std::function<const std::string*(const std::string& name)>;

/// Reads a mapping of calendars by name, as in
///
///     office:
///       default: true
///       time_zone: Europe/Berlin
///       hours: {mon-thu: ["08:00-12:00", "13:00-17:00"], fri: "08:00-12:00"}
///       exceptions: {2026-12-24: "08:00-12:00", 2026-12-31: closed}
///       holidays: [2026-12-25, 12-26, {date: 2027-01-06, name: Epiphany}, holidays.ics,
///       "https://example.org/holidays.ics"] not_holidays: [2026-10-31, "Reformation Day"] customers: ["@example.com"]
///       end_of_slot: close
///       round: none
///
/// and the same as JSON with hours of pairs: "mon": [["08:00", "12:00"]]. What is wrong goes to the reader; a calendar
/// with an error is still added, so that what names it is not an error, too. What a feed by URL says is not ours to
/// mend: when it isn't there or can't be read, that is a warning, and the calendar goes without its holidays.
void read_calendars(YamlReader& reader, const YamlNode& node, const FindFeed& feeds, Calendars& out,
                    const CalendarLimits& limits = {});

/// What a feed of `file` is called in files: "holidays.ics" beside "/etc/orgo/rules.yaml" is "/etc/orgo/holidays.ics";
/// a URL is itself, and webcal://, as programs for calendars publish it, is https://.
std::string resolve_feed(std::string_view file_path, std::string_view feed);
/// All feeds that a file of calendars or rules names, holidays and shifts, resolved, each once; for the shell, which
/// reads or fetches them. Empty when the file can't be read: read_calendars() says why. At most 1,000.
std::vector<std::string> feeds_named_in(const SourceFile& source);
/// Among the files of a rule set, feeds are those whose name ends in .ics, and URLs.
bool is_feed_name(std::string_view path);
bool is_feed_url(std::string_view name);
/// Finds the text of a feed that `node` names; what is wrong goes to the reader, of a file as an error, of a URL as a
/// warning. nullptr: there is none to be had. `name` becomes the resolved one.
const std::string* find_feed(YamlReader& reader, const YamlNode& node, const FindFeed& feeds, std::string& name);
/// Says what is wrong in the feed `name`.
void feed_problem(YamlReader& reader, const YamlNode& node, const std::string& name, const std::string& problem);

/// A file of calendars alone, or a rule file with a section `calendars`. `errors` may hold warnings, too.
Calendars read_calendar_file(const SourceFile& source, const FindFeed& feeds, std::vector<Diagnostic>& errors);

}  // namespace orgo
