#include "core/rules/terms.h"

#include <algorithm>
#include <bit>

#include "base/text.h"
#include "base/unicode.h"

namespace orgo::rules {
namespace {

/// As the automata compare: without case, a run of white space is one space, none at the ends.
std::string normal(std::string_view text) {
  std::string out;
  for (const char c : fold_case(text)) {
    const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// Has one value at most, so that two different ones exclude each other.
bool is_single(Field field) {
  return field == Field::subject || field == Field::body || field == Field::from || field == Field::from_name;
}

bool is_comparison(Operator op) {
  return op == Operator::contains || op == Operator::is || op == Operator::starts_with || op == Operator::ends_with;
}

/// Does a value that fulfils (op, text) surely fulfil (other_op, other)?
bool text_implies(Operator op, std::string_view text, Operator other_op, std::string_view other) {
  if (op == other_op && text == other) return true;
  switch (other_op) {
    case Operator::is:
      return false;
    case Operator::contains:
      return text.find(other) != std::string_view::npos;
    case Operator::starts_with:
      return (op == Operator::is || op == Operator::starts_with) && text.starts_with(other);
    case Operator::ends_with:
      return (op == Operator::is || op == Operator::ends_with) && text.ends_with(other);
    default:
      return false;
  }
}

/// Does a value that fulfils (op, text) surely not fulfil (other_op, other)?
bool text_excludes(Operator op, std::string_view text, Operator other_op, std::string_view other) {
  if (op == Operator::is && other_op == Operator::is) return text != other;
  if (op == Operator::is) return !text_implies(op, text, other_op, other);
  if (other_op == Operator::is) return !text_implies(other_op, other, op, text);
  if (op == Operator::starts_with && other_op == Operator::starts_with)
    return !text.starts_with(other) && !other.starts_with(text);
  if (op == Operator::ends_with && other_op == Operator::ends_with)
    return !text.ends_with(other) && !other.ends_with(text);
  return false;
}

bool same_field(const Literal& a, const Literal& b) {
  return a.field == b.field && a.header == b.header;
}

/// Positive literals only.
bool positive_implies(const Literal& a, const Literal& b) {
  if (!same_field(a, b)) return false;
  if (a.opaque || b.opaque) return a.opaque == b.opaque && a.op == b.op && a.text == b.text;
  if (!is_text(a.field)) return a.text == b.text;  // words of a list: they are whole
  return text_implies(a.op, a.text, b.op, b.text);
}

bool excludes(const Literal& a, const Literal& b) {
  if (a.negated && b.negated) return false;
  if (a.negated) return positive_implies(b, a);
  if (b.negated) return positive_implies(a, b);
  return same_field(a, b) && !a.opaque && !b.opaque && is_single(a.field) && text_excludes(a.op, a.text, b.op, b.text);
}

std::string words_of(const Condition& condition, std::string_view text) {
  if (condition.offset > text.size()) return {};
  return std::string(text.substr(condition.offset, condition.length));
}

class Expander {
 public:
  Expander(std::string_view text, std::size_t most) : text_(text), most_(most) {}

  std::optional<std::vector<Term>> expand(const Condition& condition, bool negated) {
    switch (condition.kind) {
      case Condition::Kind::always:
        return negated ? std::vector<Term>{} : std::vector<Term>{Term{}};
      case Condition::Kind::none:
        return expand(condition.parts.front(), !negated);
      case Condition::Kind::all:
        return negated ? sum(condition.parts, true) : product(condition.parts, false);
      case Condition::Kind::any:
        return negated ? product(condition.parts, true) : sum(condition.parts, false);
      case Condition::Kind::test:
        return test(condition, negated);
      default:
        return std::vector<Term>{with(opaque(condition, negated))};
    }
  }

 private:
  static Term with(Literal literal) {
    Term term;
    term.literals.push_back(std::move(literal));
    return term;
  }

  Literal opaque(const Condition& condition, bool negated) const {
    Literal literal;
    literal.negated = negated;
    literal.opaque = true;
    literal.field = condition.test.field;
    literal.header = ascii_lower(condition.test.header);
    literal.op = condition.test.op;
    literal.words = words_of(condition, text_);
    literal.text = literal.words;
    return literal;
  }

  std::optional<std::vector<Term>> sum(const std::vector<Condition>& parts, bool negated) {
    std::vector<Term> all;
    for (const auto& part : parts) {
      auto terms = expand(part, negated);
      if (!terms || all.size() + terms->size() > most_) return std::nullopt;
      std::move(terms->begin(), terms->end(), std::back_inserter(all));
    }
    return all;
  }

  std::optional<std::vector<Term>> product(const std::vector<Condition>& parts, bool negated) {
    std::vector<Term> all{Term{}};
    for (const auto& part : parts) {
      const auto terms = expand(part, negated);
      if (!terms || all.size() * terms->size() > most_) return std::nullopt;
      std::vector<Term> next;
      next.reserve(all.size() * terms->size());
      for (const auto& a : all)
        for (const auto& b : *terms) {
          auto both = a;
          both.literals.insert(both.literals.end(), b.literals.begin(), b.literals.end());
          both.hours &= b.hours;
          both.weekdays &= b.weekdays;
          both.channels &= b.channels;
          both.size_least = std::max(both.size_least, b.size_least);
          both.size_most = std::min(both.size_most, b.size_most);
          next.push_back(std::move(both));
        }
      all = std::move(next);
    }
    return all;
  }

  static bool holds(std::int64_t value, Operator op, std::int64_t wanted) {
    switch (op) {
      case Operator::is:
        return value == wanted;
      case Operator::less:
        return value < wanted;
      case Operator::less_equal:
        return value <= wanted;
      case Operator::greater:
        return value > wanted;
      case Operator::greater_equal:
        return value >= wanted;
      default:
        return false;
    }
  }

  std::optional<std::vector<Term>> numbers(const Condition& condition, bool negated, std::uint64_t Term::*bits,
                                           int least, int most) const {
    std::uint64_t possible = 0;
    for (int value = least; value <= most; ++value)
      for (const auto wanted : condition.test.numbers)
        if (holds(value, condition.test.op, wanted)) possible |= std::uint64_t{1} << static_cast<unsigned>(value);
    Term term;
    term.*bits &= negated ? ~possible : possible;
    return std::vector<Term>{term};
  }

  std::optional<std::vector<Term>> size(const Condition& condition, bool negated) const {
    const auto& test = condition.test;
    if (test.op == Operator::is && negated) return std::vector<Term>{with(opaque(condition, true))};
    std::vector<Term> terms;
    std::optional<Term> all;
    for (const auto wanted : test.numbers) {
      Term term;
      const auto op = !negated                          ? test.op
                      : test.op == Operator::less       ? Operator::greater_equal
                      : test.op == Operator::less_equal ? Operator::greater
                      : test.op == Operator::greater    ? Operator::less_equal
                                                        : Operator::less;
      if (op == Operator::is || op == Operator::greater_equal) term.size_least = wanted;
      if (op == Operator::greater) term.size_least = wanted + 1;
      if (op == Operator::is || op == Operator::less_equal) term.size_most = wanted;
      if (op == Operator::less) term.size_most = wanted - 1;
      if (!negated) {
        terms.push_back(term);
      } else if (!all) {
        all = term;
      } else {
        all->size_least = std::max(all->size_least, term.size_least);
        all->size_most = std::min(all->size_most, term.size_most);
      }
    }
    if (all) terms.push_back(*all);
    return terms;
  }

  std::optional<std::vector<Term>> test(const Condition& condition, bool negated) const {
    const auto& test = condition.test;
    if (!is_plain(test)) return std::vector<Term>{with(opaque(condition, negated))};
    if (test.field == Field::hour) return numbers(condition, negated, &Term::hours, 0, 23);
    if (test.field == Field::weekday) return numbers(condition, negated, &Term::weekdays, 1, 7);
    if (test.field == Field::channel) return numbers(condition, negated, &Term::channels, 0, 63);
    if (test.field == Field::size) return size(condition, negated);
    const bool finding = test.field == Field::finding;
    const bool words = finding || test.field == Field::keywords;
    const bool compared = (is_text(test.field) && is_comparison(test.op)) || (words && is_comparison(test.op));
    if (!compared || (test.texts.empty() && test.numbers.empty()))
      return std::vector<Term>{with(opaque(condition, negated))};
    std::vector<Literal> values;
    const auto add = [&](std::string text) {
      Literal literal;
      literal.negated = negated;
      literal.field = test.field;
      literal.header = ascii_lower(test.header);
      literal.op = words ? Operator::is : test.op;
      literal.text = std::move(text);
      literal.words = words_of(condition, text_);
      values.push_back(std::move(literal));
    };
    if (finding) {
      for (const auto number : test.numbers) add(std::string(to_string(static_cast<FindingKind>(number))));
    } else {
      for (const auto& text : test.texts) add(normal(text));
    }
    if (values.size() > most_) return std::nullopt;
    std::vector<Term> terms;
    if (!negated) {
      for (auto& value : values) terms.push_back(with(std::move(value)));
    } else {
      terms.emplace_back().literals = std::move(values);
    }
    return terms;
  }

  std::string_view text_;
  std::size_t most_;
};

}  // namespace

std::optional<std::vector<Term>> terms_of(const Condition& condition, std::string_view text, std::size_t most) {
  return Expander(text, most).expand(condition, false);
}

bool implies(const Literal& a, const Literal& b) {
  if (!a.negated && !b.negated) return positive_implies(a, b);
  if (a.negated && b.negated) return positive_implies(b, a);
  return !a.negated && excludes(a, Literal{false, b.opaque, b.field, b.header, b.op, b.text, {}});
}

bool implies(const Term& a, const Term& b) {
  if ((a.hours & ~b.hours) != 0 || (a.weekdays & ~b.weekdays) != 0 || (a.channels & ~b.channels) != 0) return false;
  if (a.size_least < b.size_least || a.size_most > b.size_most) return false;
  return std::all_of(b.literals.begin(), b.literals.end(), [&](const Literal& wanted) {
    return std::any_of(a.literals.begin(), a.literals.end(),
                       [&](const Literal& given) { return implies(given, wanted); });
  });
}

std::optional<std::string> contradiction(const Term& term) {
  if (term.hours == 0) return "no hour of the day is left";
  if (term.weekdays == 0) return "no day of the week is left";
  if (term.channels == 0) return "no channel is left";
  if (term.size_least > term.size_most) return "no size is left";
  for (std::size_t i = 0; i < term.literals.size(); ++i)
    for (std::size_t k = i + 1; k < term.literals.size(); ++k) {
      const auto& a = term.literals[i];
      const auto& b = term.literals[k];
      if (!excludes(a, b)) continue;
      // A negated test is shown with its "not", unless its own words have it.
      const auto shown = [](const Literal& one) {
        return (one.negated && one.words.find("not") == std::string::npos && one.words.find("!=") == std::string::npos
                    ? "not "
                    : "") +
               one.words;
      };
      return shown(a) + " and " + shown(b) + " exclude each other";
    }
  return std::nullopt;
}

}  // namespace orgo::rules
