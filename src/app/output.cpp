#include "app/output.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "app/fold.h"
#include "app/table.h"
#include "base/one_line.h"
#include "base/unicode.h"

namespace orgo {
namespace {

bool json_spoken = false;

void write_error(const Error& error, const json::object& more = {}) {
  json::object fields;
  fields["code"] = std::string(to_string(error.code));
  fields["message"] = error.message;
  for (const auto& [name, value] : more) fields[name] = value;
  std::cerr << json::serialize(json::object{{"error", std::move(fields)}}) << "\n";
}

/// As wide as the terminal on which mistakes are told.
std::string for_people(std::string_view text) {
  return fold_text(text, terminal_width(STDERR_FILENO));
}

std::string count_of(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " error" : " errors");
}

}  // namespace

void speak_json(bool json) {
  json_spoken = json;
}

bool speaks_json() {
  return json_spoken;
}

int report(const Error& error) {
  if (json_spoken) write_error(error);
  else std::cerr << for_people("orgo: " + error.message) << "\n";
  return error.code == Errc::invalid_input ? kAskedWrongly : kFailed;
}

int report_misuse(const std::string& message) {
  if (json_spoken) write_error({Errc::invalid_input, message});
  else std::cerr << message << "\n";
  return kAskedWrongly;
}

int report(const std::vector<Diagnostic>& errors, const std::vector<SourceFile>& sources) {
  if (!json_spoken) {
    std::cerr << to_string(errors, sources) << count_of(errors.size()) << ".\n";
    return kFailed;
  }
  json::array list;
  for (const auto& one : errors) list.push_back(to_json(one));
  write_error({Errc::invalid_input, count_of(errors.size())}, {{"errors", std::move(list)}});
  return kFailed;
}

void notice(const std::string& text) {
  if (json_spoken) std::cerr << json::serialize(json::object{{"notice", text}}) << "\n";
  else std::cerr << for_people(text) << "\n";
}

void tell_of_more(int limit) {
  constexpr int kLimitMost = 1'000;  // of every --limit
  const auto shown = "These are the first " + std::to_string(limit) + ", and there are more: ";
  notice(shown + (limit < kLimitMost ? "--limit " + std::to_string(std::min(4 * limit, kLimitMost)) + " shows them"
                                     : "choose among them, or page through the API"));
}

json::object to_json(const Diagnostic& diagnostic) {
  return {{"file", diagnostic.path},
          {"line", diagnostic.line},
          {"column", diagnostic.column},
          {"message", diagnostic.message},
          {"hint", diagnostic.hint}};
}

std::string cell(std::string_view text, std::size_t width) {
  auto line = one_line(text, 4 * width);
  if (count_characters(line) <= width) return line;
  std::size_t at = 0;
  for (std::size_t count = 0; at < line.size() && count + 1 < width; ++count) (void)decode_utf8(line, at);
  line.resize(at);
  return line + "…";
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

}  // namespace orgo
