#include <algorithm>
#include <span>

#include "base/text.h"
#include "base/unicode.h"
#include "core/rules/condition_words.h"
#include "core/rules/program_values.h"

namespace orgo::rules {
namespace {

constexpr std::size_t kWhyMax = 1024;
constexpr std::size_t kPartsMax = 50;
constexpr std::size_t kWordsMax = 10;               ///< places of one part
constexpr std::size_t kWholeShownMax = 200;         ///< bytes of a value that holds as a whole
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
  const auto inside = [&](std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
  };
  while (from > 0 && inside(from)) --from;
  while (to < text.size() && inside(to)) ++to;
  return "\"" + std::string(from > 0 ? "..." : "") + collapsed(text.substr(from, to - from)) +
         (to < text.size() ? "..." : "") + "\"";
}

}  // namespace

std::vector<Program::Evidence> Program::evidence(Run& run, const Node& node, std::size_t most) const {
  std::vector<Evidence> made;
  const auto named = [&](std::uint16_t slot) {
    const Source& source = slots_[slot].source;
    std::string field(to_string(source.field));
    if (source.field == Field::header || source.field == Field::part_content)
      field += "[" + tests_[node.test].header + "]";
    if (source.part != Part::whole) field = std::string(to_string(source.part)) + " of " + field;
    if (source.index < 0) field += "[" + std::to_string(source.index) + "]";
    return field;
  };
  const auto show_in = [&](std::uint16_t slot, std::size_t value_number, std::string_view value, std::size_t at,
                           std::size_t length) {
    if (made.size() >= most) return;
    const int index = slots_[slot].source.index;
    const auto number = index > 0 ? static_cast<std::size_t>(index - 1) : index < 0 ? 0 : value_number;
    made.push_back({{named(slot), number, at, length}, excerpt(value, at, length)});
  };
  const auto show = [&](std::size_t value_number, std::string_view value, std::size_t at, std::size_t length) {
    show_in(node.slot, value_number, value, at, length);
  };
  const auto first_match = [&](std::uint16_t slot, const Regex& regex, bool folded, bool group) {
    std::size_t number = 0;
    for_each_value(run, slot, [&](std::string_view value) {
      const auto here = number++;
      if (!made.empty() || value.size() > kPlaceSearchMax * 8) return;
      if (folded) {
        FoldedText text;
        text.set(value);
        if (regex.matches(text.text())) show_in(slot, here, value, 0, value.size());
      } else if (const auto place = group ? regex.find_group(value) : regex.find(value)) {
        show_in(slot, here, value, place->first, place->second);
      }
    });
  };
  const auto where_extracted = [&](std::uint32_t extractor) {
    for (const auto slot : extractors_[extractor].slots)
      if (made.empty()) first_match(slot, *extractors_[extractor].regex, false, true);
  };
  if (node.kind == Kind::extract) {
    where_extracted(node.first);
    return made;
  }
  if (node.kind != Kind::all && node.kind != Kind::any && slots_[node.slot].source.field == Field::variable) {
    // What a variable holds stands where it was taken from.
    where_extracted(slots_[node.slot].source.extraction);
    return made;
  }
  switch (node.kind) {
    case Kind::regex:
      first_match(node.slot, *regexes_[node.first].regex, regexes_[node.first].folded, false);
      return made;
    case Kind::count:
      evidence_of_count(run, node, show);
      return made;
    case Kind::filled:
      evidence_of_count(run, node, show);
      return made;
    case Kind::order:
    case Kind::exists: {
      std::size_t number = 0;
      for_each_value(run, node.slot, [&](std::string_view value) {
        if (made.empty() && !trim(value).empty()) show(number, value, 0, cut_utf8(value, kWholeShownMax).size());
        ++number;
      });
      return made;
    }
    case Kind::pattern:
    case Kind::any_pattern:
      break;
    default:
      return made;
  }
  if (node.slot == kKeywordSlot) {
    evidence_of_keyword(run, node, most, made);
    return made;
  }
  const auto is_wanted = [&](std::uint32_t literal) {
    if (node.kind == Kind::pattern) return literal == node.first;
    const auto* first = patterns_.data() + node.first;
    return std::find(first, first + node.count, literal) != first + node.count;
  };
  for (const auto& hit : run.hits_) {
    if (made.size() >= most) break;
    if (hit.slot != node.slot || hit.length == 0 || hit.at > kPlaceSearchMax || !is_wanted(hit.literal)) continue;
    std::size_t number = 0;
    for_each_value(run, node.slot, [&](std::string_view value) {
      if (number++ != hit.value) return;
      if (const auto place = place_in_raw(value, hit.at, hit.length))
        show(hit.value, value, place->first, place->second);
    });
  }
  return made;
}

/// Each occurrence that count() counts; or of a text with variables in it, the first ones.
void Program::evidence_of_count(
    Run& run, const Node& node,
    const std::function<void(std::size_t, std::string_view, std::size_t, std::size_t)>& show) const {
  const Test& test = tests_[node.test];
  std::vector<std::string> wanted;
  for (const auto& text : test.texts) {
    FoldedText want;
    want.set(node.kind == Kind::filled ? filled(run, node, text) : text);
    wanted.emplace_back(want.text());
  }
  std::size_t number = 0;
  for_each_value(run, node.slot, [&](std::string_view value) {
    const auto here = number++;
    if (test.op == Operator::exists) {
      show(here, value, 0, cut_utf8(value, kWholeShownMax).size());
      return;
    }
    if (test.op == Operator::matches) {
      const auto& regex = *regexes_[node.first].regex;
      std::size_t found = 0;
      for (std::size_t at = 0; at <= value.size() && found < kWordsMax; ++found) {
        const auto place = regex.find(value, at);
        if (!place) break;
        show(here, value, place->first, place->second);
        at = place->first + std::max<std::size_t>(place->second, 1);
      }
      return;
    }
    FoldedText have;
    have.set(cut_utf8(value, kPlaceSearchMax));
    const auto hay = have.text();
    for (const auto& needle : wanted) {
      if (needle.empty()) continue;
      const bool anywhere = test.op == Operator::contains;
      const auto only = test.op == Operator::is            ? (hay == needle ? 0 : std::string_view::npos)
                        : test.op == Operator::starts_with ? (hay.starts_with(needle) ? 0 : std::string_view::npos)
                        : test.op == Operator::ends_with
                            ? (hay.ends_with(needle) ? hay.size() - needle.size() : std::string_view::npos)
                            : hay.find(needle);
      std::size_t found = 0;
      for (auto at = only; at != std::string_view::npos && found < kWordsMax; ++found) {
        if (const auto place = place_in_raw(value, at, needle.size())) show(here, value, place->first, place->second);
        at = anywhere ? hay.find(needle, at + needle.size()) : std::string_view::npos;
      }
    }
  });
}

/// The words by which a keyword was found.
void Program::evidence_of_keyword(Run& run, const Node& node, std::size_t most, std::vector<Evidence>& out) const {
  if (lexicon_ == nullptr || !lexicon_shared_) return;
  const auto is_wanted = [&](std::uint32_t word) {
    for (const auto& keyword : lexicon_->keywords_of(std::span(&word, 1)))
      if (const auto known = keywords_.find(keyword); known != keywords_.end())
        for (std::uint32_t i = 0; i < node.count; ++i)
          if (patterns_[node.first + i] == known->second) return true;
    return false;
  };
  for (const auto& hit : run.hits_) {
    if (out.size() >= most) return;
    if ((hit.slot != subject_slot_ && hit.slot != body_slot_) || hit.length == 0 ||
        hit.at + hit.length > Lexicon::kTextBytesMax)
      continue;
    const auto word = slots_[hit.slot].keyword_of[hit.literal];
    if (word == kNone || !is_wanted(word)) continue;
    const auto& message = run.facts_->message;
    const std::string_view value = hit.slot == subject_slot_ ? message.subject : message.text;
    if (const auto place = place_in_raw(value, hit.at, hit.length))
      out.push_back({{std::string(to_string(slots_[hit.slot].source.field)), 0, place->first, place->second},
                     excerpt(value, place->first, place->second)});
  }
}

/// What stands behind a part, in parentheses.
std::string Program::remark(Run& run, const Node& node) const {
  if (const auto words = evidence(run, node, 1); !words.empty()) return words.front().excerpt;
  switch (node.kind) {
    case Kind::bits:
      if (node.field == Field::finding)
        for (const auto& finding : run.facts_->findings)
          if (((node.mask >> static_cast<unsigned>(finding.kind)) & 1U) != 0 && !finding.detail.empty())
            return std::string(cut_utf8(finding.detail, 120));
      return {};
    case Kind::number:
      if (node.field == Field::size) return {};
      return std::to_string(run.facts_->sender == nullptr     ? 0
                            : node.field == Field::open_tasks ? run.facts_->sender->open_tasks
                                                              : run.facts_->sender->earlier_messages);
    case Kind::order:
    case Kind::filled: {
      std::string value;
      for_each_value(run, node.slot, [&](std::string_view one) {
        if (value.empty() && !one.empty()) value = excerpt(one, 0, 40);
      });
      return value;
    }
    default:
      return {};
  }
}

std::vector<std::uint32_t> Program::parts_in_order(const Node& node) const {
  std::vector<std::uint32_t> parts(children_.begin() + node.first, children_.begin() + node.first + node.count);
  std::stable_sort(parts.begin(), parts.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return nodes_[a].offset < nodes_[b].offset; });
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
    default:
      break;
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

/// What the message has where no words can be shown: the hour, the size, the value that is another one.
std::string Program::what_is_there(Run& run, const Node& node) const {
  const Facts& facts = *run.facts_;
  const auto number = [](auto value) { return std::to_string(value); };
  switch (node.kind) {
    case Kind::bits:
      switch (node.field) {
        case Field::hour:
          return number(facts.hour);
        case Field::day:
          return number(facts.day);
        case Field::month:
          return number(facts.month);
        case Field::weekday:
          return std::string(kWeekdayNames[static_cast<std::size_t>(std::clamp(facts.weekday, 1, 7) - 1)]);
        case Field::channel:
          return std::string(to_string(facts.envelope.channel));
        case Field::thread:
          return facts.thread == nullptr ? "none" : std::string(to_string(facts.thread->state));
        case Field::finding: {
          std::string kinds;
          for (const auto& finding : facts.findings)
            kinds += (kinds.empty() ? "" : ", ") + std::string(to_string(finding.kind));
          return kinds.empty() ? "none" : kinds;
        }
        default:
          return {};
      }
    case Kind::number:
      if (node.field == Field::size) return number(facts.message.size) + " bytes";
      return remark(run, node);
    case Kind::flag:
      if (node.field == Field::first_contact)
        return number(facts.sender == nullptr ? 0 : facts.sender->earlier_messages) + " earlier messages";
      return {};
    case Kind::count:
      return number(run.count(static_cast<std::uint32_t>(&node - nodes_.data()), tests_[node.test].count->number + 1));
    case Kind::pattern:
    case Kind::any_pattern:
    case Kind::regex:
    case Kind::order:
    case Kind::filled: {
      if (node.slot == kKeywordSlot) return join(run.keywords_, ", ");
      const auto field = slots_[node.slot].source.field;
      // Of a whole text, what is not in it says nothing.
      if (field == Field::subject || field == Field::body || field == Field::new_text || field == Field::quoted_text ||
          field == Field::signature || needs_raw(field))
        return {};
      std::string values;
      for_each_value(run, node.slot, [&](std::string_view value) {
        if (values.size() < kWholeShownMax && !trim(value).empty())
          values += (values.empty() ? "" : ", ") + collapsed(cut_utf8(value, kWholeShownMax));
      });
      return std::string(cut_utf8(values, kWholeShownMax));
    }
    default:
      return {};
  }
}

void Program::collect_parts(Run& run, std::uint32_t number, PartWish wish, std::vector<PartTrace>& out) const {
  const Node& node = nodes_[number];
  if (out.size() >= kPartsMax) return;
  const auto own = [&](std::uint32_t part) {
    return nodes_[part].offset == node.offset && nodes_[part].length == node.length;
  };
  const bool list =
      node.kind == Kind::any && node.count > 0 && own(children_[node.first]);  // one test with several values
  if (!list && (node.kind == Kind::all || node.kind == Kind::any || node.kind == Kind::none)) {
    if (node.kind == Kind::none) wish.negated = !wish.negated;
    const auto parts =
        node.kind == Kind::none ? std::vector<std::uint32_t>{children_[node.first]} : parts_in_order(node);
    for (const auto part : parts) collect_parts(run, part, wish, out);
    return;
  }
  PartTrace made;
  made.text = node.length == 0 ? "always" : std::string(cut_utf8(wish.text.substr(node.offset, node.length), 256));
  made.held = run.evaluate(number);
  made.negated = wish.negated;
  if (made.held) {
    std::vector<Evidence> places;
    if (list) {
      for (std::uint32_t i = 0; i < node.count && places.size() < kWordsMax; ++i)
        if (run.evaluate(children_[node.first + i]))
          for (auto& place : evidence(run, nodes_[children_[node.first + i]], 1)) places.push_back(std::move(place));
    } else {
      places = evidence(run, node, kWordsMax);
    }
    for (auto& place : places) made.words.push_back(std::move(place.place));
  }
  if (wish.with_found && made.words.empty())
    made.found = what_is_there(run, list ? nodes_[children_[node.first]] : node);
  out.push_back(std::move(made));
}

std::vector<PartTrace> Program::parts(Run& run, std::uint32_t number, bool with_found) const {
  std::vector<PartTrace> out;
  collect_parts(run, roots_[number], {texts_[number], with_found}, out);
  return out;
}

}  // namespace orgo::rules
