#include "core/rules/rule_schema.h"

#include <span>

#include "base/json.h"
#include "base/json_writer.h"
#include "core/calendar/calendar_keys.h"
#include "core/rules/condition_words.h"
#include "core/rules/rule_keys.h"
#include "core/workplace/workplace_keys.h"

namespace orgo::rules {
namespace {

/// `text` is JSON; two spaces for each level, and what is short stays on its line.
void indent(const json::value& value, std::string& out, std::size_t depth) {
  const auto line = json::serialize(value);
  if (line.size() + depth * 2 <= 110 || value.is_primitive()) {
    std::string spaced;
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '"' && (i == 0 || line[i - 1] != '\\')) quoted = !quoted;
      spaced += line[i];
      if (!quoted && (line[i] == ',' || line[i] == ':')) spaced += ' ';
    }
    out += spaced;
    return;
  }
  const std::string inner((depth + 1) * 2, ' ');
  bool first = true;
  const auto next = [&] {
    out += first ? "\n" : ",\n";
    first = false;
    out += inner;
  };
  if (value.is_object()) {
    out += '{';
    for (const auto& member : value.as_object()) {
      next();
      append_json_string(out, std::string_view(member.key()));
      out += ": ";
      indent(member.value(), out, depth + 1);
    }
  } else {
    out += '[';
    for (const auto& item : value.as_array()) {
      next();
      indent(item, out, depth + 1);
    }
  }
  out += "\n" + std::string(depth * 2, ' ') + (value.is_object() ? '}' : ']');
}

std::string properties(std::span<const Key> keys) {
  std::string out = R"("type": "object", "additionalProperties": false, "properties": {)";
  bool first = true;
  for (const auto& key : keys) {
    if (!first) out += ", ";
    first = false;
    append_json_string(out, key.name);
    out += R"(: {"description": )";
    append_json_string(out, key.description);
    out += ", " + std::string(key.schema) + "}";
  }
  return out + "}";
}

std::string list_of(std::span<const std::string_view> names) {
  std::string out;
  for (const auto name : names) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

/// A pattern that takes a word in capitals or not, since JSON Schema has no such switch.
std::string any_case(std::string_view word) {
  std::string out;
  for (const char c : word) {
    if (c >= 'a' && c <= 'z') out.append("[").append(1, static_cast<char>(c - 32)).append(1, c).append("]");
    else out += c;
  }
  return out;
}

/// A weekday's name, or at least three letters of its beginning.
std::string day_pattern() {
  std::string out;
  for (const std::string_view day : {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}) {
    out += (out.empty() ? "" : "|") + any_case(day.substr(0, 3));
    for (std::size_t i = 3; i < day.size(); ++i) out += "(" + any_case(day.substr(i, 1));
    for (std::size_t i = 3; i < day.size(); ++i) out += ")?";
  }
  return "(" + out + ")";
}

/// `name: {"type": "string", "pattern": ...}`
std::string text_of_pattern(std::string_view name, std::string_view description, std::string_view pattern) {
  std::string out;
  append_json_string(out, name);
  out += R"(: {"description": )";
  append_json_string(out, description);
  out += R"(, "type": "string", "pattern": )";
  append_json_string(out, pattern);
  return out + "}, ";
}

/// Things by name; `more` are further members.
std::string named(std::string_view name, std::string_view item, std::string_view names) {
  return "\"" + std::string(name) + R"(": {"type": ["object", "null"], "propertyNames": {)" + std::string(names) +
         R"(}, "additionalProperties": )" + std::string(item) + "}, ";
}

/// Calendars, service levels, teams and rotas.
std::string workplace_definitions() {
  const std::string unit = "(ms|milliseconds|s|sec|seconds?|m|min|minutes?|h|hours?|d|days?|w|weeks?)";
  const std::string time_of_day = "[0-9]{1,2}(:[0-9]{2})?";
  const std::string day = day_pattern(), days = day + "( *- *" + day + ")?";
  const std::string name = R"("minLength": 1, "maxLength": 100)", plain_name = name + R"(, "pattern": "^[^@]*$")";
  std::string text = text_of_pattern("time", "A number and a unit: 90 seconds, 2 hours, 1 h 30 min, 3 days.",
                                     "^[ ,]*([0-9]+ *" + unit + "[ ,]*)+$");
  text += text_of_pattern("span", "A time, in open time or in wall time: 2 hours, 2 business hours, 2 wall hours.",
                          "^[ ,]*([0-9]+ *((business|wall) *)?" + unit + "[ ,]*((business|wall) *)?)+$");
  text += text_of_pattern("date", "2026-12-25, or a day of each year: 12-25.", "^ *([0-9]{4}-)?[0-9]{2}-[0-9]{2} *$");
  text += text_of_pattern("instant", "2026-12-24T09:00:00Z, or wall time: 2026-12-24 09:00.",
                          "^ *[0-9]{4}-[0-9]{2}-[0-9]{2}");
  text += text_of_pattern("zone", "The IANA name of a time zone.", "^[A-Za-z][A-Za-z0-9_+/-]*$");
  text += text_of_pattern("feed", "A file whose name ends in .ics, or a URL.",
                          "(\\.[iI][cC][sS] *$)|(^ *([hH][tT][tT][pP][sS]?|[wW][eE][bB][cC][aA][lL])://)");
  text += text_of_pattern("slot", "An opening time: 08:00-12:30; 22:00-06:00 goes over midnight.",
                          "^ *" + time_of_day + " *[-\xE2\x80\x93] *" + time_of_day + " *$");
  text += text_of_pattern("address", "A mail address.", "^ *[^@ <>(),;\"][^ <>(),;\"]*@[^@ <>(),;\"]+ *$");
  text +=
      R"("addresses": {"oneOf": [{"type": "null"}, {"$ref": "#/$defs/address"}, {"type": "array", "items": {"$ref": "#/$defs/address"}}]}, )";
  text += R"("customers": {"description": "Addresses, and domains as in @example.com.", "$ref": "#/$defs/texts"}, )";
  text +=
      R"("answer": {"enum": ["mail", "comment", "acknowledge"]}, "state": {"enum": ["new", "open", "pending", "acknowledged", "resolved", "closed"]}, )";
  text +=
      R"("open": {"description": "Opening times of a day: one, a list, open or closed.", "oneOf": [{"type": "null"}, {"type": "string", "pattern": "^()" +
      any_case("closed") + "|" + any_case("open") +
      R"()$"}, {"$ref": "#/$defs/slot"}, {"type": "array", "maxItems": 24, "items": {"oneOf": [{"$ref": "#/$defs/slot"}, )"
      R"({"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": ["string", "integer"]}}]}}]}, )";
  text += text_of_pattern(
      "weekdays", "mon, mon-fri, sat, sun, daily or weekdays.",
      "^ *(" + any_case("daily") + "|" + any_case("weekdays") + "|" + days + "( *, *" + days + ")*) *$");
  text +=
      R"("hours": {"oneOf": [{"type": "null"}, {"enum": ["always"]}, {"type": "object", "propertyNames": {"$ref": "#/$defs/weekdays"}, "additionalProperties": {"$ref": "#/$defs/open"}}]}, )";
  text += R"("holiday": {)" + properties(kHolidayKeys) +
          R"(, "anyOf": [{"required": ["date"]}, {"required": ["file"]}, {"required": ["url"]}]}, )";
  text += R"("calendar": {)" + properties(kCalendarKeys) + R"(}, )";  // a module's calendar may go without a zone
  text += named("calendars", R"({"$ref": "#/$defs/calendar"})", name);
  text += R"("clock": {"oneOf": [{"$ref": "#/$defs/span"}, {)" + properties(kClockKeys) +
          R"(, "required": ["within"]}]}, )";
  text +=
      R"("sla": {)" + properties(kSlaKeys) +
      R"(, "anyOf": [{"required": ["first_response"]}, {"required": ["update"]}, {"required": ["keep_informed"]}, {"required": ["resolution"]}]}, )";
  text += named("slas", R"({"$ref": "#/$defs/sla"})", plain_name);
  text += R"("team": {)" + properties(kTeamKeys) + R"(}, )";  // and its team may reach nobody yet
  text += named("teams", R"({"oneOf": [{"$ref": "#/$defs/address"}, {"$ref": "#/$defs/team"}]})", plain_name);
  text += R"("override": {)" + properties(kOverrideKeys) + R"(, "required": ["from", "to", "who"]}, )";
  text += R"("rota": {)" + properties(kRotaKeys) +
          R"(, "required": ["time_zone"], "anyOf": [{"required": ["members"]}, {"required": ["shifts"]}]}, )";
  text += named("rotas", R"({"$ref": "#/$defs/rota"})", plain_name);
  return text;
}

}  // namespace

std::string rule_schema() {
  std::string text =
      R"({"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://orgo.localhost/rules.schema.json", )"
      R"("title": "Orgo rule file", "description": )";
  append_json_string(
      text, "Rules say what is to be done with a message; docs/rules.md describes them. Fields of conditions: " +
                list_of(known_field_words()) + ". Operators: " + list_of(all_operator_words()) + ".");
  text += ", " + properties(kFileKeys) + R"(, "$defs": {)";
  text += workplace_definitions();
  text +=
      R"("rule": {)" + properties(kRuleKeys) + R"(, "oneOf": [{"required": ["action"]}, {"required": ["table"]}]}, )";
  text += R"("action": {)" + properties(kActionKeys) + R"(, "minProperties": 1}, )";
  text += R"("step": {)" + properties(kStepKeys) + R"(, "required": ["after", "to"]}, )";
  text += R"("repeat": {)" + properties(kRepeatKeys) + R"(, "required": ["every", "times"]}, )";
  text += R"("template": {)" + properties(kTemplateKeys) + R"(, "required": ["body", "subject"]}, )";
  text += R"("table": {)" + properties(kTableKeys) + R"(, "required": ["inputs", "outputs", "rows"]}, )";
  text +=
      R"("texts": {"description": "One text or a list of texts.", "oneOf": [{"type": "string", "minLength": 1}, )"
      R"({"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}]}, )"
      R"("cell": {"oneOf": [{"type": ["string", "number", "boolean", "null"]}, {"type": "array", "items": {"type": ["string", "number"]}}]}, )"
      R"("yes": {"description": "true or false; YAML also takes yes, no, on and off.", "oneOf": [{"type": "boolean"}, )"
      R"({"type": "string", "pattern": "^()";
  for (const std::string_view word : {"true", "false", "yes", "no", "on", "off"})
    text += (word == "true" ? "" : "|") + any_case(word);
  text += R"()$"}]}}})";
  const auto parsed = parse_json(text);
  std::string out;
  if (parsed) indent(*parsed, out, 0);
  return out + "\n";
}

}  // namespace orgo::rules
