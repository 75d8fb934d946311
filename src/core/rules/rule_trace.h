#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace orgo::rules {

/// Where the words that a rule looked for stand, for a page to mark them.
struct Highlight {
  std::string field;       ///< "subject", "body", "header[X-A]", "any recipient"
  std::size_t value = 0;   ///< of several values (recipients, attachments, fields of the same name), from 0
  std::size_t offset = 0;  ///< in bytes of the value as it is shown
  std::size_t length = 0;
};

/// One single test of a condition.
struct PartTrace {
  std::string text;  ///< as written: "subject contains 'leak'"
  bool held = false;
  std::vector<Highlight> words;  ///< that made it hold, at most 10
  bool negated = false;          ///< it stands behind `not`, so that it is well when it does not hold
  std::string found;  ///< from explain(), of what has no place in the message: "14" of an hour, "2 kB" of a size
  [[nodiscard]] bool helps() const { return held != negated; }
};

/// What one rule made of the message, for the trace (I2).
struct RuleTrace {
  std::string rule;  ///< its name, or "rule 3 (rules.yaml:12)" when it has none
  bool matched = false;
  std::string why;               ///< "subject contains 'urgent'" with the text that did it, or which part did not hold
  std::vector<PartTrace> parts;  ///< each test of the condition; only of rules that matched, or from explain()
  std::string condition;         ///< as written; only from explain()
};

}  // namespace orgo::rules
