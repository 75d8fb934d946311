#include "core/rules/condition_parser.h"

#include <algorithm>

#include "base/text.h"
#include "base/unicode.h"
#include "core/rules/condition_words.h"

namespace orgo::rules {

namespace {

bool is_variable_name(std::string_view name) {
  return !name.empty() && name.size() <= 32 && name[0] >= 'a' && name[0] <= 'z' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace

bool ConditionParser::regex(std::string& pattern, bool& ignore_case, std::size_t& at,
                            std::shared_ptr<const Regex>& made) {
  const Token token = token_;
  if (token.kind != Token::Kind::regex && token.kind != Token::Kind::string) {
    stop(token,
         token.kind == Token::Kind::end ? "the condition ends where a regular expression is expected"
                                        : shown(token) + " is not a regular expression",
         "as in subject matches /room [0-9]+/i");
    return false;
  }
  advance();
  const auto pattern_at = token.offset + 1;
  for (const char flag : token.flags)
    if (flag == 'i') {
      ignore_case = true;
    } else {
      error(token.offset + token.length - token.flags.size(), token.flags.size(),
            "unknown flag '" + token.flags + "' of a regular expression", "known: i (without case)");
      break;
    }
  if (token.text.empty()) {
    error(token.offset, token.length, "an empty regular expression matches every message", "write always");
    return false;
  }
  if (auto compiled = compile_small(token.text, ignore_case); compiled) {
    made = std::make_shared<const Regex>(*std::move(compiled));
  } else {
    const auto length = token.length - 2 - token.flags.size();
    error(pattern_at, length, "this regular expression is wrong: " + compiled.error().message,
          "the syntax is that of RE2: no look-around, no back-references");
    return false;
  }
  at = pattern_at;
  pattern = token.text;
  return true;
}

std::shared_ptr<const Extraction> ConditionParser::extraction(std::string name) {
  auto made = std::make_shared<Extraction>();
  made->name = std::move(name);
  std::size_t at = 0;
  regex(made->pattern, made->ignore_case, at, made->compiled);
  if (stopped_) return nullptr;
  if (take_word("in")) {
    const bool list = is_symbol("[");
    if (list) advance();
    for (bool first = true; !stopped_; first = false) {
      if (!first) {
        if (list ? !is_symbol(",") : !is_word("or")) break;
        const auto saved = place();
        advance();
        // "room = /x/ in subject or body contains 'y'": this `or` joins conditions.
        const auto more = text_field();
        const bool ends = list || token_.kind == Token::Kind::end || is_symbol(")") || is_word("and") || is_word("or");
        if (more && ends) {
          made->fields.push_back(*more);
          continue;
        }
        go_back(saved);
        if (list) stop(token_, "a field is expected behind this comma", "as in [subject, body]");
        break;
      }
      if (const auto one = text_field()) {
        made->fields.push_back(*one);
      } else {
        stop(token_, shown(token_) + " is not a text of the message", "as in subject or body");
      }
    }
    if (list && !stopped_) {
      if (!is_symbol("]"))
        stop(token_, shown(token_) + " is not expected in a list", "write a comma between its values");
      else advance();
    }
  } else {
    made->fields = {Field::subject, Field::body};
  }
  return stopped_ ? nullptr : made;
}

std::shared_ptr<const Extraction> ConditionParser::only_extraction(std::string name, std::string_view text) {
  lexer_ = ConditionLexer(text);
  token_ = lexer_.next_regex();
  auto made = extraction(std::move(name));
  if (made && token_.kind != Token::Kind::end) unexpected();
  return errors_.size() == errors_before_ ? made : nullptr;
}

bool ConditionParser::definition(Condition& condition) {
  if (token_.kind != Token::Kind::word) return false;
  const Token first = token_;
  const auto name = ascii_lower(first.text);
  if (find_field(name)) return false;
  const auto saved = place();
  advance();
  if (is_symbol("=")) token_ = lexer_.next_regex();
  if (token_.kind != Token::Kind::regex) {
    go_back(saved);
    return false;
  }
  if (!is_variable_name(name) || begins_field(name))
    error(first.offset, first.length, "'" + std::string(cut_utf8(first.text, 64)) + "' is not a name for a variable",
          "letters, digits and _, as in room = /Room (\\d+)/");
  else if (variables_.size() >= limits_.variables_max)
    error(first.offset, first.length, "more than " + std::to_string(limits_.variables_max) + " variables");
  auto made = extraction(name);
  Test& test = condition.test;
  test.field = Field::variable;
  test.op = Operator::extract;
  test.header = name;
  test.extraction = made;
  if (made && errors_.size() == errors_before_) variables_[name] = std::move(made);
  condition.length = end_ - condition.offset;
  return true;
}

}  // namespace orgo::rules
