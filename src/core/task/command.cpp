#include "core/task/command.h"

#include <algorithm>

#include "base/json_writer.h"

namespace orgo::commands {
namespace {

constexpr std::string_view kTimeHelp =
    "RFC 3339, or as people write it, by the organization's calendar and zone: tomorrow 12:00, friday 9:00, 2 business "
    "hours. null: none.";

template <typename T>
const T* value_of(const std::map<std::string, Value, std::less<>>& values, std::string_view name) {
  const auto found = values.find(name);
  return found == values.end() ? nullptr : std::get_if<T>(&found->second);
}

void write_text(JsonWriter& json, const Parameter& parameter, bool may_be_empty) {
  json.begin_object().field("type", "string");
  if (!may_be_empty) json.field("minLength", 1);
  json.field("maxLength", parameter.bytes_max).end_object();
}

void write_schema(JsonWriter& json, const Parameter& parameter) {
  switch (parameter.kind) {
    case Parameter::Kind::text:
      return write_text(json, parameter, parameter.may_be_empty || !parameter.required);
    case Parameter::Kind::choice:
      json.begin_object().field("type", "string").key("enum").begin_array();
      for (const auto choice : parameter.choices) json.string(choice);
      json.end_array().end_object();
      return;
    case Parameter::Kind::texts:
      json.begin_object().field("type", "array").field("maxItems", parameter.count_max).key("items");
      write_text(json, parameter, false);
      json.end_object();
      return;
    case Parameter::Kind::named_texts:
      json.begin_object().field("type", "object").field("minProperties", 1);
      json.field("maxProperties", parameter.count_max).key("additionalProperties");
      write_text(json, parameter, true);
      json.end_object();
      return;
    case Parameter::Kind::time:
      json.begin_object().key("type").begin_array().string("string").string("null").end_array();
      json.field("maxLength", kTimeMax).field("description", kTimeHelp).end_object();
      return;
  }
}

}  // namespace

std::string_view Input::text(std::string_view name) const {
  const auto* value = value_of<std::string>(values_, name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

const Texts& Input::texts(std::string_view name) const {
  static const Texts none;
  const auto* value = value_of<Texts>(values_, name);
  return value == nullptr ? none : *value;
}

const NamedTexts& Input::named_texts(std::string_view name) const {
  static const NamedTexts none;
  const auto* value = value_of<NamedTexts>(values_, name);
  return value == nullptr ? none : *value;
}

std::optional<TimePoint> Input::time(std::string_view name) const {
  const auto* value = value_of<std::optional<TimePoint>>(values_, name);
  return value == nullptr ? std::nullopt : *value;
}

const Command* find(std::string_view name) {
  const auto found = std::ranges::find(all(), name, &Command::name);
  return found == all().end() ? nullptr : &*found;
}

namespace {

/// `more` are fields that stand before those of the command, all demanded.
std::string schema_with(const Command& command, const std::vector<Parameter>& more) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("type", "object").field("additionalProperties", false);
  if (!more.empty() || std::ranges::any_of(command.parameters, &Parameter::required)) {
    json.key("required").begin_array();
    for (const auto& parameter : more) json.string(parameter.name);
    for (const auto& parameter : command.parameters)
      if (parameter.required) json.string(parameter.name);
    json.end_array();
  }
  json.key("properties").begin_object();
  for (const auto& parameter : more) {
    json.key(parameter.name);
    write_schema(json, parameter);
  }
  for (const auto& parameter : command.parameters) {
    json.key(parameter.name);
    write_schema(json, parameter);
  }
  json.end_object().end_object();
  return out;
}

}  // namespace

std::string input_schema(const Command& command) {
  return schema_with(command, {});
}

std::string input_schema_of_many(const Command& command, std::size_t count_max, std::size_t bytes_max) {
  return schema_with(
      command, {{.name = "tasks", .kind = Parameter::Kind::texts, .bytes_max = bytes_max, .count_max = count_max}});
}

}  // namespace orgo::commands
