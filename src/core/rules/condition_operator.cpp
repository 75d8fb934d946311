#include "core/rules/condition_parser.h"

#include <array>
#include <tuple>

#include "base/yaml.h"
#include "core/rules/condition_words.h"

namespace orgo::rules {

std::optional<ConditionParser::Chosen> ConditionParser::operation(std::optional<Field> field) {
  const Token first = token_;
  Chosen chosen;
  const auto finish = [&](Operator op) -> std::optional<Chosen> {
    chosen.op = op;
    if (field) {
      const bool compares = is_ordering(op);
      const bool fits = is_text(*field)     ? !compares || has_order(*field)
                        : is_number(*field) ? compares || op == Operator::is
                                            : op == Operator::contains || op == Operator::is;
      if (!fits)
        error(first.offset, end_ - first.offset, std::string(to_string(*field)) + " cannot be asked this way",
              "operators of " + std::string(to_string(*field)) + ": " + list_of(operator_words(*field)));
    }
    return chosen;
  };
  if (token_.kind == Token::Kind::symbol) {
    static constexpr std::array<std::pair<std::string_view, Operator>, 7> kSymbols{{{"<", Operator::less},
                                                                                    {"<=", Operator::less_equal},
                                                                                    {">", Operator::greater},
                                                                                    {">=", Operator::greater_equal},
                                                                                    {"=", Operator::is},
                                                                                    {"==", Operator::is},
                                                                                    {"!=", Operator::is}}};
    for (const auto& [symbol, op] : kSymbols)
      if (token_.text == symbol) {
        chosen.negative = symbol == "!=";
        advance();
        return finish(op);
      }
  }
  if (take_word("does")) {
    if (!take_word("not")) {
      stop(token_, shown(token_) + " is not expected here", "as in subject does not contain 'news'");
      return std::nullopt;
    }
    chosen.negative = true;
  } else if (take_word("not")) {
    chosen.negative = true;
  } else if (is_word("is")) {
    advance();
    chosen.negative = take_word("not");
    if (take_word("in")) chosen.needs_list = true;
    return finish(Operator::is);
  }
  if (take_word("in")) {
    chosen.needs_list = true;
    return finish(Operator::is);
  }
  if (take_word("contains") || take_word("contain")) return finish(Operator::contains);
  if (take_word("exists") || take_word("exist")) return finish(Operator::exists);
  if (take_word("like")) return finish(Operator::like);
  if (is_word("matches") || is_word("match")) {
    end_ = token_.offset + token_.length;
    token_ = lexer_.next_regex();
    chosen.regex = true;
    return finish(Operator::matches);
  }
  for (const auto& [verb, verb2, op] :
       {std::tuple{"starts", "start", Operator::starts_with}, std::tuple{"ends", "end", Operator::ends_with}})
    if (is_word(verb) || is_word(verb2)) {
      advance();
      if (!take_word("with")) {
        stop(token_, shown(token_) + " is not expected here", std::string("write ") + verb + " with");
        return std::nullopt;
      }
      return finish(op);
    }
  if (token_.kind == Token::Kind::end) {
    stop(token_, "the condition ends where an operator is expected",
         "operators" + (field ? " of " + std::string(to_string(*field)) : "") + ": " +
             list_of(field ? operator_words(*field) : all_operator_words()));
  } else {
    stop(token_, "unknown operator " + shown(token_),
         name_hint(token_.text, field ? operator_words(*field) : all_operator_words()));
  }
  return std::nullopt;
}

}  // namespace orgo::rules
