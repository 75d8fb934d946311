#include <algorithm>

#include "base/unicode.h"
#include "core/rules/program_values.h"

namespace orgo::rules {
namespace {

constexpr std::size_t kWhyMax = 1024;
constexpr std::size_t kPartsMax = 50;
constexpr std::size_t kPlaceSearchMax = 1U << 20U;  ///< words further behind in a value are not shown
constexpr std::size_t kEvidenceMargin = 24;         ///< bytes shown before and after

std::string collapsed(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : trim(text)) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

/// `text` around [at, at + length), cut at characters, in quotes.
std::string excerpt(std::string_view text, std::size_t at, std::size_t length) {
  length = std::min(length, std::size_t{80});
  auto from = at > kEvidenceMargin ? at - kEvidenceMargin : 0;
  auto to = std::min(text.size(), at + length + kEvidenceMargin);
  const auto inside = [&](std::size_t i) { return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U; };
  while (from > 0 && inside(from)) --from;
  while (to < text.size() && inside(to)) ++to;
  return "\"" + std::string(from > 0 ? "..." : "") + collapsed(text.substr(from, to - from)) + (to < text.size() ? "..." : "") + "\"";
}

}  // namespace

std::optional<Program::Evidence> Program::evidence(Run& run, const Node& node) const {
  std::optional<Evidence> made;
  const auto show = [&](std::size_t value_number, std::string_view value, std::size_t at, std::size_t length) {
    const Source& source = slots_[node.slot].source;
    std::string field(to_string(source.field));
    if (source.field == Field::header) field += "[" + tests_[node.test].header + "]";
    if (source.field == Field::variable) field = tests_[node.test].header;
    if (source.part != Part::whole) field = std::string(to_string(source.part)) + " of " + field;
    const auto number = source.index > 0 ? static_cast<std::size_t>(source.index - 1) : value_number;
    made = Evidence{{std::move(field), number, at, length}, excerpt(value, at, length)};
  };
  const auto value_of = [&](std::uint16_t slot, std::size_t wanted, auto&& use) {
    std::size_t number = 0;
    for_each_value(run, slot, [&](std::string_view value) {
      if (number++ == wanted) use(value);
    });
  };
  if (node.kind == Kind::regex || node.kind == Kind::extract) {
    const auto look = [&](std::uint16_t slot, const Regex& regex, bool folded) {
      std::size_t number = 0;
      for_each_value(run, slot, [&](std::string_view value) {
        const auto here = number++;
        if (made || value.size() > kPlaceSearchMax * 8) return;
        if (folded) {
          FoldedText text;
          text.set(value);
          if (regex.matches(text.text())) show(here, value, 0, value.size());
        } else if (const auto place = node.kind == Kind::extract ? regex.find_group(value) : regex.find(value)) {
          show(here, value, place->first, place->second);
        }
      });
    };
    if (node.kind == Kind::regex) {
      look(node.slot, *regexes_[node.first].regex, regexes_[node.first].folded);
      return made;
    }
    for (const auto slot : extractors_[node.first].slots) {
      if (made) break;
      look(slot, *extractors_[node.first].regex, false);
      if (made) made->place.field = to_string(slots_[slot].source.field);
    }
    return made;
  }
  if ((node.kind != Kind::pattern && node.kind != Kind::any_pattern) || node.slot == kKeywordSlot) return made;
  const auto is_wanted = [&](std::uint32_t literal) {
    if (node.kind == Kind::pattern) return literal == node.first;
    const auto* first = patterns_.data() + node.first;
    return std::find(first, first + node.count, literal) != first + node.count;
  };
  for (const auto& hit : run.hits_) {
    if (hit.slot != node.slot || hit.length == 0 || hit.at > kPlaceSearchMax || !is_wanted(hit.literal)) continue;
    value_of(node.slot, hit.value, [&](std::string_view value) {
      if (const auto place = place_in_raw(value, hit.at, hit.length)) show(hit.value, value, place->first, place->second);
    });
    if (made) return made;
  }
  return made;
}

/// What stands behind a part, in parentheses.
std::string Program::remark(Run& run, const Node& node) const {
  if (const auto words = evidence(run, node)) return words->excerpt;
  switch (node.kind) {
    case Kind::bits:
      if (node.field == Field::finding)
        for (const auto& finding : run.facts_->findings)
          if (((node.mask >> static_cast<unsigned>(finding.kind)) & 1U) != 0 && !finding.detail.empty()) return std::string(cut_utf8(finding.detail, 120));
      return {};
    case Kind::number:
      if (node.field == Field::size) return {};
      return std::to_string(run.facts_->sender == nullptr          ? 0
                            : node.field == Field::open_tasks ? run.facts_->sender->open_tasks
                                                              : run.facts_->sender->earlier_messages);
    case Kind::order: case Kind::filled: {
      std::string value;
      for_each_value(run, node.slot, [&](std::string_view one) {
        if (value.empty() && !one.empty()) value = excerpt(one, 0, 40);
      });
      return value;
    }
    default: return {};
  }
}

std::vector<std::uint32_t> Program::parts_in_order(const Node& node) const {
  std::vector<std::uint32_t> parts(children_.begin() + node.first, children_.begin() + node.first + node.count);
  std::stable_sort(parts.begin(), parts.end(), [&](std::uint32_t a, std::uint32_t b) { return nodes_[a].offset < nodes_[b].offset; });
  return parts;
}

void Program::explain(Run& run, std::uint32_t number, std::string_view text, std::string& out) const {
  const Node& node = nodes_[number];
  if (out.size() > kWhyMax) return;
  switch (node.kind) {
    case Kind::always:
      if (node.length == 0) {
        out += "always";
        return;
      }
      break;
    case Kind::all: {
      bool first = true;
      for (const auto part : parts_in_order(node)) {
        if (!first) out += " and ";
        first = false;
        explain(run, part, text, out);
      }
      return;
    }
    case Kind::any:
      for (const auto part : parts_in_order(node))
        if (run.evaluate(part)) {
          explain(run, part, text, out);
          return;
        }
      break;
    default: break;
  }
  out += cut_utf8(text.substr(node.offset, node.length), 256);
  if (const auto words = remark(run, node); !words.empty()) out += " (" + words + ")";
}

std::string Program::why(Run& run, std::uint32_t number) const {
  std::string out;
  explain(run, roots_[number], texts_[number], out);
  if (out.size() > kWhyMax) out = std::string(cut_utf8(out, kWhyMax - 3)) + "...";
  return out;
}

std::string_view Program::why_not(Run& run, std::uint32_t number) const {
  auto node = roots_[number];
  while (nodes_[node].kind == Kind::all) {
    auto next = node;
    for (const auto part : parts_in_order(nodes_[node]))
      if (next == node && !run.evaluate(part)) next = part;
    if (next == node) break;
    node = next;
  }
  return cut_utf8(std::string_view(texts_[number]).substr(nodes_[node].offset, nodes_[node].length), 256);
}

void Program::collect_parts(Run& run, std::uint32_t number, std::string_view text, std::vector<PartTrace>& out) const {
  const Node& node = nodes_[number];
  if (out.size() >= kPartsMax) return;
  const auto own = [&](std::uint32_t part) { return nodes_[part].offset == node.offset && nodes_[part].length == node.length; };
  const bool list = node.kind == Kind::any && node.count > 0 && own(children_[node.first]);  // one test with several values
  if (!list && (node.kind == Kind::all || node.kind == Kind::any || node.kind == Kind::none)) {
    const auto parts = node.kind == Kind::none ? std::vector<std::uint32_t>{children_[node.first]} : parts_in_order(node);
    for (const auto part : parts) collect_parts(run, part, text, out);
    return;
  }
  PartTrace made;
  made.text = node.length == 0 ? "always" : std::string(cut_utf8(text.substr(node.offset, node.length), 256));
  made.held = run.evaluate(number);
  if (made.held) {
    if (list) {
      for (std::uint32_t i = 0; i < node.count; ++i)
        if (run.evaluate(children_[node.first + i]))
          if (auto words = evidence(run, nodes_[children_[node.first + i]])) made.words.push_back(std::move(words->place));
    } else if (auto words = evidence(run, node)) {
      made.words.push_back(std::move(words->place));
    }
  }
  out.push_back(std::move(made));
}

std::vector<PartTrace> Program::parts(Run& run, std::uint32_t number) const {
  std::vector<PartTrace> out;
  collect_parts(run, roots_[number], texts_[number], out);
  return out;
}

}  // namespace orgo::rules
