#include "base/json_words.h"

#include <algorithm>

#include "base/planted.h"

namespace orgo {

std::string name_in_words(std::string_view name) {
  std::string words(name);
  std::ranges::replace(words, '_', ' ');
  return words;
}

std::string value_in_words(const json::value& value, const std::function<std::string(std::string)>& shown) {
  if (ORGO_PLANT(people_read_json)) return json::serialize(value);
  if (value.is_string()) return shown(std::string(value.as_string()));
  if (value.is_bool()) return value.as_bool() ? "yes" : "no";
  if (value.is_null()) return "none";
  if (!value.is_array() && !value.is_object()) return json::serialize(value);
  std::string words;
  if (value.is_array()) {
    const auto& list = value.as_array();
    const bool of_objects = std::ranges::any_of(list, [](const json::value& one) { return one.is_object(); });
    for (const auto& one : list)
      words.append(words.empty() ? "" : of_objects ? "; " : ", ").append(value_in_words(one, shown));
    return words.empty() ? "none" : words;
  }
  words = members_in_words(value.as_object(), shown);
  return words.empty() ? "none" : words;
}

std::string members_in_words(const json::object& object, const std::function<std::string(std::string)>& shown) {
  std::string words;
  for (const auto& [name, value] : object) {
    if (value.is_null()) continue;
    words.append(words.empty() ? "" : ", ").append(name_in_words({name.data(), name.size()}));
    words.append(": ").append(value_in_words(value, shown));
  }
  return words;
}

}  // namespace orgo
