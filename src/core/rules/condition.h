#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/regex.h"
#include "core/message/finding.h"

namespace orgo::rules {

/// What a condition may ask about; docs/rules.md has the words and what each holds.
enum class Field : std::uint8_t {
  subject,
  body,
  from,
  from_name,
  to,
  cc,
  any_recipient,
  header,
  attachment_name,
  attachment_type,
  reply_to,
  envelope_sender,
  envelope_recipient,
  new_text,
  quoted_text,
  signature,
  language,
  thread_task,
  attachment_text,
  part_content,
  raw_body,
  thread_team,
  thread_assignee,
  thread_priority,
  thread_tag,
  date,
  time,
  variable,  // ... up to here texts
  keywords,
  finding,
  channel,
  thread,  // words from a list
  size,
  hour,
  weekday,
  day,
  month,
  open_tasks,
  earlier_messages,  // numbers
  first_contact,
  business_hours,
  from_staff,  // yes or no
  no_reply,    // time that passes
};
inline constexpr std::size_t kFields = 43;
inline constexpr std::size_t kTextFields = 28;  ///< the first ones
/// As written in a rule: "any recipient".
std::string_view to_string(Field field);
constexpr bool is_text(Field field) {
  return static_cast<std::size_t>(field) < kTextFields;
}
/// Kept by no parsed message: the bytes have to be looked at again.
constexpr bool needs_raw(Field field) {
  return field >= Field::attachment_text && field <= Field::raw_body;
}
constexpr bool is_number(Field field) {
  return field >= Field::size && field <= Field::earlier_messages;
}
constexpr bool is_flag(Field field) {
  return field >= Field::first_contact && field <= Field::from_staff;
}
/// Of the task that a mail answers; rules that ask for one of these have a say about follow-ups.
constexpr bool asks_thread(Field field) {
  return field == Field::thread || field == Field::thread_task ||
         (field >= Field::thread_team && field <= Field::thread_tag);
}
/// From Monday on, both whole and cut to three letters.
inline constexpr std::string_view kWeekdayNames[] = {"monday", "tuesday",  "wednesday", "thursday",
                                                     "friday", "saturday", "sunday"};

/// A part of an address, or of a date in a header: "domain of from", "hour of header[Date]".
enum class Part : std::uint8_t {
  whole,
  address,
  local_part,
  domain,
  user,
  detail,  // user+detail@domain (RFC 5233)
  year,
  month,
  day,
  date,
  hour,
  minute,
  second,
  time,
  weekday,
  zone,  // as the header says it, in the header's zone
};
inline constexpr std::size_t kParts = 16;
std::string_view to_string(Part part);
constexpr bool is_date_part(Part part) {
  return part >= Part::year;
}

/// Addresses, in which a domain in Unicode and its ASCII form are the same.
constexpr bool holds_addresses(Field field, Part part) {
  return (field >= Field::from && field <= Field::any_recipient && field != Field::from_name) ||
         (field >= Field::reply_to && field <= Field::envelope_recipient) || field == Field::thread_team ||
         field == Field::thread_assignee || part == Part::address || part == Part::domain;
}

enum class Operator : std::uint8_t {
  contains,
  is,
  starts_with,
  ends_with,
  matches,  ///< a regular expression
  like,     ///< the whole value, with * and ?
  exists,   ///< something is there
  extract,  ///< `name = /pattern/`: found, and from then on a variable
  less,
  less_equal,
  greater,
  greater_equal,
};
std::string_view to_string(Operator op);
constexpr bool is_ordering(Operator op) {
  return op >= Operator::less;
}

/// A piece of the message under a name: `room = /Room (\d+)/ in subject or body`. It holds the first group (or all,
/// when the pattern has no group) of the first match in the first field that has one.
struct Extraction {
  std::string name;
  std::string pattern;
  bool ignore_case = false;
  std::shared_ptr<const Regex> compiled;  ///< of the pattern
  std::vector<Field>
      fields;  ///< text fields without a name of their own; in the order in which they are looked through
};
using Variables = std::map<std::string, std::shared_ptr<const Extraction>, std::less<>>;

/// `field operator value`, checked. A list of values holds when one of them does.
struct Test {
  Field field = Field::subject;
  std::string header;  ///< of Field::header: its name, or several with commas; of part_content: the type; of a
                       ///< variable: its name; of business_hours: the calendar
  Part part = Part::whole;
  int index = 0;  ///< only the nth value, from 1; negative: from the last one; 0: any
  Operator op = Operator::contains;
  std::vector<std::string> texts;  ///< of text fields and keywords, as written; of `matches`: the pattern
  /// Of number fields; the numbers of findings, channels and states (0: no thread); of no_reply: milliseconds.
  std::vector<std::int64_t> numbers;
  bool ignore_case = false;               ///< of `matches`
  std::shared_ptr<const Regex> compiled;  ///< of `matches`: the pattern, so that it is compiled once
  bool exactly = false;                   ///< byte for byte: with case
  bool numeric = false;          ///< of comparisons of texts: `texts` are decimal numbers, and so must the values be
  std::size_t regex_offset = 0;  ///< of the pattern in the condition, for errors
  /// `count(...) > 3`: how many values fit (for contains and matches: how often they occur) against `number`.
  struct Count {
    Operator op = Operator::greater;
    std::int64_t number = 0;
  };
  std::optional<Count> count;
  std::shared_ptr<const Extraction> extraction;           ///< of Field::variable
  std::vector<std::shared_ptr<const Extraction>> filled;  ///< variables that stand as {{name}} in `texts`
};

/// Asks for a whole value as people compare it, so that two tests with other texts can be weighed against each other.
inline bool is_plain(const Test& test) {
  return test.part == Part::whole && test.index == 0 && !test.exactly && !test.count && !test.extraction &&
         std::none_of(test.texts.begin(), test.texts.end(),
                      [](const std::string& text) { return text.find("{{") != std::string::npos; });
}

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
  std::int64_t count_max = 100;     ///< to which count() counts; more costs time and says nothing
  std::size_t variables_max = 100;  ///< of one condition and its file
};

/// Reads a condition. nullopt when there is an error; after a wrong word (a field, a finding) it reads on, to tell of
/// all of them at once. Regular expressions are checked, too. Variables that it extracts are added to `variables`; it
/// may use them and those that are there already.
/// Grammar (docs/rules.md): or-list of and-lists of `not` ..., `( ... )`, `field operator value`; "always" alone.
std::optional<Condition> parse_condition(std::string_view text, std::vector<ConditionError>& errors,
                                         const ConditionLimits& limits, Variables& variables);
std::optional<Condition> parse_condition(std::string_view text, std::vector<ConditionError>& errors,
                                         const ConditionLimits& limits = {});

/// Compiled with as little memory as it needs, since there may be thousands.
Result<Regex> compile_small(std::string_view pattern, bool ignore_case);

/// `/Room (\d+)/ in subject or body`, or only the pattern, as it stands under `extract:`. nullptr with an error.
std::shared_ptr<const Extraction> parse_extraction(std::string_view name, std::string_view text,
                                                   std::vector<ConditionError>& errors);

/// `no reply within ...` of this condition; it stands beside the other parts, joined by `and`. Milliseconds, or
/// nullopt.
std::optional<std::int64_t> absence_of(const Condition& condition);

}  // namespace orgo::rules
