#include "app/output.h"

#include <algorithm>
#include <iostream>

#include "base/one_line.h"

namespace orgo {
namespace {

/// Characters of UTF-8 text: every byte but the continuation bytes begins one.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

int report(const Error& error) {
  std::cerr << "orgo: " << error.message << "\n";
  return error.code == Errc::invalid_input ? kAskedWrongly : kFailed;
}

std::string cell(std::string_view text, std::size_t width) {
  auto line = one_line(text, 4 * width);
  if (characters(line) <= width) return line;
  std::size_t at = 0;
  for (std::size_t count = 0; at < line.size() && count + 1 < width; ++count) {
    ++at;
    while (at < line.size() && (line[at] & 0xC0) == 0x80) ++at;
  }
  line.resize(at);
  return line + "…";
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::string Table::text() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], characters(row[i]));
  }
  std::string out;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - characters(row[i]) + 2, ' ');
    }
    out += '\n';
  }
  return out;
}

}  // namespace orgo
