#include "core/rules/condition_parser.h"

#include "base/text.h"
#include "base/time.h"
#include "core/rules/condition_words.h"

namespace orgo::rules {

void ConditionParser::counted(Condition& condition, bool& negative) {
  Test& test = condition.test;
  advance();
  if (!is_symbol("(")) {
    stop(token_, shown(token_) + " is not expected here", "as in count(attachments) > 3");
    return;
  }
  const Token open = token_;
  advance();
  std::optional<Field> asked;
  if (is_word("attachments") || is_word("recipients")) {
    asked = is_word("attachments") ? Field::attachment_name : Field::any_recipient;
    advance();
  } else {
    asked = field(test);
  }
  if (stopped_) return;
  if (asked) test.field = *asked;
  if (asked && !is_text(*asked))
    error(open.offset + 1, end_ - open.offset - 1, std::string(to_string(*asked)) + " cannot be counted",
          "count texts: count(attachments), count(to)");
  test.op = Operator::exists;
  if (!is_symbol(")")) {
    const auto chosen = operation(asked);
    if (!chosen || stopped_) return;
    if (chosen->negative)
      error(open.offset + 1, end_ - open.offset - 1, "only what is there can be counted",
            "write the condition without not");
    test.op = chosen->op;
    if (test.op == Operator::exists) {
      stop(open, "count() counts what exists", "write count(" + std::string(asked ? to_string(*asked) : "to") + ")");
      return;
    }
    operand(test, asked, *chosen);
    if (stopped_) return;
  }
  if (!is_symbol(")")) {
    stop(open, "this ( is never closed", "as in count(body contains 'urgent') >= 3");
    return;
  }
  advance();
  const auto chosen = operation(Field::open_tasks);
  if (!chosen || stopped_) return;
  const Token token = token_;
  Test number;
  number.field = Field::open_tasks;
  number.op = chosen->op;
  if (chosen->needs_list || !value(number, Field::open_tasks)) {
    stop(token, "a number is expected here", "as in count(attachments) > 3");
    return;
  }
  Test::Count count{chosen->op, number.numbers.empty() ? 0 : number.numbers[0]};
  if (count.number > limits_.count_max)
    error(token.offset, token.length, "count() counts to " + std::to_string(limits_.count_max));
  test.count = count;
  negative = chosen->negative;
}

void ConditionParser::absence(Condition& condition) {
  Test& test = condition.test;
  test.field = Field::no_reply;
  for (const std::string_view word : {"reply", "within"})
    if (!take_word(word)) {
      stop(token_, shown(token_) + " is not expected here", "as in no reply within 2 hours");
      return;
    }
  const auto start = token_.offset;
  std::string text;
  if (token_.kind == Token::Kind::string) {
    text = token_.text;
    advance();
  } else {
    while ((token_.kind == Token::Kind::number || token_.kind == Token::Kind::word) && !is_word("and") &&
           !is_word("or")) {
      text += (text.empty() ? "" : " ") + token_.text;
      advance();
    }
  }
  if (text.empty()) {
    stop(token_, "a time is expected here", "as in no reply within 2 hours");
    return;
  }
  const auto time = parse_duration(text);
  if (!time) {
    error(start, end_ - start, time.error().message);
  } else if (*time < Millis{1'000} || *time > Millis{365LL * 86'400'000}) {
    error(start, end_ - start, "a time between 1 second and 365 days is expected");
  } else {
    test.numbers.push_back(time->count());
  }
}

void ConditionParser::check_absence(const Condition& condition, bool allowed) {
  if (condition.kind == Condition::Kind::test && condition.test.field == Field::no_reply) {
    if (!allowed)
      error(condition.offset, condition.length, "'no reply within' stands beside other conditions, joined by and",
            "write a rule of its own for the other case");
    else if (absences_++ > 0) error(condition.offset, condition.length, "'no reply within' is here a second time");
  }
  for (const auto& part : condition.parts) check_absence(part, allowed && condition.kind == Condition::Kind::all);
}

bool ConditionParser::flag(Condition& condition, bool& negative) {
  Test& test = condition.test;
  const auto saved = place();
  const bool outside = is_word("outside");
  if (outside || is_word("within")) advance();
  const auto name = ascii_lower(token_.text);
  if (token_.kind == Token::Kind::word && (name == "first" || name == "business" || name == "from")) {
    advance();
    const auto known =
        token_.kind == Token::Kind::word ? find_field(name + " " + ascii_lower(token_.text)) : std::nullopt;
    if (known && is_flag(*known)) {
      advance();
      test.field = *known;
      test.op = Operator::exists;
      negative = outside;
      if (*known == Field::business_hours && take_word("of")) {
        if (token_.kind != Token::Kind::word && token_.kind != Token::Kind::string) {
          stop(token_, "the name of a calendar is expected here", "as in outside business hours of 'school'");
          return true;
        }
        test.header = token_.text;
        advance();
      }
      return true;
    }
  }
  go_back(saved);
  if (outside) {
    stop(token_, "'outside' is followed by business hours", "as in outside business hours of 'school'");
    return true;
  }
  return false;
}

}  // namespace orgo::rules
