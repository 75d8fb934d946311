#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "base/time_zone.h"
#include "core/task/task.h"

namespace orgo::search {

/// The parts of a document in which words stand.
enum class Field : std::uint8_t { number, subject, from, to, tag, file, text };
inline constexpr std::array kFields{Field::number, Field::subject, Field::from, Field::to,
                                    Field::tag,    Field::file,    Field::text};
/// "number", "subject", ...: as people write it before a colon.
std::string_view to_string(Field field);

/// One word, or several that stand one behind the other.
struct Term {
  std::vector<std::string> words;  ///< as words_of() makes them; never empty
  bool begins = false;             ///< the last one is the beginning of a word
  bool without = false;            ///< what has it is not wanted
  std::optional<Field> field;      ///< where; nullopt: anywhere
  friend bool operator==(const Term&, const Term&) = default;
};

/// What is asked of a task itself.
struct Condition {
  enum class Kind : std::uint8_t { state, open, team, assignee, before, after };
  Kind kind = Kind::state;
  bool without = false;  ///< what meets it is not wanted
  TaskState state = TaskState::fresh;
  bool open = true;
  std::string name;  ///< of a team or person, in lower case
  TimePoint at{};    ///< before: opened earlier than this; after: then or later
  friend bool operator==(const Condition&, const Condition&) = default;
};

/// All of it has to be met.
struct Query {
  std::vector<Term> terms;
  std::vector<Condition> conditions;
  friend bool operator==(const Query&, const Query&) = default;
};

inline constexpr std::size_t kQueryMax = 500;  ///< bytes of a query
inline constexpr std::size_t kWordsMax = 40;   ///< words and conditions in it

/// Reads what somebody typed: `words "a phrase" from:alice tag:billing state:open before:2026-11-01 -not`. A word is
/// also the beginning of one ("inv" finds "invoice"), a phrase in quotes is whole words, as is what stands in quotes
/// behind a field. A quote that nobody closes ends with the text; a word without letters says nothing. Days are those
/// of `zone`. invalid_input: too long, too many words, a field that there is not (it names those that there are), a
/// value that is none, nothing to search for. Linear time, never throws.
Result<Query> parse_query(std::string_view text, const TimeZone& zone = {});

}  // namespace orgo::search
