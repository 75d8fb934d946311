#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/message/finding.h"

namespace orgo::rules {

/// What a condition may ask about; docs/rules.md has the words and what each holds.
enum class Field : std::uint8_t {
  subject, body, from, from_name, to, cc, any_recipient, header, attachment_name, attachment_type,  // texts
  keywords, finding, channel,                                                                       // words from a list
  size, hour, weekday,                                                                              // numbers
};
inline constexpr std::size_t kTextFields = 10;  ///< the first ten
/// As written in a rule: "any recipient".
std::string_view to_string(Field field);
constexpr bool is_text(Field field) { return static_cast<std::size_t>(field) < kTextFields; }

enum class Operator : std::uint8_t { contains, is, starts_with, ends_with, matches, less, less_equal, greater, greater_equal };

/// `field operator value`, checked. A list of values holds when one of them does.
struct Test {
  Field field = Field::subject;
  std::string header;  ///< of Field::header: the name
  Operator op = Operator::contains;
  std::vector<std::string> texts;     ///< of text fields and keywords, as written; of `matches`: the pattern
  std::vector<std::int64_t> numbers;  ///< of size, hour, weekday; and the numbers of findings and channels
  bool ignore_case = false;           ///< of `matches`
  std::size_t regex_offset = 0;       ///< of the pattern in the condition, for errors
};

/// A condition as a tree. `and` and `or` take any number of parts, so that long lists are not deep.
struct Condition {
  enum class Kind : std::uint8_t { always, test, all, any, none };
  Kind kind = Kind::always;
  std::vector<Condition> parts;  ///< of all, any; exactly one of none ("not")
  Test test;
  std::size_t offset = 0;  ///< where it stands in the text, in bytes
  std::size_t length = 0;
};

/// Something wrong in a condition, at bytes of its text.
struct ConditionError {
  std::size_t offset = 0;
  std::size_t length = 1;
  std::string message;
  std::string hint;
};

struct ConditionLimits {
  std::size_t bytes_max = 64U << 10U;
  int depth_max = 50;  ///< parentheses and `not` inside each other
  std::size_t errors_max = 20;
};

/// Reads a condition. nullopt when there is an error; after a wrong word (a field, a finding) it reads on, to tell of
/// all of them at once. Regular expressions are checked, too.
/// Grammar (docs/rules.md): or-list of and-lists of `not` ..., `( ... )`, `field operator value`; "always" alone.
std::optional<Condition> parse_condition(std::string_view text, std::vector<ConditionError>& errors,
                                         const ConditionLimits& limits = {});

}  // namespace orgo::rules
