#include "core/rules/program.h"

#include <algorithm>
#include <span>
#include <tuple>

#include "base/planted.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/rules/regex_literals.h"

namespace orgo::rules {
namespace {

constexpr std::size_t kTogetherMemory = 4U << 20U;
constexpr std::size_t kNeededLeast = 3;  ///< bytes of a text that a regular expression needs, to be worth looking for

bool is_lazy(const Field field) {
  switch (field) {
    case Field::new_text:
    case Field::quoted_text:
    case Field::signature:
    case Field::language:
    case Field::variable:
    case Field::attachment_text:
    case Field::part_content:
    case Field::raw_body:
      return true;
    default:
      return false;
  }
}

/// A pattern with * and ? as a regular expression.
std::string regex_of_glob(std::string_view glob, std::string_view any) {
  std::string out = "\\A";
  std::string plain;
  const auto flush = [&] {
    out += Regex::quote(plain);
    plain.clear();
  };
  for (std::size_t i = 0; i < glob.size(); ++i) {
    if (glob[i] == '\\' && i + 1 < glob.size()) {
      plain += glob[++i];
    } else if (glob[i] == '*' || glob[i] == '?') {
      flush();
      out += any;
      if (glob[i] == '*') out += '*';
    } else {
      plain += glob[i];
    }
  }
  flush();
  return out + "\\z";
}

}  // namespace

std::uint16_t Program::slot_of(Source source) {
  auto key = std::to_string(static_cast<int>(source.field)) + "," + std::to_string(static_cast<int>(source.part)) +
             "," + std::to_string(source.index) + "," + std::to_string(source.extraction) + "," + source.header;
  const auto [known, fresh] = slot_numbers_.try_emplace(std::move(key), static_cast<std::uint16_t>(slots_.size()));
  if (fresh) {
    auto& slot = slots_.emplace_back();
    slot.lazy = is_lazy(source.field);
    needs_.raw = needs_.raw || needs_raw(source.field);
    slot.source = std::move(source);
  }
  return known->second;
}

std::uint16_t Program::slot_of(const Test& test) {
  Source source{test.field, test.part, test.index, {}, 0};
  if (test.field == Field::header || test.field == Field::part_content) source.header = ascii_lower(test.header);
  if (test.field == Field::variable) source.extraction = add_extraction(test.extraction);
  return slot_of(std::move(source));
}

std::uint32_t Program::add_extraction(const std::shared_ptr<const Extraction>& extraction) {
  auto key = (extraction->ignore_case ? "i" : "c") + extraction->pattern + "\n";
  for (const auto field : extraction->fields) key += std::to_string(static_cast<int>(field)) + ",";
  const auto [known, fresh] =
      extractor_numbers_.try_emplace(std::move(key), static_cast<std::uint32_t>(extractors_.size()));
  if (!fresh) return known->second;
  const auto number = known->second;
  Extractor made{extraction, extraction->compiled, {}, {}};
  const auto needs = needs_of(extraction->pattern, kNeededLeast);
  for (const auto field : extraction->fields) {
    const auto slot = slot_of(Source{field, Part::whole, 0, {}, 0});
    made.slots.push_back(slot);
    if (!needs.clauses.empty())
      for (const auto& literal : needs.clauses.front())
        made.needed.emplace_back(slot, slots_[slot].literals.add(literal.text, literal.anchors, literal.tail));
  }
  extractors_.push_back(std::move(made));
  return number;
}

void Program::compile_regex(const std::string& pattern, bool ignore_case, bool folded, std::uint16_t slot, Node& node,
                            std::shared_ptr<const Regex> compiled) {
  node.kind = Kind::regex;
  node.slot = slot;
  const auto key = std::to_string(slot) + (folded ? "f" : "r") + (ignore_case ? "i" : "c") + pattern;
  const auto [known, fresh] = regex_numbers_.try_emplace(key, static_cast<std::uint32_t>(regexes_.size()));
  node.first = known->second;
  if (!fresh) return;
  // What is made of a text with wildcards is short and simple, so this can't fail.
  if (!compiled) compiled = std::make_shared<const Regex>(*compile_small(pattern, ignore_case));
  RegexTest test{std::move(compiled), slot, folded, 0, 0, {}, {}};
  auto needs = needs_of(pattern, kNeededLeast);
  const auto put = [&](const std::vector<NeededLiteral>& clause) {
    const auto first = static_cast<std::uint32_t>(patterns_.size());
    for (const auto& literal : clause)
      patterns_.push_back(slots_[slot].literals.add(literal.text, literal.anchors, literal.tail));
    return std::pair(first, static_cast<std::uint32_t>(clause.size()));
  };
  if (!needs.clauses.empty()) std::tie(test.first, test.count) = put(needs.clauses[0]);
  for (std::size_t i = 1; i < std::min<std::size_t>(needs.clauses.size(), 3); ++i)
    test.further.push_back(put(needs.clauses[i]));
  if (test.count != 0 && !folded) {
    test.starts = std::move(needs.starts);
    slots_[slot].keeps_text = slots_[slot].keeps_text || !test.starts.empty();
  }
  if (test.count == 0 && !folded) {
    slots_[slot].loose.push_back(known->second);
    // What can't be asked together is asked one by one.
    slots_[slot].together.add(pattern, ignore_case);
  }
  regexes_.push_back(std::move(test));
}

void Program::compile_text(const Test& test, Node& node) {
  const bool has_names = std::any_of(test.texts.begin(), test.texts.end(),
                                     [](const std::string& text) { return text.find("{{") != std::string::npos; });
  if (test.field == Field::keywords) {
    std::vector<std::uint32_t> wanted;
    for (const auto& text : test.texts)
      wanted.push_back(
          keywords_.try_emplace(fold_case(trim(text)), static_cast<std::uint32_t>(keywords_.size())).first->second);
    node.slot = kKeywordSlot;
    node.kind = Kind::any_pattern;
    node.first = static_cast<std::uint32_t>(patterns_.size());
    node.count = static_cast<std::uint32_t>(wanted.size());
    patterns_.insert(patterns_.end(), wanted.begin(), wanted.end());
    return;
  }
  if (test.op == Operator::extract) {
    node.kind = Kind::extract;
    node.first = add_extraction(test.extraction);
    return;
  }
  node.slot = slot_of(test);
  if (test.count) {
    node.kind = Kind::count;
    if (test.op == Operator::matches) {
      Node inner;
      compile_regex(test.texts[0], test.ignore_case, false, node.slot, inner, test.compiled);
      node.first = inner.first;
    }
    return;
  }
  if (test.op == Operator::exists) {
    node.kind = Kind::exists;
    return;
  }
  if (is_ordering(test.op)) {
    node.kind = Kind::order;
    return;
  }
  if (has_names) {
    node.kind = Kind::filled;
    std::vector<std::uint32_t> variables;
    for (const auto& variable : test.filled) variables.push_back(add_extraction(variable));
    node.first = static_cast<std::uint32_t>(patterns_.size());
    patterns_.insert(patterns_.end(), variables.begin(), variables.end());
    return;
  }
  if (test.op == Operator::matches) {
    compile_regex(test.texts[0], test.ignore_case, false, node.slot, node, test.compiled);
    return;
  }
  if (test.op == Operator::like || test.exactly) {
    std::vector<std::uint32_t> parts;
    for (const auto& text : test.texts) {
      Node part = node;
      const auto quoted = Regex::quote(text);
      if (test.op == Operator::like) {
        FoldedText folded;
        if (!test.exactly) folded.set(text);
        compile_regex(test.exactly ? regex_of_glob(text, "(?s:.)") : regex_of_glob(folded.text(), "."), false,
                      !test.exactly, node.slot, part);
      } else {
        const bool start = test.op == Operator::is || test.op == Operator::starts_with;
        const bool end = test.op == Operator::is || test.op == Operator::ends_with;
        compile_regex((start ? "\\A" : "") + quoted + (end ? "\\z" : ""), false, false, node.slot, part);
      }
      if (test.texts.size() == 1) {
        node = part;
        return;
      }
      nodes_.push_back(part);
      parts.push_back(static_cast<std::uint32_t>(nodes_.size() - 1));
    }
    node.kind = Kind::any;
    node.first = static_cast<std::uint32_t>(children_.size());
    node.count = static_cast<std::uint32_t>(parts.size());
    children_.insert(children_.end(), parts.begin(), parts.end());
    return;
  }
  std::vector<std::uint32_t> wanted;
  const Anchors anchors{test.op == Operator::is || test.op == Operator::starts_with,
                        test.op == Operator::is || test.op == Operator::ends_with};
  for (const auto& text : test.texts) wanted.push_back(slots_[node.slot].literals.add(fold_case(text), anchors));
  node.kind = wanted.size() == 1 ? Kind::pattern : Kind::any_pattern;
  node.count = static_cast<std::uint32_t>(wanted.size());
  node.first = wanted.size() == 1 ? wanted[0] : static_cast<std::uint32_t>(patterns_.size());
  if (wanted.size() != 1) patterns_.insert(patterns_.end(), wanted.begin(), wanted.end());
}

std::uint32_t Program::compile_test(const Condition& condition) {
  const Test& test = condition.test;
  Node node;
  node.offset = static_cast<std::uint32_t>(condition.offset);
  node.length = static_cast<std::uint32_t>(condition.length);
  node.op = test.op;
  node.field = test.field;
  node.test = static_cast<std::uint32_t>(tests_.size());
  tests_.push_back(test);
  const auto compared = [&](std::int64_t least, std::int64_t most) {
    std::uint64_t mask = 0;
    for (auto value = least; value <= most; ++value)
      for (const auto number : test.numbers) {
        const bool holds = test.op == Operator::less            ? value < number
                           : test.op == Operator::less_equal    ? value <= number
                           : test.op == Operator::greater       ? value > number
                           : test.op == Operator::greater_equal ? value >= number
                                                                : value == number;
        if (holds) mask |= std::uint64_t{1} << static_cast<unsigned>(value);
      }
    return mask;
  };
  node.kind = Kind::bits;
  switch (test.field) {
    case Field::thread:
      needs_.thread = true;
      [[fallthrough]];
    case Field::finding:
    case Field::channel:
      node.mask = compared(0, 63);
      break;
    case Field::hour:
      node.mask = compared(0, 23);
      break;
    case Field::weekday:
      node.mask = compared(1, 7);
      break;
    case Field::day:
      node.mask = compared(1, 31);
      break;
    case Field::month:
      node.mask = compared(1, 12);
      break;
    case Field::open_tasks:
    case Field::earlier_messages:
      needs_.sender_history = true;
      [[fallthrough]];
    case Field::size:
      node.kind = Kind::number;
      node.first = static_cast<std::uint32_t>(numbers_.size());
      node.count = static_cast<std::uint32_t>(test.numbers.size());
      numbers_.insert(numbers_.end(), test.numbers.begin(), test.numbers.end());
      break;
    case Field::first_contact:
      needs_.sender_history = true;
      node.kind = Kind::flag;
      break;
    case Field::business_hours:
      needs_.business_hours = true;
      node.kind = Kind::flag;
      break;
    case Field::no_reply:
      node.kind = Kind::always;
      break;
    case Field::from_staff:
      needs_.staff = true;
      node.kind = Kind::flag;
      break;
    case Field::thread_task:
    case Field::thread_team:
    case Field::thread_assignee:
    case Field::thread_priority:
    case Field::thread_tag:
      needs_.thread = true;
      [[fallthrough]];
    default:
      compile_text(test, node);
  }
  nodes_.push_back(node);
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::uint32_t Program::compile(const Condition& condition) {
  if (condition.kind == Condition::Kind::test) return compile_test(condition);
  Node node;
  node.offset = static_cast<std::uint32_t>(condition.offset);
  node.length = static_cast<std::uint32_t>(condition.length);
  switch (condition.kind) {
    case Condition::Kind::all:
      node.kind = Kind::all;
      break;
    case Condition::Kind::any:
      node.kind = Kind::any;
      break;
    case Condition::Kind::none:
      node.kind = Kind::none;
      break;
    default:
      node.kind = Kind::always;
  }
  std::vector<std::uint32_t> parts;
  for (const auto& part : condition.parts) parts.push_back(compile(part));
  // The cheap ones first: most often they settle it. Explanations take them in the order in which they are written.
  std::stable_sort(parts.begin(), parts.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return cost_of(a) < cost_of(b); });
  node.first = static_cast<std::uint32_t>(children_.size());
  node.count = static_cast<std::uint32_t>(parts.size());
  children_.insert(children_.end(), parts.begin(), parts.end());
  nodes_.push_back(node);
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

int Program::cost_of(std::uint32_t number) const {
  const Node& node = nodes_[number];
  switch (node.kind) {
    case Kind::all:
    case Kind::any:
    case Kind::none: {
      int most = 0;
      for (std::uint32_t i = 0; i < node.count; ++i) most = std::max(most, cost_of(children_[node.first + i]));
      return most;
    }
    case Kind::pattern:
    case Kind::any_pattern:
    case Kind::exists:
    case Kind::order:
      return slots_[node.slot].lazy ? 5 : 1;
    case Kind::regex:
      return slots_[node.slot].lazy ? 6 : regexes_[node.first].count == 0 ? 4 : 2;
    case Kind::extract:
      return 4;
    case Kind::count:
      return 6;
    case Kind::filled:
      return 7;
    default:
      return 0;
  }
}

std::uint32_t Program::add(const Condition& condition, std::string_view text) {
  roots_.push_back(compile(condition));
  texts_.emplace_back(text);
  return static_cast<std::uint32_t>(roots_.size() - 1);
}

Program::Guard Program::guard_of(std::uint32_t number) const {
  const Node& node = nodes_[number];
  Guard guard;
  const bool eager = !slots_[node.slot].lazy;
  switch (node.kind) {
    case Kind::pattern:
      guard.open = !eager;
      if (eager) guard.patterns.emplace_back(node.slot, node.first);
      return guard;
    case Kind::any_pattern:
      guard.open = !eager;
      if (eager)
        for (std::uint32_t i = 0; i < node.count; ++i)
          guard.patterns.emplace_back(node.slot, patterns_[node.first + i]);
      return guard;
    case Kind::regex: {
      const auto& regex = regexes_[node.first];
      guard.open = !eager || regex.count == 0;
      guard.by_regex = !guard.open;
      if (!guard.open)
        for (std::uint32_t i = 0; i < regex.count; ++i)
          guard.patterns.emplace_back(node.slot, patterns_[regex.first + i]);
      return guard;
    }
    case Kind::all:  // one of its parts is enough: the one with the fewest patterns, and better without expressions
      for (std::uint32_t i = 0; i < node.count; ++i) {
        auto part = guard_of(children_[node.first + i]);
        const auto worth = [](const Guard& g) { return std::pair(g.by_regex, g.patterns.size()); };
        if (!part.open && (guard.open || worth(part) < worth(guard))) guard = std::move(part);
      }
      return guard;
    case Kind::any:
      guard.open = false;
      for (std::uint32_t i = 0; i < node.count; ++i) {
        auto part = guard_of(children_[node.first + i]);
        if (part.open && !ORGO_PLANT(part_without_words_is_not_asked)) return part;
        guard.by_regex = guard.by_regex || part.by_regex;
        guard.patterns.insert(guard.patterns.end(), part.patterns.begin(), part.patterns.end());
      }
      return guard;
    default:
      return guard;
  }
}

void Program::add_lexicon(const Lexicon& lexicon) {
  lexicon_ = &lexicon;
  subject_slot_ = slot_of(Source{Field::subject, Part::whole, 0, {}, 0});
  body_slot_ = slot_of(Source{Field::body, Part::whole, 0, {}, 0});
  lexicon_shared_ = true;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> subject, body;
  for (std::uint32_t word = 0; word < lexicon.words().size(); ++word) {
    const auto in_subject = slots_[subject_slot_].literals.add_words(lexicon.words()[word]);
    const auto in_body = slots_[body_slot_].literals.add_words(lexicon.words()[word]);
    if (!in_subject || !in_body) {
      // Of a script without spaces, or of one letter: such a lexicon is searched by itself.
      lexicon_shared_ = false;
      return;
    }
    subject.emplace_back(*in_subject, word);
    body.emplace_back(*in_body, word);
  }
  for (const auto& [slot, pairs] : {std::pair{subject_slot_, &subject}, std::pair{body_slot_, &body}}) {
    auto& numbers = slots_[slot].keyword_of;
    numbers.assign(slots_[slot].literals.size(), kNone);
    for (const auto& [literal, word] : *pairs) numbers[literal] = word;
  }
}

void Program::build(const Lexicon* lexicon) {
  if (lexicon != nullptr) add_lexicon(*lexicon);
  for (auto& slot : slots_) {
    slot.literals.build();
    if (slot.loose.size() >= 2) slot.asked_together = slot.together.compile(kTogetherMemory);
  }
  slots_[kKeywordSlot].guarded.resize(keywords_.size());
  for (std::size_t slot = 1; slot < slots_.size(); ++slot) slots_[slot].guarded.resize(slots_[slot].literals.size());
  unguarded_.assign((roots_.size() + 63) / 64, 0);
  for (std::uint32_t number = 0; number < roots_.size(); ++number) {
    auto guard = guard_of(roots_[number]);
    if (guard.open) {
      unguarded_[number / 64] |= std::uint64_t{1} << (number % 64);
      continue;
    }
    std::sort(guard.patterns.begin(), guard.patterns.end());
    guard.patterns.erase(std::unique(guard.patterns.begin(), guard.patterns.end()), guard.patterns.end());
    for (const auto& [slot, pattern] : guard.patterns) {
      slots_[slot].guarded[pattern].push_back(number);
      auto& by_regex = slots_[slot].guarded_by_regex;
      if (guard.by_regex && (by_regex.empty() || by_regex.back() != number)) by_regex.push_back(number);
    }
  }
  regex_numbers_ = {};
  extractor_numbers_ = {};
  slot_numbers_ = {};
}

std::size_t Program::memory() const {
  std::size_t bytes = 0;
  for (const auto& slot : slots_) bytes += slot.literals.memory();
  return bytes;
}

}  // namespace orgo::rules
