#pragma once
#include <algorithm>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/regex.h"

namespace orgo {

/// Checks values by a JSON Schema (draft 2020-12), as far as our own schemas go: for schemas that we wrote, not for
/// those of strangers. A keyword that it does not know is a finding by itself, so that no check is passed over in
/// silence. `$ref` leads to
/// `#/$defs/...` only, and into no circle.
class JsonSchema {
 public:
  explicit JsonSchema(json::value schema) : root_(std::move(schema)) {}

  /// Empty: valid. Else the first thing that is wrong, with its place: "/calendars/office: ...".
  [[nodiscard]] std::string wrong_with(const json::value& value) const { return check(root_, value, ""); }

 private:
  [[nodiscard]] std::string check(const json::value& schema, const json::value& value, const std::string& place) const {
    for (const auto& [key, rule] : schema.as_object())
      if (auto wrong = keyword(schema.as_object(), key, rule, value, place); !wrong.empty()) return wrong;
    return {};
  }

  [[nodiscard]] const json::value& find(std::string_view reference) const {
    return root_.at("$defs").at(reference.substr(std::string_view("#/$defs/").size()));
  }

  static bool is_type(std::string_view type, const json::value& value) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_bool();
    if (type == "null") return value.is_null();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    return type == "number" && value.is_number();
  }

  [[nodiscard]] std::string keyword(const json::object& schema, std::string_view key, const json::value& rule,
                                    const json::value& value, const std::string& place) const {
    const auto say = [&](const std::string& what) { return (place.empty() ? "/" : place) + ": " + what; };
    if (key == "$schema" || key == "$id" || key == "title" || key == "description" || key == "$defs" ||
        key == "default")
      return {};
    if (key == "$ref") return check(find(rule.as_string()), value, place);
    if (key == "type") {
      if (rule.is_string())
        return is_type(rule.as_string(), value) ? "" : say("is no " + std::string(rule.as_string()));
      const auto& types = rule.as_array();
      return std::any_of(types.begin(), types.end(), [&](const auto& one) { return is_type(one.as_string(), value); })
                 ? ""
                 : say("has another type");
    }
    if (key == "enum") {
      const auto& allowed = rule.as_array();
      return std::find(allowed.begin(), allowed.end(), value) != allowed.end() ? "" : say("is none of the values");
    }
    if (key == "oneOf" || key == "anyOf") {
      std::string all;
      int fits = 0;
      for (const auto& one : rule.as_array()) {
        const auto wrong = check(one, value, place);
        fits += wrong.empty() ? 1 : 0;
        all += (all.empty() ? "" : " | ") + wrong;
      }
      if (fits == 0) return say("fits nothing (" + all + ")");
      return key == "oneOf" && fits > 1 ? say("fits more than one") : "";
    }
    if (key == "pattern") {
      if (!value.is_string()) return {};
      const auto pattern = Regex::compile(rule.as_string(), {});
      if (!pattern) return say("the schema's pattern is none: " + pattern.error().message);
      return pattern->matches(value.as_string()) ? "" : say("does not match " + std::string(rule.as_string()));
    }
    if (key == "minLength" || key == "maxLength") {
      if (!value.is_string()) return {};
      const std::string_view text = value.as_string();
      const auto count = std::count_if(text.begin(), text.end(),
                                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
      return (key == "minLength" ? count >= rule.as_int64() : count <= rule.as_int64())
                 ? ""
                 : say("is too short or too long");
    }
    if (key == "minItems" || key == "maxItems") {
      if (!value.is_array()) return {};
      const auto count = static_cast<std::int64_t>(value.as_array().size());
      return (key == "minItems" ? count >= rule.as_int64() : count <= rule.as_int64())
                 ? ""
                 : say("has too few or too many items");
    }
    if (key == "minProperties")
      return !value.is_object() || static_cast<std::int64_t>(value.as_object().size()) >= rule.as_int64()
                 ? ""
                 : say("is empty");
    if (key == "items") {
      if (!value.is_array()) return {};
      for (std::size_t i = 0; i < value.as_array().size(); ++i)
        if (auto wrong = check(rule, value.as_array()[i], place + "/" + std::to_string(i)); !wrong.empty())
          return wrong;
      return {};
    }
    if (key == "required") {
      if (!value.is_object()) return {};
      for (const auto& name : rule.as_array())
        if (!value.as_object().contains(name.as_string())) return say("has no " + std::string(name.as_string()));
      return {};
    }
    if (key == "properties") {
      if (!value.is_object()) return {};
      for (const auto& [name, one] : rule.as_object())
        if (const auto* there = value.as_object().if_contains(name))
          if (auto wrong = check(one, *there, place + "/" + std::string(name)); !wrong.empty()) return wrong;
      return {};
    }
    if (key == "propertyNames") {
      if (!value.is_object()) return {};
      for (const auto& [name, unused] : value.as_object())
        if (auto wrong = check(rule, json::value(name), place + "/" + std::string(name)); !wrong.empty()) return wrong;
      return {};
    }
    if (key == "additionalProperties") {
      if (!value.is_object()) return {};
      const auto* known = schema.if_contains("properties");
      for (const auto& [name, one] : value.as_object()) {
        if (known != nullptr && known->as_object().contains(name)) continue;
        if (rule.is_bool()) {
          if (!rule.as_bool()) return say("unknown key " + std::string(name));
        } else if (auto wrong = check(rule, one, place + "/" + std::string(name)); !wrong.empty()) {
          return wrong;
        }
      }
      return {};
    }
    return say("the schema says '" + std::string(key) + "', which this test does not know");
  }

  json::value root_;
};

}  // namespace orgo
