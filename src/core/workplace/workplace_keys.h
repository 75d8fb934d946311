#pragma once
#include "base/yaml_key.h"

namespace orgo {

// The keys of service levels, teams and rotas in rule files; docs/calendars.md describes them.

inline constexpr auto kSlaKeys = std::to_array<YamlKey>({
    {"answered_by", "What an answer of ours is, beside the clocks' own ends.",
     R"("oneOf": [{"$ref": "#/$defs/answer"}, {"type": "array", "items": {"$ref": "#/$defs/answer"}, "minItems": 1}])"},
    {"calendar", "The calendar whose open time counts; else the customer's, the team's, the default.",
     R"("type": "string", "minLength": 1)"},
    {"customers", "Addresses and @domains whose tasks get this service level.", R"("$ref": "#/$defs/customers")"},
    {"default", "true: tasks get it when nothing else says which.", R"("$ref": "#/$defs/yes")"},
    {"first_response", "From the task's opening to our first answer.", R"("$ref": "#/$defs/clock")"},
    {"keep_informed", "From an answer of ours to the next one, while the customer has nothing open with us.",
     R"("$ref": "#/$defs/clock")"},
    {"notify", "Who is warned: an address, a team or a rota; else the assignee, else the team.",
     R"("type": "string", "minLength": 1)"},
    {"resolution", "From the task's opening until it is resolved or closed.", R"("$ref": "#/$defs/clock")"},
    {"update", "From a message of the customer to our next answer.", R"("$ref": "#/$defs/clock")"},
});

inline constexpr auto kClockKeys = std::to_array<YamlKey>({
    {"pause_in", "States in which the clock stands still; pending, when nothing is said.",
     R"("oneOf": [{"$ref": "#/$defs/state"}, {"type": "array", "items": {"$ref": "#/$defs/state"}}])"},
    {"paused_time_counts", "true: a pause only hides the deadline.", R"("$ref": "#/$defs/yes")"},
    {"warn_before", "How long before the deadline somebody is told.", R"("$ref": "#/$defs/span")"},
    {"within", "The promise: 2 hours, 2 business hours, 2 wall hours.", R"("$ref": "#/$defs/span")"},
});

inline constexpr auto kTeamKeys = std::to_array<YamlKey>({
    {"address", "Where its mail goes.", R"("$ref": "#/$defs/address")"},
    {"answers_by_mail",
     "What becomes of a colleague's answer by mail to a notification: forward it to the customer, or keep it as a "
     "comment and tell them so.",
     R"("enum": ["forward", "comment"])"},
    {"calendar", "Its calendar.", R"("type": "string", "minLength": 1)"},
    {"default", "Does it hear for the teams of modules that reach nobody? One team may.", R"("type": "boolean")"},
    {"members", "Addresses of its people; their mails are answers of ours.", R"("$ref": "#/$defs/addresses")"},
    {"name", "For people.", R"("type": ["string", "null"])"},
    {"on_call", "The rota that is told first when it escalates.", R"("type": "string", "minLength": 1)"},
    {"signature", "Stands under answers to customers.", R"("type": "string", "maxLength": 2000)"},
    {"sla", "The service level of its tasks.", R"("type": "string", "minLength": 1)"},
});

inline constexpr auto kRotaKeys = std::to_array<YamlKey>({
    {"handover", "The time of the day at which turns change.",
     R"("type": ["string", "integer"], "pattern": "^ *[0-9]{1,2}(:[0-9]{2})? *$")"},
    {"members", "Addresses, in turn.", R"("$ref": "#/$defs/addresses")"},
    {"overrides", "Who stands in for whom: [{from: 2026-12-24 09:00, to: 2026-12-27 09:00, who: bert@school.org}].",
     R"("type": "array", "items": {"$ref": "#/$defs/override"})"},
    {"rotation", "daily, weekly, or whole days: 2 weeks.",
     R"("oneOf": [{"enum": ["daily", "weekly"]}, {"$ref": "#/$defs/time"}])"},
    {"shifts", "A feed (.ics) by file or URL whose events name a person by ATTENDEE or SUMMARY.",
     R"("$ref": "#/$defs/feed")"},
    {"start", "The date of the first handover.", R"("type": "string", "pattern": "^ *[0-9]{4}-[0-9]{2}-[0-9]{2} *$")"},
    {"time_zone", "Its IANA time zone, as Europe/Berlin. It has to be there.", R"("$ref": "#/$defs/zone")"},
});

inline constexpr auto kOverrideKeys = std::to_array<YamlKey>({
    {"from", "From when: wall time of the rota, or RFC 3339.", R"("$ref": "#/$defs/instant")"},
    {"to", "Until when.", R"("$ref": "#/$defs/instant")"},
    {"who", "The address of who is on call then.", R"("$ref": "#/$defs/address")"},
});

}  // namespace orgo
