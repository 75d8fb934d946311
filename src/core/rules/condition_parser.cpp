#include "core/rules/condition_parser.h"

#include <algorithm>

#include "base/planted.h"
#include "base/text.h"
#include "base/unicode.h"

namespace orgo::rules {

std::string list_of(std::span<const std::string_view> names) {
  std::string list;
  for (const auto name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

std::string shown(const Token& token) {
  if (token.kind == Token::Kind::end) return "the end";
  return "'" + std::string(cut_utf8(token.text, 64)) + "'";
}

ConditionParser::ConditionParser(std::string_view text, std::vector<ConditionError>& errors,
                                 const ConditionLimits& limits, Variables& variables)
    : lexer_(text), errors_(errors), limits_(limits), variables_(variables), errors_before_(errors.size()) {
  token_ = lexer_.next();
}

std::optional<Condition> ConditionParser::parse() {
  if (token_.kind == Token::Kind::end) return Condition{};
  Condition condition = any_of(0);
  if (!stopped_ && token_.kind != Token::Kind::end) unexpected();
  if (!stopped_) check_absence(condition, true);
  if (errors_.size() != errors_before_) return std::nullopt;
  return condition;
}

bool ConditionParser::is_word(std::string_view word) const {
  return token_.kind == Token::Kind::word && ascii_iequals(token_.text, word);
}

void ConditionParser::advance() {
  end_ = token_.offset + token_.length;
  token_ = lexer_.next();
}

bool ConditionParser::take_word(std::string_view word) {
  if (!is_word(word)) return false;
  advance();
  return true;
}

void ConditionParser::error(std::size_t offset, std::size_t length, std::string message, std::string hint) {
  if (errors_.size() - errors_before_ < limits_.errors_max)
    errors_.push_back({offset, std::max<std::size_t>(length, 1), std::move(message), std::move(hint)});
}

void ConditionParser::stop(const Token& token, std::string message, std::string hint) {
  if (stopped_) return;
  stopped_ = true;
  if (token.kind == Token::Kind::bad) {
    error(token.offset, token.length, token.text, token.hint);
  } else {
    error(token.offset, token.length, std::move(message), std::move(hint));
  }
}

void ConditionParser::unexpected() {
  if (is_symbol(")")) {
    stop(token_, "this ) closes nothing");
  } else {
    stop(token_, shown(token_) + " is not expected here",
         "join conditions by and / or; texts of several words stand in quotes");
  }
}

Condition ConditionParser::any_of(int depth) {
  return list_of_parts(Condition::Kind::any, "or", depth);
}

Condition ConditionParser::part(Condition::Kind kind, int depth) {
  return kind == Condition::Kind::any ? list_of_parts(Condition::Kind::all, "and", depth) : negation(depth);
}

Condition ConditionParser::list_of_parts(Condition::Kind kind, std::string_view joint, int depth) {
  Condition first = part(kind, depth);
  if (stopped_ || !is_word(joint)) return first;
  Condition list;
  list.kind = kind;
  list.offset = first.offset;
  list.parts.push_back(std::move(first));
  while (!stopped_ && take_word(joint))
    list.parts.push_back(ORGO_PLANT(and_binds_to_the_right) ? any_of(depth) : part(kind, depth));
  list.length = end_ - list.offset;
  return list;
}

Condition ConditionParser::negation(int depth) {
  if (depth > limits_.depth_max) {
    stop(token_, "nested deeper than " + std::to_string(limits_.depth_max) + " levels",
         "split the rule, or join with and / or without parentheses");
    return {};
  }
  const auto start = token_.offset;
  if (take_word("not")) {
    Condition inner = ORGO_PLANT(not_takes_all_behind_it) ? any_of(depth + 1) : negation(depth + 1);
    return negated(std::move(inner), start, end_);
  }
  if (is_symbol("(")) {
    const Token open = token_;
    advance();
    Condition inner = any_of(depth + 1);
    if (stopped_) return {};
    if (!is_symbol(")")) {
      if (token_.kind == Token::Kind::end) {
        stop(open, "this ( is never closed", "write ) at its end");
      } else {
        unexpected();
      }
      return {};
    }
    advance();
    inner.offset = start;
    inner.length = end_ - start;
    return inner;
  }
  if (is_word("always")) {
    Condition always;
    always.offset = start;
    advance();
    always.length = end_ - start;
    return always;
  }
  return test();
}

Condition ConditionParser::negated(Condition inner, std::size_t start, std::size_t end) {
  Condition outer;
  outer.kind = Condition::Kind::none;
  outer.offset = start;
  outer.length = end - start;
  outer.parts.push_back(std::move(inner));
  return outer;
}

Condition ConditionParser::test() {
  Condition condition;
  condition.kind = Condition::Kind::test;
  condition.offset = token_.offset;
  Test& test = condition.test;
  bool negative = false;
  const auto done = [&] {
    condition.length = end_ - condition.offset;
    const auto start = condition.offset;
    return stopped_ || !negative ? std::move(condition) : negated(std::move(condition), start, end_);
  };
  if (is_word("count")) {
    counted(condition, negative);
    return done();
  }
  if (is_word("no")) {
    advance();
    absence(condition);
    return done();
  }
  if (flag(condition, negative)) return done();
  if (definition(condition)) return condition;
  const auto asked = field(test);
  if (stopped_) return condition;
  if (asked) test.field = *asked;
  if (asked && (is_flag(*asked) || *asked == Field::no_reply)) {
    error(condition.offset, end_ - condition.offset, std::string(to_string(*asked)) + " cannot be asked this way");
    return condition;
  }
  const auto chosen = operation(asked);
  if (!chosen || stopped_) return condition;
  test.op = chosen->op;
  negative = chosen->negative;
  if (take_word("exactly")) {
    test.exactly = true;
    if (asked &&
        (!is_text(*asked) || is_ordering(test.op) || test.op == Operator::exists || test.op == Operator::matches))
      error(condition.offset, end_ - condition.offset, "'exactly' does not fit here",
            "as in subject contains exactly 'IT'");
  }
  if (test.op != Operator::exists) operand(test, asked, *chosen);
  return done();
}

}  // namespace orgo::rules
