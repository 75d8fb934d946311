#include <algorithm>
#include <charconv>

#include "base/masked.h"
#include "base/options.h"
#include "base/overloaded.h"
#include "base/text.h"
#include "base/unicode.h"
#include "base/yaml.h"

namespace orgo {
namespace {

std::string quoted(std::string_view value) {
  return "'" + std::string(cut_utf8(masked_value(value), 64)) + "'";
}

std::string out_of_range(std::string_view value, const std::string& least, const std::string& most) {
  return quoted(value) + " is out of range; from " + least + " to " + most;
}

/// -12:00 to +14:00, the offsets that are in use.
bool parse_offset(std::string_view text, int& minutes) {
  if (text == "Z" || text == "UTC") {
    minutes = 0;
    return true;
  }
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' || !digit(1) || !digit(2) || !digit(4) ||
      !digit(5))
    return false;
  const int hours = (text[1] - '0') * 10 + (text[2] - '0');
  const int rest = (text[4] - '0') * 10 + (text[5] - '0');
  const int total = (hours * 60 + rest) * (text[0] == '-' ? -1 : 1);
  if (rest > 59 || total < -12 * 60 || total > 14 * 60) return false;
  minutes = total;
  return true;
}

}  // namespace

/// Each says what is wrong with the value; empty: nothing, and it is taken over.
struct OptionSet::Take {
  const std::string& value;
  Secret secret;

  std::string operator()(const Text& b) const {
    const auto wrong = b.check ? b.check(value) : std::string();
    if (!wrong.empty()) return (secret == Secret::yes ? std::string("this") : quoted(value)) + " " + wrong;
    *b.target = value;
    return {};
  }
  std::string operator()(const Integer& b) const {
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (problem == std::errc::invalid_argument || end != value.data() + value.size())
      return quoted(value) + " is not a whole number";
    if (problem != std::errc{} || number < b.least || number > b.most)
      return out_of_range(value, std::to_string(b.least), std::to_string(b.most));
    *b.target = number;
    return {};
  }
  std::string operator()(const Boolean& b) const {
    const auto is = [&](std::string_view word) { return ascii_iequals(value, word); };
    const bool on = is("true") || is("yes") || is("on");
    if (!on && !is("false") && !is("no") && !is("off")) return quoted(value) + " is neither true nor false";
    *b.target = on;
    return {};
  }
  std::string operator()(const Duration& b) const {
    const auto duration = parse_duration(value);
    if (!duration) return duration.error().message;
    if (*duration < b.least || *duration > b.most)
      return out_of_range(value, format_duration(b.least), format_duration(b.most));
    *b.target = *duration;
    return {};
  }
  std::string operator()(const Bytes& b) const {
    const auto bytes = parse_bytes(value);
    if (!bytes) return quoted(value) + " is not a size; write a whole number and a unit, as in \"25 MB\"";
    if (*bytes < b.least || *bytes > b.most) return out_of_range(value, format_bytes(b.least), format_bytes(b.most));
    *b.target = *bytes;
    return {};
  }
  std::string operator()(const Offset& b) const {
    int minutes = 0;
    if (!parse_offset(value, minutes)) return quoted(value) + " is not an offset from UTC";
    *b.target = minutes;
    return {};
  }
  // Taken over by set() itself.
  std::string operator()(const List&) const { return {}; }
  std::string operator()(const Choice&) const { return {}; }
};

OptionSet::Problem OptionSet::set_list(const List& list, const std::vector<std::string>& values,
                                       const std::string& example) {
  for (const auto& value : values) {
    if (value.empty()) return {"an empty text in the list", example};
    if (list.check)
      if (auto wrong = list.check(value); !wrong.empty()) return {quoted(value) + " " + wrong, example};
  }
  *list.target = values;
  return {};
}

OptionSet::Problem OptionSet::set(Option& option, const std::vector<std::string>& values) {
  const auto example =
      option.info.example.empty() ? std::string() : "as in " + option.info.name + ": " + option.info.example;
  if (const auto* list = std::get_if<List>(&option.binding)) return set_list(*list, values, example);
  if (values.size() != 1) return {option.info.name + " is one value, not a list", example};
  const auto& value = values[0];
  if (const auto* choice = std::get_if<Choice>(&option.binding)) {
    if (std::find(choice->names.begin(), choice->names.end(), value) == choice->names.end())
      return {"unknown value " + quoted(value) + " of " + option.info.name,
              name_hint(value, std::vector<std::string_view>(choice->names.begin(), choice->names.end()))};
    choice->set(value);
    return {};
  }
  auto wrong = std::visit(Take{value, option.info.secret}, option.binding);
  if (wrong.empty()) return {};
  return {std::move(wrong), example};
}

}  // namespace orgo
