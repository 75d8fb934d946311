#include "core/rules/program.h"

#include <algorithm>
#include <bit>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo::rules {
namespace {

constexpr std::size_t kWhyMax = 1024;
constexpr std::size_t kEvidenceSearchMax = 64U << 10U;  ///< of a value, to find again what the scan found
constexpr std::size_t kEvidenceMargin = 24;             ///< bytes shown before and after

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
  return "\"" + std::string(from > 0 ? "..." : "") + std::string(text.substr(from, to - from)) +
         (to < text.size() ? "..." : "") + "\"";
}

}  // namespace

std::uint16_t Program::slot_of(const Test& test) {
  if (test.field != Field::header) return static_cast<std::uint16_t>(test.field);
  const auto name = ascii_lower(test.header);
  const auto known = std::find(header_names_.begin(), header_names_.end(), name);
  const auto index = static_cast<std::size_t>(known - header_names_.begin());
  if (known == header_names_.end()) {
    header_names_.push_back(name);
    automata_.emplace_back();
  }
  return static_cast<std::uint16_t>(kFirstHeaderSlot + index);
}

std::uint32_t Program::compile_test(const Condition& condition) {
  const Test& test = condition.test;
  Node node;
  node.offset = static_cast<std::uint32_t>(condition.offset);
  node.length = static_cast<std::uint32_t>(condition.length);
  node.op = test.op;
  node.test = static_cast<std::uint32_t>(tests_.size());
  const auto bits = [&] {
    std::uint64_t mask = 0;
    for (const auto number : test.numbers) mask |= std::uint64_t{1} << static_cast<unsigned>(number);
    return mask;
  };
  const auto compared = [&](std::int64_t least, std::int64_t most) {
    if (test.op == Operator::is) return bits();
    std::uint64_t mask = 0;
    for (auto value = least; value <= most; ++value)
      for (const auto number : test.numbers) {
        const bool holds = test.op == Operator::less            ? value < number
                           : test.op == Operator::less_equal    ? value <= number
                           : test.op == Operator::greater       ? value > number
                                                                : value >= number;
        if (holds) mask |= std::uint64_t{1} << static_cast<unsigned>(value);
      }
    return mask;
  };
  switch (test.field) {
    case Field::finding: node.kind = Kind::finding; node.mask = bits(); break;
    case Field::channel: node.kind = Kind::channel; node.mask = bits(); break;
    case Field::hour: node.kind = Kind::hour; node.mask = compared(0, 23); break;
    case Field::weekday: node.kind = Kind::weekday; node.mask = compared(1, 7); break;
    case Field::size: {
      node.kind = Kind::size;
      if (test.numbers.size() == 1) {
        node.mask = static_cast<std::uint64_t>(test.numbers[0]);
        break;
      }
      const auto first = nodes_.size();
      for (const auto number : test.numbers) {
        node.mask = static_cast<std::uint64_t>(number);
        nodes_.push_back(node);
      }
      node.kind = Kind::any;
      node.first = static_cast<std::uint32_t>(children_.size());
      node.count = static_cast<std::uint32_t>(test.numbers.size());
      for (auto i = first; i < nodes_.size(); ++i) children_.push_back(static_cast<std::uint32_t>(i));
      break;
    }
    default: {
      if (test.op == Operator::matches) {
        node.kind = Kind::regex;
        node.slot = slot_of(test);
        const auto key = std::to_string(node.slot) + (test.ignore_case ? "i" : "c") + test.texts[0];
        const auto [known, fresh] = regex_numbers_.try_emplace(key, static_cast<std::uint32_t>(regexes_.size()));
        // The parser has compiled it once already, so this can't fail.
        if (fresh) regexes_.push_back({*Regex::compile(test.texts[0], {test.ignore_case}), node.slot});
        node.first = known->second;
        break;
      }
      std::vector<std::uint32_t> wanted;
      if (test.field == Field::keywords) {
        node.slot = kKeywordSlot;
        for (const auto& text : test.texts)
          wanted.push_back(
              keywords_.try_emplace(fold_case(trim(text)), static_cast<std::uint32_t>(keywords_.size())).first->second);
      } else {
        node.slot = slot_of(test);
        const Anchors anchors{test.op == Operator::is || test.op == Operator::starts_with,
                              test.op == Operator::is || test.op == Operator::ends_with};
        for (const auto& text : test.texts) wanted.push_back(automata_[node.slot].add(fold_case(text), anchors));
      }
      node.kind = wanted.size() == 1 ? Kind::pattern : Kind::any_pattern;
      node.count = static_cast<std::uint32_t>(wanted.size());
      node.first = wanted.size() == 1 ? wanted[0] : static_cast<std::uint32_t>(patterns_.size());
      if (wanted.size() != 1) patterns_.insert(patterns_.end(), wanted.begin(), wanted.end());
    }
  }
  tests_.push_back(test);
  nodes_.push_back(node);
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::uint32_t Program::compile(const Condition& condition) {
  if (condition.kind == Condition::Kind::test) return compile_test(condition);
  Node node;
  node.offset = static_cast<std::uint32_t>(condition.offset);
  node.length = static_cast<std::uint32_t>(condition.length);
  switch (condition.kind) {
    case Condition::Kind::all: node.kind = Kind::all; break;
    case Condition::Kind::any: node.kind = Kind::any; break;
    case Condition::Kind::none: node.kind = Kind::none; break;
    default: node.kind = Kind::always;
  }
  std::vector<std::uint32_t> parts;
  for (const auto& part : condition.parts) parts.push_back(compile(part));
  node.first = static_cast<std::uint32_t>(children_.size());
  node.count = static_cast<std::uint32_t>(parts.size());
  children_.insert(children_.end(), parts.begin(), parts.end());
  nodes_.push_back(node);
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::uint32_t Program::add(const Condition& condition, std::string_view text) {
  roots_.push_back(compile(condition));
  texts_.emplace_back(text);
  return static_cast<std::uint32_t>(roots_.size() - 1);
}

Program::Guard Program::guard_of(std::uint32_t number) const {
  const Node& node = nodes_[number];
  Guard guard;
  switch (node.kind) {
    case Kind::pattern:
      guard.open = false;
      guard.patterns.emplace_back(node.slot, node.first);
      return guard;
    case Kind::any_pattern:
      guard.open = false;
      for (std::uint32_t i = 0; i < node.count; ++i) guard.patterns.emplace_back(node.slot, patterns_[node.first + i]);
      return guard;
    case Kind::all:  // one of its parts is enough: the one with the fewest patterns
      for (std::uint32_t i = 0; i < node.count; ++i) {
        auto part = guard_of(children_[node.first + i]);
        if (!part.open && (guard.open || part.patterns.size() < guard.patterns.size())) guard = std::move(part);
      }
      return guard;
    case Kind::any:
      guard.open = false;
      for (std::uint32_t i = 0; i < node.count; ++i) {
        auto part = guard_of(children_[node.first + i]);
        if (part.open) return part;
        guard.patterns.insert(guard.patterns.end(), part.patterns.begin(), part.patterns.end());
      }
      return guard;
    default: return guard;
  }
}

void Program::build() {
  for (auto& automaton : automata_) automaton.build();
  guarded_.resize(automata_.size());
  for (std::size_t slot = 0; slot < automata_.size(); ++slot)
    guarded_[slot].resize(slot == kKeywordSlot ? keywords_.size() : automata_[slot].pattern_count());
  unguarded_.assign((roots_.size() + 63) / 64, 0);
  for (std::uint32_t number = 0; number < roots_.size(); ++number) {
    auto guard = guard_of(roots_[number]);
    if (guard.open) {
      unguarded_[number / 64] |= std::uint64_t{1} << (number % 64);
      continue;
    }
    std::sort(guard.patterns.begin(), guard.patterns.end());
    guard.patterns.erase(std::unique(guard.patterns.begin(), guard.patterns.end()), guard.patterns.end());
    for (const auto& [slot, pattern] : guard.patterns) guarded_[slot][pattern].push_back(number);
  }
  regex_numbers_.clear();
}

template <typename Use>
void Program::for_each_value(const Facts& facts, std::size_t slot, Use&& use) const {
  const Message& message = facts.message;
  const auto addresses = [&](const std::vector<Address>& list) {
    for (const auto& address : list) use(std::string_view(address.address));
  };
  if (slot >= kFirstHeaderSlot) {
    const auto& name = header_names_[slot - kFirstHeaderSlot];
    for (const auto& field : message.headers)
      if (ascii_iequals(field.name, name)) use(std::string_view(field.value));
    return;
  }
  switch (static_cast<Field>(slot)) {
    case Field::subject: use(std::string_view(message.subject)); break;
    case Field::body: use(std::string_view(message.text)); break;
    case Field::from:
      if (message.from) use(std::string_view(message.from->address));
      break;
    case Field::from_name:
      if (message.from) use(std::string_view(message.from->name));
      break;
    case Field::to: addresses(message.to); break;
    case Field::cc: addresses(message.cc); break;
    case Field::any_recipient:
      addresses(message.to);
      addresses(message.cc);
      if (!facts.envelope.recipient.empty()) use(std::string_view(facts.envelope.recipient));
      break;
    case Field::attachment_name:
      for (const auto& attachment : message.attachments) use(std::string_view(attachment.filename));
      break;
    case Field::attachment_type:
      for (const auto& attachment : message.attachments) use(std::string_view(attachment.content_type));
      break;
    default: break;
  }
}

void Program::begin(Run& run, const Facts& facts) const {
  run.program_ = this;
  run.facts_ = &facts;
  run.candidates_.assign(unguarded_.begin(), unguarded_.end());
  run.regex_results_.assign(regexes_.size(), 0);
  run.findings_ = 0;
  for (const auto& finding : facts.findings) run.findings_ |= std::uint64_t{1} << static_cast<unsigned>(finding.kind);
  if (run.found_.size() < automata_.size()) run.found_.resize(automata_.size());
  const auto mark = [&](std::size_t slot, std::uint32_t pattern) {
    for (const auto number : guarded_[slot][pattern]) run.candidates_[number / 64] |= std::uint64_t{1} << (number % 64);
  };
  run.found_[kKeywordSlot].reset(keywords_.size());
  if (!keywords_.empty())
    for (const auto& keyword : facts.keywords)
      if (const auto known = keywords_.find(keyword); known != keywords_.end()) {
        run.found_[kKeywordSlot].set(known->second);
        mark(kKeywordSlot, known->second);
      }
  for (std::size_t slot = 0; slot < automata_.size(); ++slot) {
    const auto& automaton = automata_[slot];
    if (slot == kKeywordSlot || automaton.empty()) continue;
    run.found_[slot].reset(automaton.pattern_count());
    bool any = false;
    const auto look = [&](std::string_view value) {
      any = true;
      if (!is_ascii(value)) {
        fold_case(value, run.folded_);
        value = run.folded_;
      }
      automaton.scan(value, run.found_[slot], [&](std::uint32_t pattern) { mark(slot, pattern); });
    };
    for_each_value(facts, slot, look);
    if (!any) look({});  // what is not there is empty
  }
}

bool Program::Run::regex(std::uint32_t number) {
  auto& result = regex_results_[number];
  if (result == 0) {
    const auto& test = program_->regexes_[number];
    result = 1;
    program_->for_each_value(*facts_, test.slot, [&](std::string_view value) {
      if (result == 1 && test.regex.matches(value)) result = 2;
    });
  }
  return result == 2;
}

bool Program::Run::evaluate(std::uint32_t number) {
  const Node& node = program_->nodes_[number];
  const auto* children = program_->children_.data() + node.first;
  const auto bit = [&](int value) { return ((node.mask >> static_cast<unsigned>(value)) & 1U) != 0; };
  switch (node.kind) {
    case Kind::always: return true;
    case Kind::all:
      for (std::uint32_t i = 0; i < node.count; ++i)
        if (!evaluate(children[i])) return false;
      return true;
    case Kind::any:
      for (std::uint32_t i = 0; i < node.count; ++i)
        if (evaluate(children[i])) return true;
      return false;
    case Kind::none: return !evaluate(children[0]);
    case Kind::pattern: return found_[node.slot].has(node.first);
    case Kind::any_pattern:
      for (std::uint32_t i = 0; i < node.count; ++i)
        if (found_[node.slot].has(program_->patterns_[node.first + i])) return true;
      return false;
    case Kind::regex: return regex(node.first);
    case Kind::finding: return (node.mask & findings_) != 0;
    case Kind::channel: return bit(static_cast<int>(facts_->envelope.channel));
    case Kind::hour: return bit(std::clamp(facts_->hour, 0, 23));
    case Kind::weekday: return bit(std::clamp(facts_->weekday, 1, 7));
    case Kind::size: {
      const auto size = facts_->message.size;
      switch (node.op) {
        case Operator::less: return size < node.mask;
        case Operator::less_equal: return size <= node.mask;
        case Operator::greater: return size > node.mask;
        case Operator::greater_equal: return size >= node.mask;
        default: return size == node.mask;
      }
    }
  }
  return false;
}

bool Program::Run::holds(std::uint32_t number) {
  if (((candidates_[number / 64] >> (number % 64)) & 1U) == 0) return false;
  return evaluate(program_->roots_[number]);
}

std::string Program::evidence(const Facts& facts, const Node& node) const {
  std::string found;
  const Test& test = tests_[node.test];
  for_each_value(facts, node.slot, [&](std::string_view value) {
    if (!found.empty()) return;
    value = cut_utf8(value, kEvidenceSearchMax);
    if (node.kind == Kind::regex) {
      if (const auto place = regexes_[node.first].regex.find(value)) {
        const auto [at, length] = *place;
        found = collapsed(excerpt(value, at, length));
      }
      return;
    }
    const auto shown = collapsed(value);
    const auto folded = fold_case(shown);
    for (const auto& text : test.texts) {
      const auto wanted = collapsed(fold_case(text));
      const auto at = test.op == Operator::ends_with ? folded.rfind(wanted) : folded.find(wanted);
      if (wanted.empty() || at == std::string::npos) continue;
      // Where folding has moved letters, the folded text is shown: it is what was compared.
      found = excerpt(folded.size() == shown.size() ? shown : folded, at, wanted.size());
      return;
    }
  });
  return found;
}

void Program::explain(Run& run, std::uint32_t number, std::string_view text, std::string& out) const {
  const Node& node = nodes_[number];
  if (out.size() > kWhyMax) return;
  switch (node.kind) {
    case Kind::always: out += "always"; return;
    case Kind::all:
      for (std::uint32_t i = 0; i < node.count; ++i) {
        if (i > 0) out += " and ";
        explain(run, children_[node.first + i], text, out);
      }
      return;
    case Kind::any:
      for (std::uint32_t i = 0; i < node.count; ++i)
        if (run.evaluate(children_[node.first + i])) {
          if (nodes_[children_[node.first + i]].kind == Kind::size) break;  // a list of sizes: shown as written
          explain(run, children_[node.first + i], text, out);
          return;
        }
      break;
    default: break;
  }
  out += cut_utf8(text.substr(node.offset, node.length), 256);
  if (node.kind == Kind::pattern || node.kind == Kind::any_pattern || node.kind == Kind::regex) {
    if (node.slot == kKeywordSlot) return;
    if (const auto words = evidence(*run.facts_, node); !words.empty()) out += " (" + words + ")";
  } else if (node.kind == Kind::finding) {
    for (const auto& finding : run.facts_->findings)
      if (((node.mask >> static_cast<unsigned>(finding.kind)) & 1U) != 0 && !finding.detail.empty()) {
        out += " (" + std::string(cut_utf8(finding.detail, 120)) + ")";
        return;
      }
  }
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
    for (std::uint32_t i = 0; i < nodes_[node].count && next == node; ++i)
      if (!run.evaluate(children_[nodes_[node].first + i])) next = children_[nodes_[node].first + i];
    if (next == node) break;
    node = next;
  }
  return cut_utf8(std::string_view(texts_[number]).substr(nodes_[node].offset, nodes_[node].length), 256);
}

std::size_t Program::memory() const {
  std::size_t bytes = 0;
  for (const auto& automaton : automata_) bytes += automaton.memory();
  return bytes;
}

}  // namespace orgo::rules
