#include "core/rules/highlight.h"

#include <algorithm>

#include "base/unicode.h"
#include "core/rules/field_values.h"

namespace orgo::rules {
namespace {

bool inside_character(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

/// White space as one space, so that it is one line.
void add_collapsed(std::string& out, std::string_view text) {
  for (const char c : text) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space) out += c;
    else if (!out.ends_with(' ')) out += ' ';
  }
}

}  // namespace

std::optional<std::string> value_of(const Highlight& place, const Facts& facts) {
  // A field's name reads as in a condition: "domain of header[X-A]".
  std::vector<ConditionError> errors;
  const auto condition = parse_condition(place.field + " exists", errors);
  if (!condition || condition->kind != Condition::Kind::test || !is_text(condition->test.field)) return std::nullopt;
  const Test& test = condition->test;
  FieldCache cache;
  std::optional<std::string> found;
  std::size_t number = 0;
  const auto each = [&](auto&& use) { for_each_of_field(facts, test.field, test.header, cache, use); };
  const auto take = [&](std::string_view value) {
    if (number++ == place.value) found = std::string(value);
  };
  if (test.part == Part::whole && test.index == 0) each(take);
  else for_each_part(test, each, take);
  return found;
}

std::vector<Range> marks_in_order(std::vector<Range> ranges, std::string_view text) {
  for (auto& range : ranges) {
    auto begin = std::min(range.offset, text.size());
    auto end = begin + std::min(range.length, text.size() - begin);
    if (begin == end) {
      range = {};
      continue;
    }
    while (begin > 0 && inside_character(text, begin)) --begin;
    while (inside_character(text, end)) ++end;
    range = {begin, end - begin};
  }
  std::erase_if(ranges, [](const Range& range) { return range.length == 0; });
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.offset < b.offset; });
  std::vector<Range> out;
  for (const auto& range : ranges) {
    if (!out.empty() && range.offset <= out.back().offset + out.back().length)
      out.back().length = std::max(out.back().length, range.offset + range.length - out.back().offset);
    else out.push_back(range);
  }
  return out;
}

std::vector<Range> places_in_body(const Highlight& place, const Message& message, const SplitText& split) {
  if (place.field == "body") return {{place.offset, place.length}};
  const auto kind = place.field == "new text"      ? std::optional(TextKind::fresh)
                    : place.field == "quoted text" ? std::optional(TextKind::quoted)
                    : place.field == "signature"   ? std::optional(TextKind::signature)
                                                   : std::nullopt;
  if (!kind) return {};
  if (*kind == TextKind::fresh && !split.has(TextKind::fresh)) return {{place.offset, place.length}};
  // The same steps as text_of(): the pieces one after the other, a line end between them, no white space at both ends.
  struct Portion {
    std::size_t at;  ///< in the joined text
    const TextSpan* span;
  };
  std::string joined;
  std::vector<Portion> parts;
  for (const auto& span : split.spans) {
    if (span.kind != *kind) continue;
    if (!joined.empty() && joined.back() != '\n') joined += '\n';
    parts.push_back({joined.size(), &span});
    joined += std::string_view(message.text).substr(span.begin, span.end - span.begin);
  }
  const auto begin = static_cast<std::size_t>(trim(joined).data() - joined.data()) + place.offset;
  const auto end = begin + std::min(place.length, joined.size());
  std::vector<Range> out;
  for (const auto& part : parts) {
    const auto from = std::max(begin, part.at);
    const auto to = std::min(end, part.at + (part.span->end - part.span->begin));
    if (from < to) out.push_back({part.span->begin + (from - part.at), to - from});
  }
  return out;
}

std::vector<Piece> excerpt_of(std::string_view text, const std::vector<Range>& marks, std::size_t margin,
                              std::size_t most) {
  std::vector<Piece> pieces;
  std::size_t written = 0;
  const auto add = [&](std::string_view part, bool marked) {
    part = cut_utf8(part, most - std::min(written, most));
    if (part.empty()) return;
    written += part.size();
    if (pieces.empty() || pieces.back().marked != marked) pieces.push_back({{}, marked});
    add_collapsed(pieces.back().text, part);
  };
  if (marks.empty()) {
    add(text.substr(0, cut_utf8(text, 2 * margin).size()), false);
    if (text.size() > 2 * margin && !pieces.empty()) pieces.back().text += "...";
    return pieces;
  }
  std::size_t at = 0;  // all before is written or left out
  for (const auto& mark : marks) {
    if (written >= most) break;
    auto begin = std::max(at, mark.offset > margin ? mark.offset - margin : 0);
    while (inside_character(text, begin)) ++begin;
    if (begin > at) add("...", false);
    add(text.substr(begin, mark.offset - begin), false);
    add(text.substr(mark.offset, mark.length), true);
    const auto end = mark.offset + mark.length;
    // What stands behind it, up to its margin; the next mark may stand within.
    const auto next = &mark == &marks.back() ? text.size() : (&mark + 1)->offset;
    const auto behind = cut_utf8(text.substr(end, next - end), margin);
    add(behind, false);
    at = end + behind.size();
  }
  if (at < text.size()) {
    if (pieces.empty() || pieces.back().marked) pieces.push_back({{}, false});
    pieces.back().text += "...";
  }
  return pieces;
}

}  // namespace orgo::rules
