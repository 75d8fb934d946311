#include "app/problem_words.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "app/output.h"
#include "base/planted.h"
#include "base/text.h"

namespace orgo {
namespace {

/// "0" of a list is the first.
std::string counted(std::string_view segment) {
  int index = 0;
  const auto [end, error] = std::from_chars(segment.data(), segment.data() + segment.size(), index);
  const bool is_index = error == std::errc() && end == segment.data() + segment.size() && index < 1'000'000;
  return is_index ? std::to_string(index + 1) : std::string(segment);
}

/// RFC 6901, section 4.
std::string unescaped(std::string_view segment) {
  std::string out;
  for (std::size_t i = 0; i < segment.size(); ++i)
    if (segment[i] == '~' && i + 1 < segment.size()) out += segment[++i] == '1' ? '/' : '~';
    else out += segment[i];
  return out;
}

}  // namespace

std::string field_in_words(std::string_view pointer, const FieldNames& names) {
  if (pointer.starts_with('/')) pointer.remove_prefix(1);
  std::string words;
  bool first = true;
  for (const auto segment : split(pointer, '/')) {
    const auto plain = unescaped(segment);
    const auto known = first ? names.find(plain) : names.end();
    const auto word = known != names.end() ? known->second : first ? plain : counted(plain);
    first = false;
    if (!word.empty()) words.append(words.empty() ? "" : " ").append(word);
  }
  return words;
}

std::string problem_in_words(const json::object& problem, const FieldNames& names) {
  std::string words;
  std::vector<std::string> told;  // of each field the first that is wrong is enough
  if (const auto* fields = problem.if_contains("errors"); fields != nullptr && fields->is_array())
    for (const auto& field : fields->as_array()) {
      if (!field.is_object()) continue;
      const auto name = field_in_words(text_of(field.as_object(), "pointer"), names);
      if (std::ranges::find(told, name) != told.end()) continue;
      told.push_back(name);
      words.append(words.empty() ? "" : "\n  ").append(name).append(name.empty() ? "" : ": ");
      words += text_of(field.as_object(), "detail");
    }
  constexpr std::string_view kBody = "The body ";
  if (!words.empty() && !ORGO_PLANT(the_command_line_speaks_of_bodies)) return words;
  auto detail = text_of(problem, "detail");
  if (detail.starts_with(kBody)) detail.replace(0, kBody.size(), "what was given ");
  return detail;
}

}  // namespace orgo
