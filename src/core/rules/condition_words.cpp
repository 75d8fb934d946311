#include "core/rules/condition_words.h"

#include <algorithm>

namespace orgo::rules {
namespace {

constexpr std::array<std::string_view, kFields> kFieldNames{"subject",
                                                            "body",
                                                            "from",
                                                            "from name",
                                                            "to",
                                                            "cc",
                                                            "any recipient",
                                                            "header",
                                                            "attachment name",
                                                            "attachment type",
                                                            "reply to",
                                                            "envelope sender",
                                                            "envelope recipient",
                                                            "new text",
                                                            "quoted text",
                                                            "signature",
                                                            "language",
                                                            "thread task",
                                                            "attachment text",
                                                            "part",
                                                            "raw body",
                                                            "thread team",
                                                            "thread assignee",
                                                            "thread priority",
                                                            "thread tag",
                                                            "date",
                                                            "time",
                                                            "variable",
                                                            "keywords",
                                                            "finding",
                                                            "channel",
                                                            "thread",
                                                            "size",
                                                            "hour",
                                                            "weekday",
                                                            "day",
                                                            "month",
                                                            "open tasks",
                                                            "earlier messages",
                                                            "first contact",
                                                            "business hours",
                                                            "from staff",
                                                            "no reply"};
constexpr auto kKnownFieldNames = [] {
  std::array<std::string_view, kFields - 1> names{};
  std::size_t count = 0;
  for (const auto name : kFieldNames)
    if (name != "variable") names.at(count++) = name;
  return names;
}();
constexpr std::array<std::string_view, kParts> kPartNames{"whole",  "address", "local part", "domain", "user", "detail",
                                                          "year",   "month",   "day",        "date",   "hour", "minute",
                                                          "second", "time",    "weekday",    "zone"};
constexpr std::array<std::string_view, 9> kTextOperators{"contains", "is", "starts with", "ends with", "matches",
                                                         "like",     "in", "not in",      "exists"};
constexpr std::array<std::string_view, 13> kOrderedOperators{
    "contains", "is", "starts with", "ends with", "matches", "like", "in", "not in", "exists", "<", "<=", ">", ">="};
constexpr std::array<std::string_view, 4> kWordOperators{"contains", "is", "in", "not in"};
constexpr std::array<std::string_view, 8> kNumberOperators{"is", "in", "not in", "<", "<=", ">", ">=", "!="};
constexpr std::array<std::string_view, 16> kAllOperators{
    "contains", "is", "starts with", "ends with", "matches",          "like",  "in", "not in", "<", "<=",
    ">",        ">=", "=",           "!=",        "does not contain", "exists"};
constexpr std::array<std::string_view, 12> kOperatorNames{
    "contains", "is", "starts with", "ends with", "matches", "like", "exists", "=", "<", "<=", ">", ">="};

}  // namespace

std::string_view to_string(Field field) {
  return kFieldNames.at(static_cast<std::size_t>(field));
}
std::string_view to_string(Part part) {
  return kPartNames.at(static_cast<std::size_t>(part));
}
std::string_view to_string(Operator op) {
  return kOperatorNames.at(static_cast<std::size_t>(op));
}

std::span<const std::string_view> field_words() {
  return kFieldNames;
}
std::span<const std::string_view> known_field_words() {
  return kKnownFieldNames;
}
std::span<const std::string_view> part_words() {
  return std::span(kPartNames).subspan(1);
}

std::span<const std::string_view> operator_words(Field field) {
  if (has_order(field)) return kOrderedOperators;
  if (is_text(field)) return kTextOperators;
  if (is_number(field)) return kNumberOperators;
  return kWordOperators;
}
std::span<const std::string_view> all_operator_words() {
  return kAllOperators;
}

std::optional<Field> find_field(std::string_view lower) {
  const auto known = std::find(kFieldNames.begin(), kFieldNames.end(), lower);
  if (known == kFieldNames.end() || lower == "variable") return std::nullopt;
  return static_cast<Field>(known - kFieldNames.begin());
}

bool begins_field(std::string_view lower) {
  return !find_field(lower) && std::any_of(kFieldNames.begin(), kFieldNames.end(), [&](std::string_view name) {
    return name.size() > lower.size() && name.starts_with(lower) && name[lower.size()] == ' ';
  });
}

std::optional<Part> find_part(std::string_view lower) {
  const auto known = std::find(kPartNames.begin() + 1, kPartNames.end(), lower);
  if (known == kPartNames.end()) return std::nullopt;
  return static_cast<Part>(known - kPartNames.begin());
}

bool has_order(Field field) {
  return field == Field::header || field == Field::variable || field == Field::date || field == Field::time;
}

bool has_addresses(Field field) {
  switch (field) {
    case Field::from:
    case Field::to:
    case Field::cc:
    case Field::any_recipient:
    case Field::header:
    case Field::reply_to:
    case Field::envelope_sender:
    case Field::envelope_recipient:
    case Field::variable:
      return true;
    default:
      return false;
  }
}

}  // namespace orgo::rules
