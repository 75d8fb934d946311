#include "base/csv.h"

#include <algorithm>
#include <array>

namespace orgo {
namespace {

constexpr auto kBegins = std::to_array<std::string_view>(
    {"=", "+", "-", "@", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"});

bool begins_a_formula(std::string_view text) {
  return std::ranges::any_of(kBegins, [&](std::string_view begin) { return text.starts_with(begin); });
}

}  // namespace

std::string csv_line(const std::vector<std::string>& fields, char separator, std::string_view end) {
  std::string out;
  const std::string special = std::string("\"\r\n") + separator;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += separator;
    if (fields[i].find_first_of(special) == std::string::npos) {
      out += fields[i];
      continue;
    }
    out += '"';
    for (const char c : fields[i]) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    out += '"';
  }
  return out.append(end);
}

std::string inert_cell(std::string_view text) {
  constexpr std::string_view kBorders = ";,\t\r\n", kPassedOver = " \t\r\n\"";
  std::string out;
  out.reserve(text.size() + 1);
  if (!text.empty() && std::string_view("\t\r\n").find(text[0]) != std::string_view::npos) out += '\'';
  bool at_begin = true;  // only spaces and quotes since the begin of what may be a cell
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (at_begin && begins_a_formula(text.substr(i))) out += '\'';
    const char c = text[i];
    if (kBorders.find(c) != std::string_view::npos) at_begin = true;
    else if (kPassedOver.find(c) == std::string_view::npos) at_begin = false;
    out += c;
  }
  return out;
}

}  // namespace orgo
