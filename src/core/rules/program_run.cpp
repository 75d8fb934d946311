#include <algorithm>
#include <charconv>
#include <tuple>

#include "base/unicode.h"
#include "core/rules/program_values.h"

namespace orgo::rules {
namespace {

constexpr std::size_t kExtractedMax = 256;  ///< bytes of a variable
constexpr std::size_t kFilledSearchMax = 1U << 20U;
constexpr std::size_t kTextKept = 1U << 20U;  ///< a larger text's memory is given back
constexpr int kStartsMax = 16;  ///< places at which an expression is tried before all of the text is asked

template <typename Value>
bool ordered(const Value& value, Operator op, const Value& wanted) {
  switch (op) {
    case Operator::less:
      return value < wanted;
    case Operator::less_equal:
      return value <= wanted;
    case Operator::greater:
      return value > wanted;
    case Operator::greater_equal:
      return value >= wanted;
    default:
      return value == wanted;
  }
}

/// The number that a text begins with: "5.5 points", "00302", "-1".
std::optional<double> leading_number(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (problem != std::errc{}) return std::nullopt;
  return value;
}

}  // namespace

void Program::mark(Run& run, const std::vector<std::uint32_t>& conditions) const {
  for (const auto number : conditions) run.candidates_[number / 64] |= std::uint64_t{1} << (number % 64);
}

void Program::reset(Run& run, const Facts& facts) const {
  run.program_ = this;
  run.facts_ = &facts;
  run.candidates_.assign(unguarded_.begin(), unguarded_.end());
  run.regex_results_.assign(regexes_.size(), 0);
  run.extracted_.assign(extractors_.size(), std::nullopt);
  run.scanned_.assign(slots_.size(), 0);
  run.hits_.clear();
  run.keywords_.clear();
  run.cache_.reset();
  run.findings_ = 0;
  for (const auto& finding : facts.findings) run.findings_ |= std::uint64_t{1} << static_cast<unsigned>(finding.kind);
  if (run.found_.size() < slots_.size()) run.found_.resize(slots_.size());
  if (run.texts_.size() < slots_.size()) run.texts_.resize(slots_.size());
  run.seen_.assign(slots_.size(), nullptr);
  for (auto& text : run.texts_) text.shrink(kTextKept);
  run.folded_.shrink(kTextKept);
}

void Program::begin(Run& run, const Facts& facts) const {
  reset(run, facts);
  for (std::uint16_t slot = 1; slot < slots_.size(); ++slot) {
    if (slots_[slot].lazy || slots_[slot].literals.empty()) continue;
    if (facts.scanned != nullptr && slot == subject_slot_) run.adopt(slot, facts.scanned->subject);
    else if (facts.scanned != nullptr && slot == body_slot_) run.adopt(slot, facts.scanned->body);
    else run.scan(slot);
  }
  if (facts.find_keywords) {
    find_keywords(run);
  } else {
    run.keywords_.assign(facts.keywords.begin(), facts.keywords.end());
  }
  mark_keywords(run);
}

void Program::mark_keywords(Run& run) const {
  run.found_[kKeywordSlot].reset(keywords_.size());
  run.scanned_[kKeywordSlot] = 1;
  if (keywords_.empty()) return;
  for (const auto& keyword : run.keywords_)
    if (const auto known = keywords_.find(keyword); known != keywords_.end()) {
      run.found_[kKeywordSlot].set(known->second);
      mark(run, slots_[kKeywordSlot].guarded[known->second]);
    }
}

void Program::find_keywords(Run& run) const {
  if (lexicon_ == nullptr) return;
  const bool complete = lexicon_shared_ && run.scanned_[subject_slot_] != 3 && run.scanned_[body_slot_] != 3;
  if (!complete) {
    run.keywords_ = lexicon_->find(run.facts_->message.subject, run.facts_->message.text);
    return;
  }
  struct Word {
    std::uint32_t part;
    std::uint32_t end;
    std::uint32_t at;
    std::uint32_t number;
  };
  thread_local std::vector<Word> words;
  words.clear();
  for (const auto& hit : run.hits_) {
    if (hit.slot != subject_slot_ && hit.slot != body_slot_) continue;
    const auto number = slots_[hit.slot].keyword_of[hit.literal];
    if (number != kNone && hit.at + hit.length <= Lexicon::kTextBytesMax)
      words.push_back({hit.slot == body_slot_ ? 1U : 0U, hit.at + hit.length, hit.at, number});
  }
  if (words.empty()) return;
  std::sort(words.begin(), words.end(), [](const Word& a, const Word& b) {
    return std::tuple(a.part, a.end, a.at) < std::tuple(b.part, b.end, b.at);
  });
  thread_local std::vector<std::uint32_t> order;
  order.clear();
  for (const auto& word : words) order.push_back(word.number);
  run.keywords_ = lexicon_->keywords_of(order);
}

void Program::Run::scan(std::uint16_t number) {
  const Slot& slot = program_->slots_[number];
  auto& found = found_[number];
  found.reset(slot.literals.size());
  std::uint8_t state = 1;
  bool incomplete = false;
  std::uint16_t value_number = 0;
  const auto look = [&](std::string_view value) {
    const bool keep = value_number == 0 && slot.keeps_text;
    FoldedText& text = keep ? texts_[number] : folded_;
    text.set(value);
    if (keep) seen_[number] = &text;
    if (text.composed()) state = 2;
    const bool complete =
        slot.literals.scan(text, found, [&](std::uint32_t literal, std::size_t at, std::size_t length) {
          hits_.push_back(
              {number, value_number, literal, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(length)});
          program_->mark(*this, slot.guarded[literal]);
        });
    incomplete = incomplete || !complete;
    if (value_number < 0xFFFF) ++value_number;
  };
  program_->for_each_value(*this, number, look);
  if (value_number == 0) look({});  // what is not there is empty
  if (state == 2) program_->mark(*this, slot.guarded_by_regex);
  if (incomplete && !slot.keyword_of.empty()) {
    scanned_[number] = 3;
    return;
  }
  scanned_[number] = state;
}

void Program::Run::adopt(std::uint16_t number, const ScannedField& field) {
  const Slot& slot = program_->slots_[number];
  auto& found = found_[number];
  found.reset(slot.literals.size());
  for (const auto& place : field.places) {
    found.set(place.literal);
    hits_.push_back({number, 0, place.literal, place.at, place.length});
    program_->mark(*this, slot.guarded[place.literal]);
  }
  seen_[number] = field.text;
  if (field.text->composed()) program_->mark(*this, slot.guarded_by_regex);
  scanned_[number] = !field.complete && !slot.keyword_of.empty() ? 3 : field.text->composed() ? 2 : 1;
}

void Program::Run::ensure(std::uint16_t slot) {
  if (scanned_[slot] == 0) {
    scanned_[slot] = 1;  // a variable may ask for others while it is looked through
    scan(slot);
  }
}

std::string_view Program::Run::extracted(std::uint32_t number) {
  auto& held = extracted_[number];
  if (held) return *held;
  held.emplace();
  const auto& extractor = program_->extractors_[number];
  bool possible = extractor.needed.empty();
  for (const auto& [slot, literal] : extractor.needed) {
    if (program_->slots_[slot].lazy) ensure(slot);
    possible = possible || scanned_[slot] >= 2 || found_[slot].has(literal);
  }
  if (!possible) return *held;
  for (const auto slot : extractor.slots) {
    std::string value_found;
    program_->for_each_value(*this, slot, [&](std::string_view value) {
      if (!value_found.empty()) return;
      if (const auto place = extractor.regex->find_group(value))
        value_found = trim(cut_utf8(value.substr(place->first, place->second), kExtractedMax));
    });
    if (!value_found.empty()) {
      extracted_[number] = std::move(value_found);
      break;
    }
  }
  return *extracted_[number];
}

void Program::Run::regexes_together(std::uint16_t number) {
  const Slot& slot = program_->slots_[number];
  std::vector<int> matching;
  bool known = true;
  program_->for_each_value(*this, number,
                           [&](std::string_view value) { known = known && slot.together.matches(value, matching); });
  if (!known) return;
  for (const auto regex : slot.loose) regex_results_[regex] = 1;
  for (const auto match : matching) regex_results_[slot.loose[static_cast<std::size_t>(match)]] = 2;
}

/// Tries the expression only where a match can begin; nullopt: there are too many such places, or the text is no ASCII.
std::optional<bool> Program::Run::regex_at_starts(const Program& program, std::uint32_t number,
                                                  std::string_view value) {
  const auto& test = program.regexes_[number];
  const FoldedText* const text = seen_[test.slot];
  if (text == nullptr || !text->is_plain()) return std::nullopt;
  const auto whole = text->text();
  int tried = 0;
  for (const auto& start : test.starts)
    for (auto at = whole.find(start); at != std::string_view::npos; at = whole.find(start, at + 1)) {
      if (++tried > kStartsMax) return std::nullopt;
      if (test.regex->matches_at(value, text->raw_of(at))) return true;
    }
  return false;
}

bool Program::Run::regex(std::uint32_t number) {
  if (regex_results_[number] != 0) return regex_results_[number] == 2;
  const auto& test = program_->regexes_[number];
  if (test.count != 0) {
    ensure(test.slot);
    bool possible = scanned_[test.slot] == 2 || scanned_[test.slot] == 3;
    const auto occurs = [&](std::pair<std::uint32_t, std::uint32_t> patterns) {
      const auto* first = program_->patterns_.data() + patterns.first;
      return std::any_of(first, first + patterns.second,
                         [&](std::uint32_t pattern) { return found_[test.slot].has(pattern); });
    };
    possible =
        possible || (occurs({test.first, test.count}) && std::all_of(test.further.begin(), test.further.end(), occurs));
    if (!possible) {
      regex_results_[number] = 1;
      return false;
    }
  } else if (program_->slots_[test.slot].asked_together && !test.folded) {
    regexes_together(test.slot);
    if (regex_results_[number] != 0) return regex_results_[number] == 2;
  }
  std::uint8_t result = 1;
  bool any = false;
  const auto look = [&](std::string_view value) {
    const bool first = !any;
    any = true;
    if (result == 2) return;
    if (!test.folded) {
      if (first && !test.starts.empty())
        if (const auto known = regex_at_starts(*program_, number, value)) {
          if (*known) result = 2;
          return;
        }
      if (test.regex->matches(value)) result = 2;
      return;
    }
    FoldedText folded;
    folded.set(value);
    if (test.regex->matches(folded.text())) result = 2;
  };
  program_->for_each_value(*this, test.slot, look);
  if (!any && test.folded) look({});
  regex_results_[number] = result;
  return result == 2;
}

bool Program::Run::compare_text(std::uint32_t number) {
  const Node& node = program_->nodes_[number];
  const Test& test = program_->tests_[node.test];
  bool holds = false;
  program_->for_each_value(*this, node.slot, [&](std::string_view value) {
    if (holds) return;
    for (const auto& text : test.texts) {
      if (test.numeric) {
        const auto have = leading_number(value);
        const auto want = leading_number(text);
        holds = holds || (have && want && ordered(*have, test.op, *want));
      } else {
        FoldedText have;
        FoldedText want;
        have.set(value);
        want.set(text);
        holds = holds || ordered(have.text(), test.op, want.text());
      }
    }
  });
  return holds;
}

std::string Program::filled(Run& run, const Node& node, std::string_view text) const {
  std::string out;
  std::size_t at = 0;
  for (auto open = text.find("{{"); open != std::string_view::npos; open = text.find("{{", at)) {
    const auto close = text.find("}}", open);
    if (close == std::string_view::npos) break;
    out += text.substr(at, open - at);
    const auto name = trim(text.substr(open + 2, close - open - 2));
    const auto& variables = tests_[node.test].filled;
    for (std::uint32_t i = 0; i < variables.size(); ++i)
      if (variables[i]->name == name) {
        out += run.extracted(patterns_[node.first + i]);
        break;
      }
    at = close + 2;
  }
  return out + std::string(text.substr(at));
}

bool Program::Run::compare_filled(std::uint32_t number) {
  const Node& node = program_->nodes_[number];
  const Test& test = program_->tests_[node.test];
  bool holds = false;
  bool any = false;
  const auto look = [&](std::string_view value) {
    any = true;
    if (holds) return;
    FoldedText have;
    have.set(cut_utf8(value, kFilledSearchMax));
    const auto hay = have.text();
    for (const auto& text : test.texts) {
      FoldedText want;
      want.set(program_->filled(*this, node, text));
      const auto needle = want.text();
      // A variable that holds nothing is in no text, or every text would do.
      if (needle.empty() && test.op != Operator::is) continue;
      switch (test.op) {
        case Operator::is:
          holds = holds || hay == needle;
          break;
        case Operator::starts_with:
          holds = holds || hay.starts_with(needle);
          break;
        case Operator::ends_with:
          holds = holds || hay.ends_with(needle);
          break;
        default:
          holds = holds || hay.find(needle) != std::string_view::npos;
      }
    }
  };
  program_->for_each_value(*this, node.slot, look);
  if (!any) look({});
  return holds;
}

std::int64_t Program::Run::count(std::uint32_t number, std::int64_t most) {
  const Node& node = program_->nodes_[number];
  const Test& test = program_->tests_[node.test];
  std::int64_t counted = 0;
  std::vector<std::string> wanted;
  for (const auto& text : test.texts) {
    FoldedText want;
    want.set(text);
    wanted.emplace_back(want.text());
  }
  program_->for_each_value(*this, node.slot, [&](std::string_view value) {
    if (counted >= most) return;
    if (test.op == Operator::exists) {
      ++counted;
    } else if (test.op == Operator::matches) {
      const auto& regex = *program_->regexes_[node.first].regex;
      for (std::size_t at = 0; at <= value.size() && counted < most;) {
        const auto place = regex.find(value, at);
        if (!place) break;
        ++counted;
        at = place->first + std::max<std::size_t>(place->second, 1);
      }
    } else {
      FoldedText have;
      have.set(value);
      const auto hay = have.text();
      bool fits = false;
      for (const auto& needle : wanted) {
        switch (test.op) {
          case Operator::is:
            fits = fits || hay == needle;
            break;
          case Operator::starts_with:
            fits = fits || hay.starts_with(needle);
            break;
          case Operator::ends_with:
            fits = fits || hay.ends_with(needle);
            break;
          default:
            for (auto at = hay.find(needle); at != std::string_view::npos && !needle.empty() && counted < most;
                 at = hay.find(needle, at + needle.size()))
              ++counted;
        }
      }
      if (fits) ++counted;
    }
  });
  return std::min(counted, most);
}

bool Program::Run::evaluate(std::uint32_t number) {
  const Node& node = program_->nodes_[number];
  const auto* children = program_->children_.data() + node.first;
  const auto bit = [&](int value) { return ((node.mask >> static_cast<unsigned>(value)) & 1U) != 0; };
  switch (node.kind) {
    case Kind::always:
      return true;
    case Kind::all:
      for (std::uint32_t i = 0; i < node.count; ++i)
        if (!evaluate(children[i])) return false;
      return true;
    case Kind::any:
      for (std::uint32_t i = 0; i < node.count; ++i)
        if (evaluate(children[i])) return true;
      return false;
    case Kind::none:
      return !evaluate(children[0]);
    case Kind::pattern:
      ensure(node.slot);
      return found_[node.slot].has(node.first);
    case Kind::any_pattern:
      ensure(node.slot);
      for (std::uint32_t i = 0; i < node.count; ++i)
        if (found_[node.slot].has(program_->patterns_[node.first + i])) return true;
      return false;
    case Kind::regex:
      return regex(node.first);
    case Kind::bits:
      switch (node.field) {
        case Field::finding:
          return (node.mask & findings_) != 0;
        case Field::channel:
          return bit(static_cast<int>(facts_->envelope.channel));
        case Field::thread:
          return bit(facts_->thread == nullptr ? 0 : static_cast<int>(facts_->thread->state));
        case Field::hour:
          return bit(std::clamp(facts_->hour, 0, 23));
        case Field::weekday:
          return bit(std::clamp(facts_->weekday, 1, 7));
        case Field::day:
          return bit(std::clamp(facts_->day, 1, 31));
        default:
          return bit(std::clamp(facts_->month, 1, 12));
      }
    case Kind::number: {
      const auto value = node.field == Field::size         ? static_cast<std::int64_t>(facts_->message.size)
                         : facts_->sender == nullptr       ? 0
                         : node.field == Field::open_tasks ? facts_->sender->open_tasks
                                                           : facts_->sender->earlier_messages;
      for (std::uint32_t i = 0; i < node.count; ++i)
        if (ordered(value, node.op, program_->numbers_[node.first + i])) return true;
      return false;
    }
    case Kind::flag:
      if (node.field == Field::first_contact) return facts_->sender == nullptr || facts_->sender->earlier_messages == 0;
      if (node.field == Field::from_staff) return facts_->from_staff;
      if (facts_->in_business_hours != nullptr && *facts_->in_business_hours)
        return (*facts_->in_business_hours)(program_->tests_[node.test].header);
      return usual_business_hours(facts_->hour, facts_->weekday);
    case Kind::exists: {
      // A header may be there and be empty; of all else, something must stand there.
      const bool header = node.field == Field::header;
      bool there = false;
      program_->for_each_value(*this, node.slot,
                               [&](std::string_view value) { there = there || header || !trim(value).empty(); });
      return there;
    }
    case Kind::extract:
      return !extracted(node.first).empty();
    case Kind::count: {
      const auto& wanted = *program_->tests_[node.test].count;
      return ordered(count(number, wanted.number + 1), wanted.op, wanted.number);
    }
    case Kind::order:
      return compare_text(number);
    case Kind::filled:
      return compare_filled(number);
  }
  return false;
}

bool Program::Run::holds(std::uint32_t number) {
  if (((candidates_[number / 64] >> (number % 64)) & 1U) == 0) return false;
  return evaluate(program_->roots_[number]);
}

}  // namespace orgo::rules
