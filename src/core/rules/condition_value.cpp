#include "core/rules/condition_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "base/language.h"
#include "base/text.h"
#include "base/unicode.h"
#include "base/yaml.h"
#include "core/changes/priority.h"
#include "core/contact/mail_address.h"
#include "core/rules/condition_words.h"

namespace orgo::rules {
namespace {

constexpr std::array<std::string_view, 4> kPriorityNames{"low", "normal", "high", "urgent"};

/// As the values of such a field write it.
std::string compared_text(const std::string& text, Field field, Part part) {
  return holds_addresses(field, part) ? with_domains_for_people(text, part == Part::domain) : text;
}

}  // namespace

void ConditionParser::add_number(Test& test, const Token& token, const std::string& text, std::size_t length) {
  const auto parse_int = [&](std::int64_t least, std::int64_t most, std::string_view what, std::string_view hint) {
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
      error(token.offset, length, "'" + std::string(cut_utf8(text, 64)) + "' is not " + std::string(what),
            std::string(hint));
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

void ConditionParser::add_name(Test& test, const Token& token, std::span<const std::string_view> names,
                               std::span<const std::int64_t> numbers, std::string_view what) {
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

template <typename Kind, std::size_t N>
void ConditionParser::add_name(Test& test, const Token& token, const std::array<Kind, N>& kinds,
                               std::string_view what) {
  std::array<std::string_view, N> names{};
  std::array<std::int64_t, N> numbers{};
  for (std::size_t i = 0; i < N; ++i) {
    names[i] = to_string(kinds[i]);
    numbers[i] = static_cast<std::int64_t>(kinds[i]);
  }
  add_name(test, token, names, numbers, what);
}

// "2026-12-24", "17:30": is there such a day, such a time? 24:00 is the end of a day.
static int number_at(std::string_view text, std::size_t at, std::size_t size) {
  int number = 0;
  std::from_chars(text.data() + at, text.data() + at + size, number);
  return number;
}
static bool has_shape(std::string_view text, std::string_view form) {
  return text.size() == form.size() && std::equal(form.begin(), form.end(), text.begin(), [](char f, char c) {
           return f == '0' ? c >= '0' && c <= '9' : f == c;
         });
}
static bool is_day(std::string_view text) {
  using namespace std::chrono;
  if (!has_shape(text, "0000-00-00")) return false;
  return year_month_day{year{number_at(text, 0, 4)}, month{static_cast<unsigned>(number_at(text, 5, 2))},
                        day{static_cast<unsigned>(number_at(text, 8, 2))}}
      .ok();
}
static bool is_time_of_day(std::string_view text) {
  if (!has_shape(text, "00:00")) return false;
  const int hour = number_at(text, 0, 2), minute = number_at(text, 3, 2);
  return minute <= 59 && (hour <= 23 || (hour == 24 && minute == 0));
}

bool ConditionParser::value(Test& test, std::optional<Field> field) {
  const Token token = token_;
  const bool reserved = is_word("and") || is_word("or") || is_word("not") || is_word("in");
  const bool plain = token.kind == Token::Kind::string || token.kind == Token::Kind::number ||
                     (token.kind == Token::Kind::word && !reserved);
  if (!plain) {
    stop(token,
         token.kind == Token::Kind::end ? "the condition ends where a value is expected"
                                        : shown(token) + " stands where a value is expected",
         "as in subject contains 'urgent'");
    return false;
  }
  advance();
  if (!field) return true;
  if (*field == Field::date || *field == Field::time) {
    // Anything else would never hold, or hold always.
    const bool whole = is_ordering(test.op) || test.op == Operator::is;
    if (whole && !(*field == Field::date ? is_day(token.text) : is_time_of_day(token.text)))
      error(token.offset, token.length, shown(token) + " is not a " + std::string(to_string(*field)),
            *field == Field::date ? "as in date >= '2026-12-24'" : "as in time >= '17:30'");
    test.texts.push_back(token.text);
    return true;
  }
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
        error(token.offset, token.length, "this text is empty, so that every message would do",
              "write is '' to ask for an empty one");
    }
    test.texts.push_back(compared_text(token.text, *field, test.part));
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
  if (*field == Field::size && token.kind == Token::Kind::number && token_.kind == Token::Kind::word &&
      !is_word("and") && !is_word("or")) {
    text += " " + token_.text;
    length = token_.offset + token_.length - token.offset;
    advance();
  }
  add_number(test, token, text, length);
  return true;
}

void ConditionParser::known_value(const Test& test, const Token& token) {
  const auto name = ascii_lower(trim(token.text));
  if (test.op != Operator::is || test.part != Part::whole || name.empty() || name.find("{{") != std::string::npos)
    return;
  std::string hint;
  std::string_view what = "priority";
  if (test.field == Field::thread_priority) {
    if (parse_priority(name)) return;
    hint = name_hint(name, kPriorityNames);
  } else if (test.field == Field::language) {
    const auto code = language_code(name);
    if (code && ascii_iequals(*code, name)) return;
    what = "language";
    hint = code ? "its code is '" + *code + "'" : "a code as in de, en, hi, zh, zh-Hant";
  } else {
    return;
  }
  error(token.offset, token.length, "unknown " + std::string(what) + " '" + std::string(cut_utf8(token.text, 64)) + "'",
        std::move(hint));
}

void ConditionParser::placeholders(const Token& token, Test& test) {
  known_value(test, token);
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

void ConditionParser::operand(Test& test, std::optional<Field> asked, const Chosen& chosen) {
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

}  // namespace orgo::rules
