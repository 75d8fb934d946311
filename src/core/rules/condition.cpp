#include "core/rules/condition.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/regex.h"
#include "base/text.h"
#include "base/unicode.h"
#include "base/yaml.h"
#include "core/intake/raw_message.h"
#include "core/rules/condition_lexer.h"

namespace orgo::rules {
namespace {

constexpr std::array<std::string_view, 16> kFieldNames{
    "subject", "body",     "from",    "from name", "to",   "cc",   "any recipient", "header", "attachment name",
    "attachment type", "keywords", "finding", "channel", "size", "hour", "weekday"};
constexpr std::array<std::string_view, 7> kTextOperators{"contains", "is",      "starts with", "ends with",
                                                         "matches",  "in",      "not in"};
constexpr std::array<std::string_view, 4> kWordOperators{"contains", "is", "in", "not in"};
constexpr std::array<std::string_view, 8> kNumberOperators{"is", "in", "not in", "<", "<=", ">", ">=", "!="};
constexpr std::array<std::string_view, 14> kAllOperators{"contains", "is", "starts with", "ends with", "matches", "in",
                                                         "not in",   "<",  "<=",          ">",         ">=",      "=",
                                                         "!=",       "does not contain"};
constexpr std::array<std::string_view, 7> kWeekdays{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
constexpr std::array<FindingKind, 7> kFindings{FindingKind::auto_reply, FindingKind::out_of_office, FindingKind::bounce,
                                               FindingKind::own_loop,   FindingKind::mailing_list,  FindingKind::follow_up,
                                               FindingKind::duplicate};
constexpr std::array<Channel, 6> kChannels{Channel::lmtp,    Channel::smtp, Channel::http,
                                           Channel::import_, Channel::imap, Channel::pop3};

std::span<const std::string_view> operators_of(Field field) {
  if (is_text(field)) return kTextOperators;
  if (field == Field::keywords || field == Field::finding || field == Field::channel) return kWordOperators;
  return kNumberOperators;
}

std::string list_of(std::span<const std::string_view> names) {
  std::string list;
  for (const auto name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

std::string shown(const Token& token) {
  if (token.kind == Token::Kind::end) return "the end";
  return "'" + std::string(cut_utf8(token.text, 64)) + "'";
}

class Parser {
 public:
  Parser(std::string_view text, std::vector<ConditionError>& errors, const ConditionLimits& limits)
      : lexer_(text), errors_(errors), limits_(limits), errors_before_(errors.size()) {
    token_ = lexer_.next();
  }

  std::optional<Condition> parse() {
    if (token_.kind == Token::Kind::end) return Condition{};
    Condition condition = any_of(0);
    if (!stopped_ && token_.kind != Token::Kind::end) unexpected();
    if (errors_.size() != errors_before_) return std::nullopt;
    return condition;
  }

 private:
  bool is_word(std::string_view word) const { return token_.kind == Token::Kind::word && ascii_iequals(token_.text, word); }
  bool is_symbol(std::string_view symbol) const { return token_.kind == Token::Kind::symbol && token_.text == symbol; }
  void advance() {
    end_ = token_.offset + token_.length;
    token_ = lexer_.next();
  }
  bool take_word(std::string_view word) {
    if (!is_word(word)) return false;
    advance();
    return true;
  }

  void error(std::size_t offset, std::size_t length, std::string message, std::string hint = {}) {
    if (errors_.size() - errors_before_ < limits_.errors_max)
      errors_.push_back({offset, std::max<std::size_t>(length, 1), std::move(message), std::move(hint)});
  }
  /// The form is broken, so what follows can't be understood.
  void stop(const Token& token, std::string message, std::string hint = {}) {
    if (stopped_) return;
    stopped_ = true;
    if (token.kind == Token::Kind::bad) {
      error(token.offset, token.length, token.text, token.hint);
    } else {
      error(token.offset, token.length, std::move(message), std::move(hint));
    }
  }
  void unexpected() {
    if (is_symbol(")")) {
      stop(token_, "this ) closes nothing");
    } else {
      stop(token_, shown(token_) + " is not expected here",
           "join conditions by and / or; texts of several words stand in quotes");
    }
  }

  Condition any_of(int depth) { return list_of_parts(Condition::Kind::any, "or", depth); }
  Condition part(Condition::Kind kind, int depth) {
    return kind == Condition::Kind::any ? list_of_parts(Condition::Kind::all, "and", depth) : negation(depth);
  }
  Condition list_of_parts(Condition::Kind kind, std::string_view joint, int depth) {
    Condition first = part(kind, depth);
    if (stopped_ || !is_word(joint)) return first;
    Condition list;
    list.kind = kind;
    list.offset = first.offset;
    list.parts.push_back(std::move(first));
    while (!stopped_ && take_word(joint)) list.parts.push_back(part(kind, depth));
    list.length = end_ - list.offset;
    return list;
  }

  Condition negation(int depth) {
    if (depth > limits_.depth_max) {
      stop(token_, "nested deeper than " + std::to_string(limits_.depth_max) + " levels",
           "split the rule, or join with and / or without parentheses");
      return {};
    }
    const auto start = token_.offset;
    if (take_word("not")) {
      Condition inner = negation(depth + 1);
      return negated(std::move(inner), start);
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

  Condition negated(Condition inner, std::size_t start) {
    Condition outer;
    outer.kind = Condition::Kind::none;
    outer.offset = start;
    outer.length = end_ - start;
    outer.parts.push_back(std::move(inner));
    return outer;
  }

  /// nullopt: no such field; said so.
  std::optional<Field> field(Test& test) {
    const Token first = token_;
    if (first.kind != Token::Kind::word) {
      stop(first, first.kind == Token::Kind::end ? "the condition ends where a field is expected"
                                                 : shown(first) + " stands where a field is expected",
           "fields: " + list_of(kFieldNames));
      return std::nullopt;
    }
    const auto name = ascii_lower(first.text);
    if (name == "header") {
      end_ = first.offset + first.length;
      token_ = lexer_.next_header_name();
      if (token_.kind == Token::Kind::bad) {
        stop(token_, "");
        return std::nullopt;
      }
      test.header = token_.text;
      advance();
      return Field::header;
    }
    advance();
    if (name == "any" || name == "attachment" || name == "from") {
      const auto both = name + " " + ascii_lower(token_.text);
      if (token_.kind == Token::Kind::word)
        for (std::size_t i = 0; i < kFieldNames.size(); ++i)
          if (kFieldNames[i] == both) {
            advance();
            return static_cast<Field>(i);
          }
      if (name != "from") {
        const auto length = token_.kind == Token::Kind::word ? token_.offset + token_.length - first.offset : first.length;
        const auto wrong = token_.kind == Token::Kind::word ? both : name;
        error(first.offset, length, "unknown field '" + wrong + "'", name_hint(wrong, kFieldNames));
        // "attachment contains ...": the operator is still to come.
        if (token_.kind == Token::Kind::word && nearest_name(token_.text, kAllOperators) != token_.text) advance();
        return std::nullopt;
      }
      return Field::from;
    }
    for (std::size_t i = 0; i < kFieldNames.size(); ++i)
      if (kFieldNames[i] == name) return static_cast<Field>(i);
    error(first.offset, first.length, "unknown field '" + std::string(cut_utf8(first.text, 64)) + "'",
          name_hint(name, kFieldNames));
    return std::nullopt;
  }

  struct Chosen {
    Operator op = Operator::is;
    bool negative = false;
    bool needs_list = false;
    bool regex = false;
  };
  /// Reads up to the value. With `regex`, the next token is a regular expression.
  std::optional<Chosen> operation(std::optional<Field> field) {
    const Token first = token_;
    Chosen chosen;
    const auto finish = [&](Operator op) -> std::optional<Chosen> {
      chosen.op = op;
      if (field) {
        const bool text = is_text(*field);
        const bool number = *field == Field::size || *field == Field::hour || *field == Field::weekday;
        const bool compares = op >= Operator::less;
        const bool fits = text ? !compares : number ? compares || op == Operator::is : op == Operator::contains || op == Operator::is;
        if (!fits)
          error(first.offset, end_ - first.offset,
                std::string(to_string(*field)) + " cannot be asked this way",
                "operators of " + std::string(to_string(*field)) + ": " + list_of(operators_of(*field)));
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
               list_of(field ? operators_of(*field) : kAllOperators));
    } else {
      stop(token_, "unknown operator " + shown(token_),
           name_hint(token_.text, field ? operators_of(*field) : kAllOperators));
    }
    return std::nullopt;
  }

  void add_number(Test& test, const Token& token, const std::string& text, std::size_t length) {
    const auto parse_int = [&](std::int64_t least, std::int64_t most, std::string_view what, std::string_view hint) {
      std::int64_t value = 0;
      const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (problem != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
        error(token.offset, length, "'" + std::string(cut_utf8(text, 64)) + "' is not " + std::string(what), std::string(hint));
        return;
      }
      test.numbers.push_back(value);
    };
    if (test.field == Field::size) {
      if (const auto bytes = parse_bytes(text)) {
        test.numbers.push_back(static_cast<std::int64_t>(*bytes));
      } else {
        error(token.offset, length, "'" + std::string(cut_utf8(text, 64)) + "' is not a size",
              "write a whole number and a unit, as in 5 MB");
      }
    } else if (test.field == Field::hour) {
      parse_int(0, 23, "an hour", "0 to 23, in the time of the organization");
    } else {
      const auto name = ascii_lower(text);
      for (std::size_t i = 0; i < kWeekdays.size(); ++i)
        if (name == kWeekdays[i] || name == kWeekdays[i].substr(0, 3)) {
          test.numbers.push_back(static_cast<std::int64_t>(i) + 1);
          return;
        }
      parse_int(1, 7, "a day of the week", "mon, tue, wed, thu, fri, sat, sun, or 1 (Monday) to 7 (Sunday)");
    }
  }

  template <typename Kind, std::size_t N>
  void add_name(Test& test, const Token& token, const std::array<Kind, N>& kinds, std::string_view what) {
    auto name = ascii_lower(token.text);
    std::replace(name.begin(), name.end(), ' ', '_');
    std::replace(name.begin(), name.end(), '-', '_');
    std::array<std::string_view, N> names{};
    for (std::size_t i = 0; i < N; ++i) {
      names[i] = to_string(kinds[i]);
      if (names[i] == name) {
        test.numbers.push_back(static_cast<std::int64_t>(kinds[i]));
        return;
      }
    }
    error(token.offset, token.length, "unknown " + std::string(what) + " '" + std::string(cut_utf8(token.text, 64)) + "'",
          name_hint(name, names));
  }

  /// One value; false: the form is broken.
  bool value(Test& test, std::optional<Field> field) {
    const Token token = token_;
    const bool reserved = is_word("and") || is_word("or") || is_word("not") || is_word("in");
    const bool plain = token.kind == Token::Kind::string || token.kind == Token::Kind::number ||
                       (token.kind == Token::Kind::word && !reserved);
    if (!plain) {
      stop(token, token.kind == Token::Kind::end ? "the condition ends where a value is expected"
                                                 : shown(token) + " stands where a value is expected",
           "as in subject contains 'urgent'");
      return false;
    }
    advance();
    if (!field) return true;
    if (is_text(*field) || *field == Field::keywords) {
      const auto folded = fold_case(token.text);
      if (test.op != Operator::is) {
        const auto rest = test.op == Operator::contains ? std::string_view(folded) : trim(folded);
        if (rest.empty())
          error(token.offset, token.length, "this text is empty, so that every message would do", "write is '' to ask for an empty one");
      }
      test.texts.push_back(token.text);
      return true;
    }
    if (*field == Field::finding) {
      add_name(test, token, kFindings, "finding");
      return true;
    }
    if (*field == Field::channel) {
      add_name(test, token, kChannels, "channel");
      return true;
    }
    auto text = token.text;
    auto length = token.length;
    // "5 MB": the unit is a word of its own, written at once or behind a space.
    if (*field == Field::size && token.kind == Token::Kind::number && token_.kind == Token::Kind::word && !is_word("and") &&
        !is_word("or")) {
      text += " " + token_.text;
      length = token_.offset + token_.length - token.offset;
      advance();
    }
    add_number(test, token, text, length);
    return true;
  }

  void regex(Test& test) {
    const Token token = token_;
    if (token.kind != Token::Kind::regex && token.kind != Token::Kind::string) {
      stop(token, token.kind == Token::Kind::end ? "the condition ends where a regular expression is expected"
                                                 : shown(token) + " is not a regular expression",
           "as in subject matches /room [0-9]+/i");
      return;
    }
    advance();
    const auto pattern_at = token.offset + 1;
    for (const char flag : token.flags)
      if (flag == 'i') {
        test.ignore_case = true;
      } else {
        error(token.offset + token.length - token.flags.size(), token.flags.size(),
              "unknown flag '" + token.flags + "' of a regular expression", "known: i (without case)");
        break;
      }
    if (token.text.empty()) {
      error(token.offset, token.length, "an empty regular expression matches every message", "write always");
      return;
    }
    if (const auto compiled = Regex::compile(token.text, {test.ignore_case}); !compiled) {
      const auto length = token.length - 2 - token.flags.size();
      error(pattern_at, length, "this regular expression is wrong: " + compiled.error().message,
            "the syntax is that of RE2: no look-around, no back-references");
      return;
    }
    test.regex_offset = pattern_at;
    test.texts.push_back(token.text);
  }

  Condition test() {
    Condition condition;
    condition.kind = Condition::Kind::test;
    condition.offset = token_.offset;
    Test& test = condition.test;
    const auto asked = field(test);
    if (stopped_) return condition;
    if (asked) test.field = *asked;
    const auto chosen = operation(asked);
    if (!chosen || stopped_) return condition;
    test.op = chosen->op;
    if (chosen->regex) {
      regex(test);
    } else if (is_symbol("[")) {
      const Token open = token_;
      advance();
      while (!stopped_ && !is_symbol("]")) {
        if (!value(test, asked)) return condition;
        if (is_symbol(",")) {
          advance();
        } else if (token_.kind == Token::Kind::end) {
          stop(open, "this [ is never closed", "write ] at its end");
        } else if (!is_symbol("]")) {
          stop(token_, shown(token_) + " is not expected in a list", "write a comma between its values");
        }
      }
      if (stopped_) return condition;
      advance();
      if (test.texts.empty() && test.numbers.empty() && asked && errors_.size() == errors_before_)
        error(open.offset, end_ - open.offset, "this list is empty", "as in ['urgent', 'important']");
    } else if (chosen->needs_list) {
      stop(token_, "a list is expected after in", "as in from in ['anna@school.org', 'ben@school.org']");
    } else {
      value(test, asked);
    }
    condition.length = end_ - condition.offset;
    if (stopped_ || !chosen->negative) return condition;
    const auto start = condition.offset;
    return negated(std::move(condition), start);
  }

  ConditionLexer lexer_;
  std::vector<ConditionError>& errors_;
  const ConditionLimits& limits_;
  std::size_t errors_before_;
  Token token_;
  std::size_t end_ = 0;  ///< of the last token that was taken
  bool stopped_ = false;
};

}  // namespace

std::string_view to_string(Field field) { return kFieldNames[static_cast<std::size_t>(field)]; }

std::optional<Condition> parse_condition(std::string_view text, std::vector<ConditionError>& errors,
                                         const ConditionLimits& limits) {
  if (text.size() > limits.bytes_max) {
    errors.push_back({0, 1, "longer than " + format_bytes(limits.bytes_max), "split the rule, or use a keyword list"});
    return std::nullopt;
  }
  return Parser(text, errors, limits).parse();
}

}  // namespace orgo::rules
