#include "core/template/render_template.h"

#include <algorithm>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo {
namespace {

constexpr std::size_t kNameMax = 64;

struct Placeholder {
  std::size_t begin, end;
  std::string_view name;
};

/// The next placeholder of `line` from `at`; begin == npos: none.
Placeholder next_placeholder(std::string_view line, std::size_t at) {
  constexpr Placeholder kNone{std::string_view::npos, std::string_view::npos, {}};
  const auto open = line.find("{{", at);
  if (open == std::string_view::npos) return kNone;
  const auto close = line.find("}}", open + 2);
  if (close == std::string_view::npos) return kNone;
  return {open, close + 2, trim(line.substr(open + 2, close - open - 2))};
}

}  // namespace

std::string render_template(std::string_view text, const Lookup& lookup, std::size_t most) {
  std::string out;
  while (!text.empty() && out.size() <= most) {
    const auto newline = text.find('\n');
    const auto line = text.substr(0, newline == std::string_view::npos ? text.size() : newline + 1);
    text.remove_prefix(line.size());
    const auto start = out.size();
    bool has_known = false;
    bool has_value = false;
    std::size_t at = 0;
    for (auto next = next_placeholder(line, at); next.begin != std::string_view::npos;
         next = next_placeholder(line, at)) {
      out.append(line.substr(at, next.begin - at));
      const auto* value = next.name.size() <= kNameMax ? lookup(next.name) : nullptr;
      if (value == nullptr) {
        out.append(line.substr(next.begin, next.end - next.begin));
        has_value = true;  // what is left as it is written is there to be read
      } else {
        has_known = true;
        has_value = has_value || !value->empty();
        out.append(cut_utf8(*value, most));
      }
      at = next.end;
      if (out.size() > most) break;
    }
    out.append(line.substr(at));
    if (has_known && !has_value) out.resize(start);
  }
  out.resize(cut_utf8(out, most).size());
  return out;
}

std::vector<std::string> template_placeholders(std::string_view text) {
  std::vector<std::string> names;
  for (auto next = next_placeholder(text, 0); next.begin != std::string_view::npos;
       next = next_placeholder(text, next.end))
    if (std::find(names.begin(), names.end(), next.name) == names.end()) names.emplace_back(next.name);
  return names;
}

}  // namespace orgo
