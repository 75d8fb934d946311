#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "base/regex.h"
#include "base/result.h"
#include "base/time.h"
#include "core/message/message.h"
#include "core/rules/lexicon.h"
#include "core/task/task.h"

namespace orgo::modules {

/// One thing that a type of task wants to know, and how it is found in a mail.
struct FieldType {
  enum class Kind : std::uint8_t { text, number, date, choice };
  std::string name;
  std::string label;
  Kind kind = Kind::text;
  bool required = false;
  std::vector<Regex> patterns;        ///< tried in order, without case; the first group is the value
  std::optional<double> least, most;  ///< of a number
  std::vector<std::string> choices;   ///< of a choice
  rules::Lexicon words;               ///< of a choice: what people write for it
};

/// The types of tasks of a module, by name.
class TaskTypes {
 public:
  [[nodiscard]] bool has(std::string_view name) const { return types_.contains(std::string(name)); }
  [[nodiscard]] std::vector<std::string> names() const;
  /// What the mail says of each field, checked: a value, or what is wrong. Looks at subject and the first 64 KiB of the
  /// text. A date without a year is the next such day on or after `written_at`. Empty for an unknown type.
  [[nodiscard]] std::vector<TaskField> fields(std::string_view type, const Message& message,
                                              TimePoint written_at) const;
  /// `value` as a person typed it, checked and in its usual form ("1.12." becomes a date); an empty one takes the value
  /// away. not_found: no such type or field; invalid_input: what is wrong with the value.
  [[nodiscard]] Result<TaskField> checked(std::string_view type, std::string_view field, std::string_view value,
                                          TimePoint now) const;

 private:
  friend void read_task_types(const SourceFile&, TaskTypes&, std::vector<Diagnostic>&);
  std::map<std::string, std::vector<FieldType>> types_;
};

/// Reads task_types.yaml:
///
///     task_types:
///       repair:
///         fields:
///           room: {label: Room, pattern: 'room (\w+)', required: true}
///           persons: {kind: number, pattern: '(\d+) persons', min: 1, max: 500}
///           day: {kind: date}                        # without a pattern: the first date of the mail
///           part: {kind: choice, choices: {lamp: [lamp, bulb], door: [door, lock]}}
void read_task_types(const SourceFile& file, TaskTypes& types, std::vector<Diagnostic>& errors);

/// "2026-11-22" of 2026-11-22, 22.11.2026, 22/11/2026, 22.11., "22 November", "November 22nd, 2026", "22. März 2027",
/// "22 de marzo", with month names in English, German, French, Spanish and Hindi; the first one in the text. Days come
/// before months unless that can't be. nullopt: there is none.
std::optional<std::string> find_date(std::string_view text, std::optional<TimePoint> written_at);
/// "1234.5" of "1,234.50", "1.234,5", "1 234,5"; nullopt: no number.
std::optional<double> parse_number(std::string_view text);

}  // namespace orgo::modules
