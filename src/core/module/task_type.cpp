#include "core/module/task_type.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "base/one_line.h"
#include "base/text.h"
#include "base/unicode.h"
#include "base/yaml.h"

namespace orgo::modules {
namespace {

using Kind = FieldType::Kind;
constexpr std::array<std::string_view, 1> kTypeKeys{"fields"};
constexpr std::array<std::string_view, 7> kFieldKeys{"choices", "kind", "label", "max", "min", "pattern", "required"};
constexpr std::array<std::string_view, 4> kKinds{"text", "number", "date", "choice"};
constexpr std::size_t kTypesMax = 200, kFieldsMax = 50, kPatternsMax = 20, kChoicesMax = 200;
constexpr std::size_t kTextMax = 64U << 10U, kValueMax = 200;

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > 40) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

/// Month by its name's beginning, 1 to 12; 0: none. Hindi names are told apart by their whole beginning, too.
int month_of(std::string_view name) {
  static constexpr auto kMonths = std::to_array<std::pair<std::string_view, int>>(
      {{"janv", 1},   {"jan", 1},   {"jän", 1},    {"ene", 1},    {"feb", 2},    {"fév", 2},    {"fev", 2},
       {"mär", 3},    {"mar", 3},   {"apr", 4},    {"avr", 4},    {"abr", 4},    {"mai", 5},    {"may", 5},
       {"juin", 6},   {"jun", 6},   {"juil", 7},   {"jul", 7},    {"aug", 8},    {"aoû", 8},    {"aou", 8},
       {"ago", 8},    {"sep", 9},   {"oct", 10},   {"okt", 10},   {"nov", 11},   {"dec", 12},   {"dez", 12},
       {"déc", 12},   {"dic", 12},  {"जनवरी", 1},  {"फरवरी", 2},  {"फ़रवरी", 2},  {"मार्च", 3},   {"अप्रैल", 4},
       {"मई", 5},     {"जून", 6},    {"जुलाई", 7},   {"अगस्त", 8},   {"सितंबर", 9},  {"सितम्बर", 9}, {"अक्टूबर", 10},
       {"अक्तूबर", 10}, {"नवंबर", 11}, {"नवम्बर", 11}, {"दिसंबर", 12}, {"दिसम्बर", 12}});
  const auto folded = fold_case(name);
  for (const auto& [beginning, number] : kMonths)
    if (folded.starts_with(fold_case(beginning))) return number;
  return 0;
}

int number_of(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// year 0: not written.
std::optional<std::string> date_text(int year, int month, int day, std::optional<TimePoint> written_at) {
  using namespace std::chrono;
  if (year > 0 && year < 100) year += 2000;
  if (year == 0) {
    if (!written_at) return std::nullopt;
    const year_month_day today{floor<days>(*written_at)};
    year = static_cast<int>(today.year());
    const year_month_day this_year{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                   std::chrono::day{static_cast<unsigned>(day)}};
    if (this_year < today) ++year;
  }
  const year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                            std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || year < 1900 || year > 2200) return std::nullopt;
  std::array<char, 16> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02d-%02d", year, month, day);
  return std::string(out.data());
}

std::string number_text(double value) {
  std::array<char, 64> out{};
  const auto [end, problem] = std::to_chars(out.data(), out.data() + out.size(), value);
  return problem == std::errc{} ? std::string(out.data(), end) : std::string();
}

/// A value as people write it at the end of a clause: "102," is 102.
std::string_view without_punctuation(std::string_view text) {
  text = trim(text);
  while (!text.empty() && std::string_view(".,;:!?\"'()").find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  while (!text.empty() && std::string_view("\"'(:").find(text.front()) != std::string_view::npos) text.remove_prefix(1);
  return trim(text);
}

/// The value in its usual form; `problem` when it can't be used.
TaskField checked_field(const FieldType& type, std::string found, std::optional<TimePoint> written_at) {
  TaskField field{type.name, type.label, {}, {}};
  if (found.empty()) {
    if (type.required) field.problem = "missing";
    return field;
  }
  if (type.kind == Kind::number) {
    const auto number = parse_number(found);
    if (!number) field.problem = "'" + found + "' is not a number";
    else if (type.least && *number < *type.least)
      field.problem = "'" + found + "' is less than " + number_text(*type.least);
    else if (type.most && *number > *type.most)
      field.problem = "'" + found + "' is more than " + number_text(*type.most);
    field.value = number ? number_text(*number) : found;
  } else if (type.kind == Kind::date) {
    const auto date = find_date(found, written_at);
    if (!date) field.problem = "'" + found + "' is not a date";
    field.value = date ? *date : found;
  } else {
    field.value = std::move(found);
  }
  return field;
}

/// What a field holds in this mail.
TaskField look(const FieldType& type, std::string_view subject, std::string_view text,
               std::optional<TimePoint> written_at) {
  std::string found;
  if (type.kind == Kind::choice) {
    const auto words = type.words.find(subject, text);
    for (const auto& choice : type.choices)
      if (found.empty() && !words.empty() && fold_case(choice) == words.front()) found = choice;
  } else if (type.patterns.empty() && type.kind == Kind::date) {
    if (const auto date = find_date(subject, written_at)) found = *date;
    else if (const auto in_text = find_date(text, written_at)) found = *in_text;
  } else {
    for (const auto& pattern : type.patterns)
      for (const auto part : {subject, text})
        if (const auto group = pattern.first_group(part); found.empty() && group)
          found = one_line(without_punctuation(*group), kValueMax);
  }
  return checked_field(type, std::move(found), written_at);
}

void read_field(YamlReader& reader, const YamlNode& key, const YamlNode& node, std::vector<FieldType>& fields) {
  if (!is_name(key.text))
    return reader.error(key, "the name of a field is small letters, digits, _ and -, at most 40: serial_number");
  if (!reader.expect_mapping(node, "a field")) return;
  reader.check_keys(node, "key of a field", kFieldKeys);
  FieldType field;
  field.name = key.text;
  field.label = key.text;
  if (const auto* label = node.find("label"))
    field.label = one_line(reader.expect_string(*label, "a label").value_or(key.text), 60);
  if (const auto* required = node.find("required")) field.required = reader.expect_bool(*required).value_or(false);
  if (const auto* kind = node.find("kind"))
    if (const auto text = reader.expect_string(*kind, "the kind of a field")) {
      const auto known = std::find(kKinds.begin(), kKinds.end(), *text);
      if (known == kKinds.end()) reader.error(*kind, "unknown kind '" + *text + "'", name_hint(*text, kKinds));
      else field.kind = static_cast<Kind>(known - kKinds.begin());
    }
  if (const auto* pattern = node.find("pattern"))
    if (const auto texts = reader.expect_strings(*pattern, "a pattern"))
      for (std::size_t i = 0; i < texts->size() && i <= kPatternsMax; ++i) {
        const auto& place = pattern->kind == YamlNode::Kind::sequence ? pattern->items[i] : *pattern;
        auto regex = Regex::compile((*texts)[i], {.ignore_case = true});
        if (!regex) reader.error(place, "not a regular expression: " + regex.error().message);
        else if (i == kPatternsMax)
          reader.error(place, "more than " + std::to_string(kPatternsMax) + " patterns of one field");
        else field.patterns.push_back(std::move(*regex));
      }
  for (const auto& [name, target] : {std::pair{"min", &field.least}, std::pair{"max", &field.most}})
    if (const auto* limit = node.find(name)) {
      *target = parse_number(limit->text);
      if (!*target) reader.error(*limit, std::string(name) + " is a number");
      if (field.kind != Kind::number) reader.error(*limit, std::string(name) + " goes with kind: number");
    }
  const auto* choices = node.find("choices");
  if (field.kind == Kind::choice) {
    if (choices == nullptr)
      return reader.error(node, "a choice needs choices", "as in choices: {lamp: [lamp, bulb], door: [door]}");
    if (!reader.expect_mapping(*choices, "choices")) return;
    for (const auto& [choice, value] : choices->entries) {
      if (field.choices.size() >= kChoicesMax)
        return reader.error(choice, "more than " + std::to_string(kChoicesMax) + " choices");
      field.choices.push_back(choice.text);
      if (!field.words.add(choice.text, choice.text))
        reader.error(choice, "'" + choice.text + "' has no letter or digit");
      if (value.is_nothing()) continue;
      if (const auto words = reader.expect_strings(value, "the words of a choice"))
        for (const auto& word : *words)
          if (!field.words.add(choice.text, word)) reader.error(value, "'" + word + "' has no letter or digit");
    }
    field.words.build();
  } else if (choices != nullptr) {
    reader.error(*choices, "choices go with kind: choice");
  } else if (node.find("pattern") == nullptr && field.kind != Kind::date) {
    reader.error(key, "how is '" + field.name + "' found in a mail? A field of kind text or number needs a pattern",
                 "as in pattern: 'room (\\w+)'");
  }
  fields.push_back(std::move(field));
}

}  // namespace

std::optional<std::string> find_date(std::string_view text, std::optional<TimePoint> written_at) {
  static const Regex iso = *Regex::compile(R"(\b\d{4}-\d{1,2}-\d{1,2}\b)", {});
  static const Regex dotted = *Regex::compile(R"(\b\d{1,2}\s?[./]\s?\d{1,2}(?:[./]\s?(?:\d{4}|\d{2})\b|\.))", {});
  static const Regex day_month = *Regex::compile(
      R"(\b\d{1,2}(?:st|nd|rd|th|er|\.)?\s+(?:of\s+|de\s+)?(?:jan|jän|ene|f[eé]b|f[eé]v|m[aä]r|a[pvb]r|ma[iy]|jui|jun|jul|aug|ao[uû]|ago|sep|o[ck]t|nov|d[eé][cz]|dic|जन|फ|मार|अप्र|मई|जून|जुल|अग|सित|अक|नव|दिस)[\pL\pM]*\.?(?:,?\s+(?:de\s+)?\d{4})?)",
      {.ignore_case = true});
  static const Regex month_day = *Regex::compile(
      R"(\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(?:st|nd|rd|th)?\b(?:,?\s+\d{4}\b)?)",
      {.ignore_case = true});
  constexpr int kAttemptsMax = 20;  // so that a text of things like dates costs no more than that
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    std::optional<std::pair<std::size_t, std::size_t>> best;
    int which = -1;
    for (const auto& [number, regex] :
         {std::pair{0, &iso}, std::pair{1, &dotted}, std::pair{2, &day_month}, std::pair{3, &month_day}})
      if (const auto place = regex->find(text); place && (!best || place->first < best->first)) {
        best = place;
        which = number;
      }
    if (!best) return std::nullopt;
    const auto found = text.substr(best->first, best->second);
    std::vector<int> numbers;
    std::string name;
    for (std::size_t at = 0; at < found.size();) {
      if (found[at] >= '0' && found[at] <= '9') {
        const auto from = at;
        while (at < found.size() && found[at] >= '0' && found[at] <= '9') ++at;
        numbers.push_back(number_of(found.substr(from, at - from)));
        continue;
      }
      const auto from = at;
      const auto letter = decode_utf8(found, at);
      if (!is_word_character(letter)) continue;
      while (at < found.size()) {
        auto next = at;
        if (!is_word_character(decode_utf8(found, next)) || (found[at] >= '0' && found[at] <= '9')) break;
        at = next;
      }
      if (const auto word = found.substr(from, at - from); month_of(word) != 0 && name.empty()) name = word;
    }
    std::optional<std::string> date;
    if (which == 0 && numbers.size() == 3) {
      date = date_text(numbers[0], numbers[1], numbers[2], written_at);
    } else if (which == 1 && numbers.size() >= 2) {
      const int year = numbers.size() > 2 ? numbers[2] : 0;
      date = date_text(year, numbers[1], numbers[0], written_at);
      if (!date) date = date_text(year, numbers[0], numbers[1], written_at);
    } else if (!numbers.empty()) {
      date = date_text(numbers.size() > 1 ? numbers[1] : 0, month_of(name), numbers[0], written_at);
    }
    if (date) return date;
    text.remove_prefix(best->first + best->second);  // "99.5." was no date
  }
  return std::nullopt;
}

std::optional<double> parse_number(std::string_view text) {
  std::string digits;
  text = trim(text);
  const auto last = text.find_last_of(".,");
  // What follows the last sign in three digits is a thousand, as in 1,234 and 1.234, unless there is another sign
  // before.
  const bool has_fraction = last != std::string_view::npos &&
                            (text.size() - last - 1 != 3 ||
                             (text.find_first_of(".,") != last && text[text.find_first_of(".,")] != text[last]));
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= '0' && c <= '9') || (c == '-' && digits.empty())) digits += c;
    else if (i == last && has_fraction) digits += '.';
    else if (c != '.' && c != ',' && c != ' ' && c != '\'') return std::nullopt;
  }
  double value = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || problem != std::errc{} || end != digits.data() + digits.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::vector<std::string> TaskTypes::names() const {
  std::vector<std::string> names;
  for (const auto& [name, unused] : types_) names.push_back(name);
  return names;
}

std::vector<TaskField> TaskTypes::fields(std::string_view type, const Message& message, TimePoint written_at) const {
  std::vector<TaskField> fields;
  const auto known = types_.find(std::string(type));
  if (known == types_.end()) return fields;
  const auto text = cut_utf8(message.text, kTextMax);
  for (const auto& field : known->second) fields.push_back(look(field, message.subject, text, written_at));
  return fields;
}

Result<TaskField> TaskTypes::checked(std::string_view type, std::string_view name, std::string_view value,
                                     TimePoint now) const {
  const auto known = types_.find(std::string(type));
  if (known == types_.end()) return failure(Errc::not_found, "there is no task type '" + std::string(type) + "'");
  std::vector<std::string_view> names;
  for (const auto& field : known->second) {
    names.push_back(field.name);
    if (field.name != name) continue;
    auto text = one_line(trim(value), kValueMax);
    if (field.kind == Kind::choice && !text.empty()) {
      const auto choice = std::find_if(field.choices.begin(), field.choices.end(),
                                       [&](const auto& one) { return fold_case(one) == fold_case(text); });
      if (choice == field.choices.end()) {
        std::string all;
        for (const auto& one : field.choices) all += (all.empty() ? "" : ", ") + one;
        return failure(Errc::invalid_input, "'" + text + "' is none of the choices of " + field.name + ": " + all);
      }
      text = *choice;
    }
    auto made = checked_field(field, std::move(text), now);
    if (!made.problem.empty() && !made.value.empty()) return failure(Errc::invalid_input, made.problem);
    return made;
  }
  const auto hint = name_hint(name, names);
  return failure(Errc::not_found, "a task of type '" + std::string(type) + "' has no field '" + std::string(name) +
                                      "'" + (hint.empty() ? "" : "; " + hint));
}

void read_task_types(const SourceFile& file, TaskTypes& types, std::vector<Diagnostic>& errors) {
  const auto root = read_yaml(file, errors);
  if (!root) return;
  YamlReader reader(file, errors);
  static constexpr std::array<std::string_view, 1> kKeys{"task_types"};
  if (!reader.expect_mapping(*root, "task_types.yaml") || !reader.check_keys(*root, "key", kKeys)) return;
  const auto* list = root->find("task_types");
  if (list == nullptr || list->is_nothing() || !reader.expect_mapping(*list, "task_types")) return;
  for (const auto& [key, value] : list->entries) {
    if (types.types_.size() >= kTypesMax)
      return reader.error(key, "more than " + std::to_string(kTypesMax) + " task types");
    if (!is_name(key.text))
      reader.error(key, "the name of a task type is small letters, digits, _ and -, at most 40: key-handover");
    auto& fields = types.types_[key.text];
    if (value.is_nothing() || !reader.expect_mapping(value, "a task type")) continue;
    reader.check_keys(value, "key of a task type", kTypeKeys);
    const auto* wanted = value.find("fields");
    if (wanted == nullptr || !reader.expect_mapping(*wanted, "fields")) continue;
    for (const auto& [name, field] : wanted->entries) {
      if (fields.size() >= kFieldsMax) return reader.error(name, "more than " + std::to_string(kFieldsMax) + " fields");
      read_field(reader, name, field, fields);
    }
  }
}

}  // namespace orgo::modules
