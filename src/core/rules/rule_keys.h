#pragma once
#include <algorithm>
#include "base/yaml_key.h"

namespace orgo::rules {

// The keys of rule files: what is accepted, what editors show (docs/rules.schema.json is made of this), in one place.

// Those of calendars, service levels, teams and rotas: core/calendar/calendar_keys.h, core/workplace/workplace_keys.h.

using Key = YamlKey;

inline constexpr auto kFileKeys = std::to_array<Key>({
    {"calendars", "Business calendars: time zone, open hours, holidays. docs/calendars.md describes them.",
     R"("$ref": "#/$defs/calendars")"},
    {"extract",
     "Variables for conditions and actions of all rules below: name and where it is found, as in /Room (\\d+)/ in "
     "subject or body.",
     R"("type": "object", "additionalProperties": {"type": "string", "minLength": 1}, "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,31}$"})"},
    {"keywords", "Words for routing keywords, beside those that are built in: gym: [gymnasium, sports hall].",
     R"("type": "object", "additionalProperties": {"$ref": "#/$defs/texts"})"},
    {"match",
     "all (the default): every rule whose condition holds acts, until one says stop. first: only the first one acts. "
     "One setting for all files.",
     R"("enum": ["all", "first"])"},
    {"on_call", "Rotas: who is on call when.", R"("$ref": "#/$defs/rotas")"},
    {"quiet_hours", "When people are not disturbed: a calendar that is open then.",
     R"("oneOf": [{"type": "null"}, {"$ref": "#/$defs/calendar"}])"},
    {"rules", "The rules, tried from top to bottom.",
     R"("type": "array", "items": {"$ref": "#/$defs/rule"}, "maxItems": 10000)"},
    {"slas", "Service levels: what is promised, in business time.", R"("$ref": "#/$defs/slas")"},
    {"teams", "Teams: their members, calendars and rotas.", R"("$ref": "#/$defs/teams")"},
    {"templates",
     "Mails to answer with. task_opened, task_replied, task_assigned, escalated and reply_received replace the "
     "built-in ones.",
     R"("type": "object", "additionalProperties": {"$ref": "#/$defs/template"})"},
});

inline constexpr auto kRuleKeys = std::to_array<Key>({
    {"action", "What is done with a message for which the condition holds.", R"("$ref": "#/$defs/action")"},
    {"condition",
     "When the rule acts, as in: subject contains 'urgent' and not from ends with '@news.org'. Without one it acts for "
     "every message.",
     R"("type": "string", "maxLength": 65536)"},
    {"extract", "Variables of this rule: name and where it is found.",
     R"("type": "object", "additionalProperties": {"type": "string", "minLength": 1}, "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,31}$"})"},
    {"name", "What the rule is called in the trace and in the history of tasks. Not given twice.",
     R"("type": "string", "minLength": 1, "maxLength": 128)"},
    {"table", "A decision table instead of an action: each row is a rule.", R"("$ref": "#/$defs/table")"},
});

inline constexpr auto kActionKeys = std::to_array<Key>({
    {"assign", "The person who is to do it: a name or an address.", R"("type": "string", "minLength": 1)"},
    {"drop", "true: no work comes of the message. It is kept, and no further rule is tried.",
     R"("$ref": "#/$defs/yes")"},
    {"escalate_after",
     "When somebody is told that nobody has taken it, from when the task was opened: 2 hours. Alone it reminds the "
     "team.",
     R"("$ref": "#/$defs/span")"},
    {"escalate_calendar", "The calendar in whose open time the chain counts.", R"("type": "string", "minLength": 1)"},
    {"escalate_to", "Who is told then, or a chain: [{after: 2 hours, to: a@school.org}, ...].",
     R"("oneOf": [{"type": "string", "minLength": 1}, {"type": "array", "items": {"$ref": "#/$defs/step"}, "minItems": 1, "maxItems": 10}])"},
    {"note", "A line for the history of the task, for those who work on it: ask for the key first.",
     R"("type": "string", "minLength": 1, "maxLength": 1000)"},
    {"notify", "Addresses that are told, without getting the task.", R"("$ref": "#/$defs/texts")"},
    {"reply_with", "Names of templates: the sender gets these answers. Machines never do.",
     R"("$ref": "#/$defs/texts")"},
    {"route_to", "Addresses or teams. The first gets the task, all are notified.", R"("$ref": "#/$defs/texts")"},
    {"set_priority", "How urgent the task is.", R"("enum": ["low", "normal", "high", "urgent"])"},
    {"sla", "The service level of the task.", R"("type": "string", "minLength": 1)"},
    {"stop", "true: no further rule is tried.", R"("$ref": "#/$defs/yes")"},
    {"tag", "Tags of the task, at most 64 bytes each, without commas.", R"("$ref": "#/$defs/texts")"},
    {"task_type", "Type of the task: what a module wants to know of it.",
     R"("type": "string", "minLength": 1, "maxLength": 64)"},
    {"webhook", "http or https URLs that are called with a JSON body.", R"("$ref": "#/$defs/texts")"},
});

inline constexpr auto kStepKeys = std::to_array<Key>({
    {"after", "From when the task was opened; later than the step before.", R"("$ref": "#/$defs/span")"},
    {"repeat", "Tells again: {every: 1 hour, times: 3}.", R"("$ref": "#/$defs/repeat")"},
    {"to", "Who is told: an address or a team.", R"("type": "string", "minLength": 1)"},
    {"unless_answered", "Only when nobody has answered the customer by then.", R"("$ref": "#/$defs/yes")"},
});

inline constexpr auto kRepeatKeys = std::to_array<Key>({
    {"every", "How long between two times.", R"("$ref": "#/$defs/span")"},
    {"times", "How often beside the first time.", R"("type": ["integer", "string"], "pattern": "^[0-9]+$")"},
});

inline constexpr auto kTemplateKeys = std::to_array<Key>({
    {"body", "The text, with placeholders like {{task}}. A line of which no placeholder has a value is left out.",
     R"("type": "string", "minLength": 1)"},
    {"subject", "One line, with placeholders.", R"("type": "string", "minLength": 1)"},
});

inline constexpr auto kTableKeys = std::to_array<Key>({
    {"hit", "first (the default): only the first row that fits acts. all: every row that fits.",
     R"("enum": ["all", "first"])"},
    {"inputs", "The beginnings of tests, one for each column: subject contains, size, weekday in.",
     R"("$ref": "#/$defs/texts")"},
    {"outputs", "The actions of the columns behind them: route_to, set_priority.", R"("$ref": "#/$defs/texts")"},
    {"rows", "Rows of cells. A cell is the rest of its test, or the value of its action; \"-\" says nothing.",
     R"("type": "array", "items": {"type": "array", "items": {"$ref": "#/$defs/cell"}}, "maxItems": 5000)"},
});

/// Names and subjects are one line.
inline bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

}  // namespace orgo::rules
