#include "core/rules/condition_parser.h"

#include <charconv>

#include "base/text.h"
#include "base/unicode.h"
#include "base/yaml.h"
#include "core/rules/condition_words.h"

namespace orgo::rules {

namespace {

std::string fields_hint() {
  return "fields: " + list_of(known_field_words());
}

}  // namespace

std::string ConditionParser::unknown_field_hint(std::string_view name) const {
  std::vector<std::string_view> known(known_field_words().begin(), known_field_words().end());
  for (const auto& [variable, unused] : variables_) known.push_back(variable);
  return name_hint(name, known);
}

std::optional<Field> ConditionParser::field(Test& test) {
  const Token first = token_;
  if (first.kind != Token::Kind::word) {
    stop(first,
         first.kind == Token::Kind::end ? "the condition ends where a field is expected"
                                        : shown(first) + " stands where a field is expected",
         fields_hint());
    return std::nullopt;
  }
  const auto asked = named_field(test, first);
  if (asked && !stopped_) index(test, *asked);
  return asked;
}

std::optional<Field> ConditionParser::named_field(Test& test, const Token& first) {
  const auto name = ascii_lower(first.text);
  if (name == "header" || name == "part") {
    end_ = first.offset + first.length;
    token_ = name == "part" ? lexer_.next_part_type() : lexer_.next_header_name();
    if (token_.kind == Token::Kind::bad) {
      stop(token_, "");
      return std::nullopt;
    }
    test.header = token_.text;
    advance();
    return name == "part" ? Field::part_content : Field::header;
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
  error(first.offset, first.length, "unknown field '" + std::string(cut_utf8(first.text, 64)) + "'",
        unknown_field_hint(name));
  return std::nullopt;
}

std::optional<Field> ConditionParser::part_of(Test& test, const Token& first, std::string name) {
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
    stop(inner,
         inner.kind == Token::Kind::end ? "the condition ends where a field is expected"
                                        : shown(inner) + " stands where a field is expected",
         "as in " + name + " of from");
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

void ConditionParser::index(Test& test, Field asked) {
  if (!is_symbol("[") || !is_text(asked)) return;
  advance();
  const Token number = token_;
  int value = 0;
  const auto [end, problem] = std::from_chars(number.text.data(), number.text.data() + number.text.size(), value);
  if (problem != std::errc{} || end != number.text.data() + number.text.size() || value == 0 || value < -1000 ||
      value > 1000) {
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

std::optional<Field> ConditionParser::text_field() {
  if (token_.kind != Token::Kind::word) return std::nullopt;
  const auto name = ascii_lower(token_.text);
  advance();
  auto found = find_field(name);
  if (token_.kind == Token::Kind::word)
    if (const auto both = find_field(name + " " + ascii_lower(token_.text))) {
      found = both;
      advance();
    }
  if (found &&
      (!is_text(*found) || *found == Field::header || *found == Field::part_content || *found == Field::variable))
    return std::nullopt;
  return found;
}

}  // namespace orgo::rules
