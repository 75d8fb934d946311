#include "core/rules/condition.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <tuple>
#include <utility>

#include "base/regex.h"
#include "base/text.h"
#include "base/unicode.h"
#include "base/time.h"
#include "base/yaml.h"
#include "core/rules/condition_lexer.h"
#include "core/rules/condition_words.h"

namespace orgo::rules {
namespace {

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
  Parser(std::string_view text, std::vector<ConditionError>& errors, const ConditionLimits& limits, Variables& variables)
      : lexer_(text), errors_(errors), limits_(limits), variables_(variables), errors_before_(errors.size()) {
    token_ = lexer_.next();
  }

  std::optional<Condition> parse() {
    if (token_.kind == Token::Kind::end) return Condition{};
    Condition condition = any_of(0);
    if (!stopped_ && token_.kind != Token::Kind::end) unexpected();
    if (!stopped_) check_absence(condition, true);
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

  std::string fields_hint() const { return "fields: " + list_of(known_field_words()); }
  std::string unknown_field_hint(std::string_view name) const {
    std::vector<std::string_view> known(known_field_words().begin(), known_field_words().end());
    for (const auto& [variable, unused] : variables_) known.push_back(variable);
    return name_hint(name, known);
  }

  /// nullopt: no such field; said so.
  std::optional<Field> field(Test& test) {
    const Token first = token_;
    if (first.kind != Token::Kind::word) {
      stop(first, first.kind == Token::Kind::end ? "the condition ends where a field is expected"
                                                 : shown(first) + " stands where a field is expected",
           fields_hint());
      return std::nullopt;
    }
    const auto asked = named_field(test, first);
    if (asked && !stopped_) index(test, *asked);
    return asked;
  }

  std::optional<Field> named_field(Test& test, const Token& first) {
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
    if (token_.kind == Token::Kind::word) {
      const auto both = name + " " + ascii_lower(token_.text);
      if (both == "local part" || (is_word("of") && find_part(name))) return part_of(test, first, name);
      if (const auto known = find_field(both)) {
        advance();
        return known;
      }
    }
    if (const auto known = find_field(name)) return known;
    if (const auto known = variables_.find(name); known != variables_.end()) {
      test.header = name;
      test.extraction = known->second;
      return Field::variable;
    }
    if (begins_field(name)) {
      const bool two = token_.kind == Token::Kind::word;
      const auto wrong = two ? name + " " + ascii_lower(token_.text) : name;
      error(first.offset, two ? token_.offset + token_.length - first.offset : first.length,
            "unknown field '" + std::string(cut_utf8(wrong, 64)) + "'", unknown_field_hint(wrong));
      // "attachment contains ...": the operator is still to come.
      if (two && nearest_name(token_.text, all_operator_words()) != token_.text) advance();
      return std::nullopt;
    }
    error(first.offset, first.length, "unknown field '" + std::string(cut_utf8(first.text, 64)) + "'", unknown_field_hint(name));
    return std::nullopt;
  }

  /// "domain of from"; the current token is `part` or `of`.
  std::optional<Field> part_of(Test& test, const Token& first, std::string name) {
    if (name == "local") {
      name = "local part";
      advance();
    }
    test.part = *find_part(name);
    if (!take_word("of")) {
      stop(token_, shown(token_) + " is not expected here", "as in " + name + " of from");
      return std::nullopt;
    }
    const Token inner = token_;
    if (inner.kind != Token::Kind::word) {
      stop(inner, inner.kind == Token::Kind::end ? "the condition ends where a field is expected"
                                                 : shown(inner) + " stands where a field is expected", "as in " + name + " of from");
      return std::nullopt;
    }
    const auto asked = named_field(test, inner);
    if (!asked || stopped_) return std::nullopt;
    const bool fits = is_date_part(test.part) ? *asked == Field::header : has_addresses(*asked);
    if (!fits)
      error(first.offset, end_ - first.offset, std::string(to_string(*asked)) + " has no " + name,
            is_date_part(test.part) ? "parts of dates are asked of headers: " + name + " of header[Date]"
                                    : "parts of addresses: of from, to, cc, any recipient, reply to, header[...]");
    return asked;
  }

  /// "[2]" behind a field: only its second value; [-1] is the last.
  void index(Test& test, Field asked) {
    if (!is_symbol("[") || !is_text(asked)) return;
    advance();
    const Token number = token_;
    int value = 0;
    const auto [end, problem] = std::from_chars(number.text.data(), number.text.data() + number.text.size(), value);
    if (problem != std::errc{} || end != number.text.data() + number.text.size() || value == 0 || value < -1000 || value > 1000) {
      stop(number, shown(number) + " is not the number of a value", "[1] is the first, [2] the second, [-1] the last");
      return;
    }
    test.index = value;
    advance();
    if (!is_symbol("]")) {
      stop(token_, shown(token_) + " is not expected here", "write ] behind the number");
      return;
    }
    advance();
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
        const bool compares = is_ordering(op);
        const bool fits = is_text(*field)     ? !compares || has_order(*field)
                          : is_number(*field) ? compares || op == Operator::is
                                              : op == Operator::contains || op == Operator::is;
        if (!fits)
          error(first.offset, end_ - first.offset,
                std::string(to_string(*field)) + " cannot be asked this way",
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
    } else if (test.field == Field::day) {
      parse_int(1, 31, "a day of the month", "1 to 31");
    } else if (test.field == Field::month) {
      parse_int(1, 12, "a month", "1 (January) to 12 (December)");
    } else if (test.field == Field::open_tasks || test.field == Field::earlier_messages) {
      parse_int(0, 1'000'000, "a number", "a whole number, as in open tasks > 3");
    } else {
      const auto name = ascii_lower(text);
      for (std::size_t i = 0; i < std::size(kWeekdayNames); ++i)
        if (name == kWeekdayNames[i] || name == kWeekdayNames[i].substr(0, 3)) {
          test.numbers.push_back(static_cast<std::int64_t>(i) + 1);
          return;
        }
      parse_int(1, 7, "a day of the week", "mon, tue, wed, thu, fri, sat, sun, or 1 (Monday) to 7 (Sunday)");
    }
  }

  template <typename Kind, std::size_t N>
  void add_name(Test& test, const Token& token, const std::array<Kind, N>& kinds, std::string_view what) {
    std::array<std::string_view, N> names{};
    std::array<std::int64_t, N> numbers{};
    for (std::size_t i = 0; i < N; ++i) {
      names[i] = to_string(kinds[i]);
      numbers[i] = static_cast<std::int64_t>(kinds[i]);
    }
    add_name(test, token, names, numbers, what);
  }
  void add_name(Test& test, const Token& token, std::span<const std::string_view> names, std::span<const std::int64_t> numbers,
                std::string_view what) {
    auto name = ascii_lower(token.text);
    std::replace(name.begin(), name.end(), ' ', '_');
    std::replace(name.begin(), name.end(), '-', '_');
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i] == name) {
        test.numbers.push_back(numbers[i]);
        return;
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
    if (is_text(*field) && is_ordering(test.op)) {
      // A number is compared with numbers; a text in quotes with texts, letter by letter.
      test.numeric = token.kind != Token::Kind::string;
      double number = 0;
      const auto [end, problem] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), number);
      if (test.numeric && (problem != std::errc{} || end != token.text.data() + token.text.size()))
        error(token.offset, token.length, shown(token) + " is not a number", "a text to compare with stands in quotes");
      test.texts.push_back(token.text);
      return true;
    }
    if (is_text(*field) || *field == Field::keywords) {
      placeholders(token, test);
      if ((test.op == Operator::like || test.exactly) && token.text.size() > 1'000)
        error(token.offset, token.length, "a text for like or exactly is at most 1,000 bytes long");
      const auto folded = fold_case(token.text);
      if (test.op != Operator::is && test.op != Operator::like) {
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
    if (*field == Field::thread) {
      static constexpr std::array<std::int64_t, kThreadStates.size()> kNumbers{0, 1, 2, 3, 4, 5, 6};
      add_name(test, token, kThreadStates, kNumbers, "state");
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

  /// {{names}} in a text have to be variables.
  void placeholders(const Token& token, Test& test) {
    const std::string_view text = token.text;
    for (auto at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at + 2)) {
      const auto end = text.find("}}", at);
      const auto name = end == std::string_view::npos ? std::string_view{} : trim(text.substr(at + 2, end - at - 2));
      if (const auto variable = variables_.find(name); variable != variables_.end()) {
        test.filled.push_back(variable->second);
        continue;
      }
      std::vector<std::string_view> known;
      for (const auto& [variable, unused] : variables_) known.push_back(variable);
      error(token.offset, token.length, "unknown variable '" + std::string(cut_utf8(name, 64)) + "'",
            known.empty() ? "room = /Room (\\d+)/ would make one" : name_hint(name, known));
      return;
    }
  }

  /// The current token is the pattern. false: it is wrong, and that was said.
  bool regex(std::string& pattern, bool& ignore_case, std::size_t& at, std::shared_ptr<const Regex>& made) {
    const Token token = token_;
    if (token.kind != Token::Kind::regex && token.kind != Token::Kind::string) {
      stop(token, token.kind == Token::Kind::end ? "the condition ends where a regular expression is expected"
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

 public:
  /// `/pattern/ in subject or body`, from the pattern on.
  std::shared_ptr<const Extraction> extraction(std::string name) {
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
          const auto saved = std::tuple(lexer_, token_, end_);
          advance();
          // "room = /x/ in subject or body contains 'y'": this `or` joins conditions.
          const auto more = text_field();
          const bool ends = list || token_.kind == Token::Kind::end || is_symbol(")") || is_word("and") || is_word("or");
          if (more && ends) {
            made->fields.push_back(*more);
            continue;
          }
          std::tie(lexer_, token_, end_) = saved;
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
        if (!is_symbol("]")) stop(token_, shown(token_) + " is not expected in a list", "write a comma between its values");
        else advance();
      }
    } else {
      made->fields = {Field::subject, Field::body};
    }
    return stopped_ ? nullptr : made;
  }
  /// Of `extract:`: all of the text is one extraction.
  std::shared_ptr<const Extraction> only_extraction(std::string name, std::string_view text) {
    lexer_ = ConditionLexer(text);
    token_ = lexer_.next_regex();
    auto made = extraction(std::move(name));
    if (made && token_.kind != Token::Kind::end) unexpected();
    return errors_.size() == errors_before_ ? made : nullptr;
  }

 private:
  /// A text field without a name in brackets; nullopt leaves the parser anywhere.
  std::optional<Field> text_field() {
    if (token_.kind != Token::Kind::word) return std::nullopt;
    const auto name = ascii_lower(token_.text);
    advance();
    auto found = find_field(name);
    if (token_.kind == Token::Kind::word)
      if (const auto both = find_field(name + " " + ascii_lower(token_.text))) {
        found = both;
        advance();
      }
    if (found && (!is_text(*found) || *found == Field::header || *found == Field::variable)) return std::nullopt;
    return found;
  }

  static bool is_variable_name(std::string_view name) {
    return !name.empty() && name.size() <= 32 && name[0] >= 'a' && name[0] <= 'z' &&
           std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
  }

  /// "room = /Room (\d+)/": true when the condition begins so. Else nothing has moved.
  bool definition(Condition& condition) {
    if (token_.kind != Token::Kind::word) return false;
    const Token first = token_;
    const auto name = ascii_lower(first.text);
    if (find_field(name)) return false;
    const auto saved = std::tuple(lexer_, token_, end_);
    advance();
    if (is_symbol("=")) token_ = lexer_.next_regex();
    if (token_.kind != Token::Kind::regex) {
      std::tie(lexer_, token_, end_) = saved;
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

  /// "count(attachments) > 3"; the current token is `count`.
  void counted(Condition& condition) {
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
      error(open.offset + 1, end_ - open.offset - 1, std::string(to_string(*asked)) + " cannot be counted", "count texts: count(attachments), count(to)");
    test.op = Operator::exists;
    if (!is_symbol(")")) {
      const auto chosen = operation(asked);
      if (!chosen || stopped_) return;
      if (chosen->negative)
        error(open.offset + 1, end_ - open.offset - 1, "only what is there can be counted", "write the condition without not");
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
    counted_negative_ = chosen->negative;
  }

  /// "no reply within 2 hours"; behind `no`.
  void absence(Condition& condition) {
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
      while ((token_.kind == Token::Kind::number || token_.kind == Token::Kind::word) && !is_word("and") && !is_word("or")) {
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

  /// Nothing of it can be known when the mail arrives, so it can't be part of an "or" or a "not".
  void check_absence(const Condition& condition, bool allowed) {
    if (condition.kind == Condition::Kind::test && condition.test.field == Field::no_reply) {
      if (!allowed)
        error(condition.offset, condition.length, "'no reply within' stands beside other conditions, joined by and",
              "write a rule of its own for the other case");
      else if (absences_++ > 0)
        error(condition.offset, condition.length, "'no reply within' is here a second time");
    }
    for (const auto& part : condition.parts) check_absence(part, allowed && condition.kind == Condition::Kind::all);
  }

  /// "first contact", "outside business hours of 'NAME'": true when the condition begins so.
  bool flag(Condition& condition, bool& negative) {
    Test& test = condition.test;
    const auto saved = std::tuple(lexer_, token_, end_);
    const bool outside = is_word("outside");
    if (outside || is_word("within")) advance();
    const auto name = ascii_lower(token_.text);
    if (token_.kind == Token::Kind::word && (name == "first" || name == "business")) {
      advance();
      const auto known = token_.kind == Token::Kind::word ? find_field(name + " " + ascii_lower(token_.text)) : std::nullopt;
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
    std::tie(lexer_, token_, end_) = saved;
    if (outside) {
      stop(token_, "'outside' is followed by business hours", "as in outside business hours of 'school'");
      return true;
    }
    return false;
  }

  /// What stands behind an operator.
  void operand(Test& test, std::optional<Field> asked, const Chosen& chosen) {
    if (chosen.regex) {
      std::string pattern;
      if (regex(pattern, test.ignore_case, test.regex_offset, test.compiled)) test.texts.push_back(std::move(pattern));
    } else if (is_symbol("[")) {
      const Token open = token_;
      advance();
      while (!stopped_ && !is_symbol("]")) {
        if (!value(test, asked)) return;
        if (is_symbol(",")) {
          advance();
        } else if (token_.kind == Token::Kind::end) {
          stop(open, "this [ is never closed", "write ] at its end");
        } else if (!is_symbol("]")) {
          stop(token_, shown(token_) + " is not expected in a list", "write a comma between its values");
        }
      }
      if (stopped_) return;
      advance();
      if (test.texts.empty() && test.numbers.empty() && asked && errors_.size() == errors_before_)
        error(open.offset, end_ - open.offset, "this list is empty", "as in ['urgent', 'important']");
    } else if (chosen.needs_list) {
      stop(token_, "a list is expected after in", "as in from in ['anna@school.org', 'ben@school.org']");
    } else {
      value(test, asked);
    }
  }

  Condition test() {
    Condition condition;
    condition.kind = Condition::Kind::test;
    condition.offset = token_.offset;
    Test& test = condition.test;
    bool negative = false;
    const auto done = [&] {
      condition.length = end_ - condition.offset;
      const auto start = condition.offset;
      return stopped_ || !negative ? std::move(condition) : negated(std::move(condition), start);
    };
    if (is_word("count")) {
      counted(condition);
      negative = counted_negative_;
      counted_negative_ = false;
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
      if (asked && (!is_text(*asked) || is_ordering(test.op) || test.op == Operator::exists || test.op == Operator::matches))
        error(condition.offset, end_ - condition.offset, "'exactly' does not fit here", "as in subject contains exactly 'IT'");
    }
    if (test.op != Operator::exists) operand(test, asked, *chosen);
    return done();
  }

  ConditionLexer lexer_;
  std::vector<ConditionError>& errors_;
  const ConditionLimits& limits_;
  Variables& variables_;
  std::size_t errors_before_;
  int absences_ = 0;
  bool counted_negative_ = false;
  Token token_;
  std::size_t end_ = 0;  ///< of the last token that was taken
  bool stopped_ = false;
};

}  // namespace

std::optional<Condition> parse_condition(std::string_view text, std::vector<ConditionError>& errors,
                                         const ConditionLimits& limits, Variables& variables) {
  if (text.size() > limits.bytes_max) {
    errors.push_back({0, 1, "longer than " + format_bytes(limits.bytes_max), "split the rule, or use a keyword list"});
    return std::nullopt;
  }
  return Parser(text, errors, limits, variables).parse();
}

std::optional<Condition> parse_condition(std::string_view text, std::vector<ConditionError>& errors,
                                         const ConditionLimits& limits) {
  Variables variables;
  return parse_condition(text, errors, limits, variables);
}

std::shared_ptr<const Extraction> parse_extraction(std::string_view name, std::string_view text,
                                                   std::vector<ConditionError>& errors) {
  Variables none;
  const ConditionLimits limits;
  return Parser({}, errors, limits, none).only_extraction(std::string(name), text);
}

Result<Regex> compile_small(std::string_view pattern, bool ignore_case) {
  constexpr std::size_t kLittle = 48U << 10U;
  constexpr std::size_t kMuch = 512U << 10U;
  auto compiled = Regex::compile(pattern, {ignore_case, kLittle});
  return compiled ? std::move(compiled) : Regex::compile(pattern, {ignore_case, kMuch});
}

std::optional<std::int64_t> absence_of(const Condition& condition) {
  if (condition.kind == Condition::Kind::test && condition.test.field == Field::no_reply && !condition.test.numbers.empty())
    return condition.test.numbers[0];
  if (condition.kind == Condition::Kind::all)
    for (const auto& part : condition.parts)
      if (const auto found = absence_of(part)) return found;
  return std::nullopt;
}

}  // namespace orgo::rules
