#pragma once
#include "base/yaml_key.h"

namespace orgo {

// The keys of calendars in rule files; docs/calendars.md describes them.

inline constexpr auto kCalendarKeys = std::to_array<YamlKey>({
    {"customers", "Addresses and @domains whose tasks are counted by this calendar.", R"("$ref": "#/$defs/customers")"},
    {"default",
     "true: the organization's calendar. The only one that is nobody's own is the default without saying so.",
     R"("$ref": "#/$defs/yes")"},
    {"end_of_slot", "A span used up exactly at closing time ends then, or at the next opening.",
     R"("enum": ["close", "next_open"])"},
    {"exceptions",
     "Dates with hours of their own; they count more than holidays: {2026-12-24: \"08:00-10:00\", 2026-12-31: closed}.",
     R"("type": ["object", "null"], "propertyNames": {"$ref": "#/$defs/date"}, "additionalProperties": {"$ref": "#/$defs/open"})"},
    {"holidays", "Days on which it is closed: dates, days of each year, and feeds (.ics) by file or URL.",
     R"("type": ["array", "null"], "items": {"oneOf": [{"$ref": "#/$defs/date"}, {"$ref": "#/$defs/feed"}, {"$ref": "#/$defs/holiday"}]})"},
    {"hours", "When it is open in a week: {mon-fri: [\"08:00-12:00\", \"13:00-17:00\"], sat: closed}, or always.",
     R"("$ref": "#/$defs/hours")"},
    {"not_holidays", "Dates or names of holidays that don't hold here.",
     R"("oneOf": [{"type": "null"}, {"$ref": "#/$defs/texts"}])"},
    {"note", "For people.", R"("type": ["string", "null"])"},
    {"round", "How ends of spans are told: to the millisecond, cut to the minute, or up to it.",
     R"("enum": ["none", "minute", "next_minute"])"},
    {"time_zone",
     "Its IANA time zone, as Europe/Berlin. It has to be there, but in a module, which may leave it to the "
     "organization.",
     R"("$ref": "#/$defs/zone")"},
    {"timezone", "The same as time_zone.", R"("$ref": "#/$defs/zone")"},
});

inline constexpr auto kHolidayKeys = std::to_array<YamlKey>({
    {"date", "A date, or a day of each year: 2027-01-06, 01-06.", R"("$ref": "#/$defs/date")"},
    {"file", "A feed beside this file, or its URL.", R"("$ref": "#/$defs/feed")"},
    {"name", "What the day is called.", R"("type": "string", "minLength": 1)"},
    {"url", "The URL of a feed; the server fetches it.", R"("$ref": "#/$defs/feed")"},
});

}  // namespace orgo
