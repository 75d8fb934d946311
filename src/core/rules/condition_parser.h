#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/regex.h"
#include "core/rules/condition.h"
#include "core/rules/condition_lexer.h"

namespace orgo::rules {

/// "contains, is, like", for errors that list what would have been understood.
std::string list_of(std::span<const std::string_view> names);
/// A token as errors show it: in quotes, cut, or "the end".
std::string shown(const Token& token);

/// Reads one condition by recursive descent, one token ahead. Used through parse_condition() and parse_extraction()
/// only; the class stands in a header because each piece of the grammar has a file of its own:
///   condition_parser.cpp  and, or, not, parentheses, one test       condition_value.cpp    values, lists, numbers,
///   names condition_field.cpp   fields, parts of them, [2]                condition_clause.cpp   count(), business
///   hours, no reply within condition_operator.cpp  contains, is, <, starts with            condition_extract.cpp
///   regular expressions, variables
/// Errors come in two kinds: after error() the form is still clear and the rest is read, to tell of all wrong words at
/// once; after stop() it is not, and every method returns as soon as it can.
class ConditionParser {
 public:
  ConditionParser(std::string_view text, std::vector<ConditionError>& errors, const ConditionLimits& limits,
                  Variables& variables);

  std::optional<Condition> parse();
  /// Of `extract:`: all of the text is one extraction.
  std::shared_ptr<const Extraction> only_extraction(std::string name, std::string_view text);

 private:
  struct Chosen {
    Operator op = Operator::is;
    bool negative = false;
    bool needs_list = false;
    bool regex = false;
  };
  /// To go back to: lexer, token and end of the one before.
  using Place = std::tuple<ConditionLexer, Token, std::size_t>;

  // condition_parser.cpp
  [[nodiscard]] bool is_word(std::string_view word) const;
  [[nodiscard]] bool is_symbol(std::string_view symbol) const {
    return token_.kind == Token::Kind::symbol && token_.text == symbol;
  }
  void advance();
  bool take_word(std::string_view word);
  [[nodiscard]] Place place() const { return {lexer_, token_, end_}; }
  void go_back(const Place& place) { std::tie(lexer_, token_, end_) = place; }
  void error(std::size_t offset, std::size_t length, std::string message, std::string hint = {});
  /// The form is broken, so what follows can't be understood.
  void stop(const Token& token, std::string message, std::string hint = {});
  void unexpected();
  Condition any_of(int depth);
  Condition part(Condition::Kind kind, int depth);
  Condition list_of_parts(Condition::Kind kind, std::string_view joint, int depth);
  Condition negation(int depth);
  static Condition negated(Condition inner, std::size_t start, std::size_t end);
  Condition test();

  // condition_field.cpp
  [[nodiscard]] std::string unknown_field_hint(std::string_view name) const;
  /// nullopt: no such field; said so.
  std::optional<Field> field(Test& test);
  std::optional<Field> named_field(Test& test, const Token& first);
  /// "domain of from"; the current token is `part` or `of`.
  std::optional<Field> part_of(Test& test, const Token& first, std::string name);
  /// "[2]" behind a field: only its second value; [-1] is the last.
  void index(Test& test, Field asked);
  /// A text field without a name in brackets; nullopt leaves the parser anywhere.
  std::optional<Field> text_field();

  // condition_operator.cpp
  /// Reads up to the value. With `regex`, the next token is a regular expression.
  std::optional<Chosen> operation(std::optional<Field> field);

  // condition_value.cpp
  void add_number(Test& test, const Token& token, const std::string& text, std::size_t length);
  template <typename Kind, std::size_t N>
  void add_name(Test& test, const Token& token, const std::array<Kind, N>& kinds, std::string_view what);
  void add_name(Test& test, const Token& token, std::span<const std::string_view> names,
                std::span<const std::int64_t> numbers, std::string_view what);
  /// One value; false: the form is broken.
  bool value(Test& test, std::optional<Field> field);
  /// Of a field that holds words of a list, this has to be one of them.
  void known_value(const Test& test, const Token& token);
  /// {{names}} in a text have to be variables.
  void placeholders(const Token& token, Test& test);
  /// What stands behind an operator.
  void operand(Test& test, std::optional<Field> asked, const Chosen& chosen);

  // condition_extract.cpp
  /// The current token is the pattern. false: it is wrong, and that was said.
  bool regex(std::string& pattern, bool& ignore_case, std::size_t& at, std::shared_ptr<const Regex>& made);
  /// `/pattern/ in subject or body`, from the pattern on.
  std::shared_ptr<const Extraction> extraction(std::string name);
  /// "room = /Room (\d+)/": true when the condition begins so. Else nothing has moved.
  bool definition(Condition& condition);

  // condition_clause.cpp
  /// "count(attachments) > 3"; the current token is `count`.
  void counted(Condition& condition, bool& negative);
  /// "no reply within 2 hours"; behind `no`.
  void absence(Condition& condition);
  /// Nothing of it can be known when the mail arrives, so it can't be part of an "or" or a "not".
  void check_absence(const Condition& condition, bool allowed);
  /// "first contact", "outside business hours of 'NAME'": true when the condition begins so.
  bool flag(Condition& condition, bool& negative);

  ConditionLexer lexer_;
  std::vector<ConditionError>& errors_;
  const ConditionLimits& limits_;
  Variables& variables_;
  std::size_t errors_before_;
  int absences_ = 0;
  Token token_;
  std::size_t end_ = 0;  ///< of the last token that was taken
  bool stopped_ = false;
};

}  // namespace orgo::rules
