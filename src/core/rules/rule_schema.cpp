#include "core/rules/rule_schema.h"

#include <span>

#include "base/json.h"
#include "core/rules/condition_words.h"
#include "core/rules/rule_keys.h"

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

}  // namespace

std::string rule_schema() {
  std::string text = R"({"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://orgo.localhost/rules.schema.json", )"
                     R"("title": "Orgo rule file", "description": )";
  append_json_string(text, "Rules say what is to be done with a message; docs/rules.md describes them. Fields of conditions: " +
                               list_of(known_field_words()) + ". Operators: " + list_of(all_operator_words()) + ".");
  text += ", " + properties(kFileKeys) + R"(, "$defs": {)";
  text += R"("rule": {)" + properties(kRuleKeys) + R"(, "oneOf": [{"required": ["action"]}, {"required": ["table"]}]}, )";
  text += R"("action": {)" + properties(kActionKeys) + R"(, "minProperties": 1}, )";
  text += R"("step": {)" + properties(kStepKeys) + R"(, "required": ["after", "to"]}, )";
  text += R"("template": {)" + properties(kTemplateKeys) + R"(, "required": ["body", "subject"]}, )";
  text += R"("table": {)" + properties(kTableKeys) + R"(, "required": ["inputs", "outputs", "rows"]}, )";
  text += R"("texts": {"description": "One text or a list of texts.", "oneOf": [{"type": "string", "minLength": 1}, )"
          R"({"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}]}, )"
          R"("cell": {"oneOf": [{"type": ["string", "number", "boolean", "null"]}, {"type": "array", "items": {"type": ["string", "number"]}}]}, )"
          R"("time": {"description": "A number and a unit: 90 seconds, 2 hours, 1 h 30 min, 3 days.", "type": "string", )"
          R"("pattern": "^ *[0-9]+ *[a-zA-Z]+( *[0-9]+ *[a-zA-Z]+)* *$"}, )"
          R"("yes": {"description": "true or false; YAML also takes yes, no, on and off.", "oneOf": [{"type": "boolean"}, )"
          R"({"enum": ["true", "false", "yes", "no", "on", "off"]}]}}})";
  const auto parsed = parse_json(text);
  std::string out;
  if (parsed) indent(*parsed, out, 0);
  return out + "\n";
}

}  // namespace orgo::rules
