#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace orgo::rules {

/// Literals of which at least one stands in every text that the pattern (RE2 syntax) matches, in lower case, pure ASCII,
/// with one space for white space and none at the ends; each of at least `least` bytes. Empty: nothing can be said, and
/// the expression has to be run on every text. They are looked for in FoldedText::text(), unless composed().
///
/// It understands what people write (texts, classes, groups, alternatives, repetitions) and says nothing about the rest.
std::vector<std::string> required_literals(std::string_view pattern, std::size_t least = 4);

/// All that can be said of a pattern's matches; literals as above.
struct RegexNeeds {
  /// Of each of these, one literal stands in every match; the best one first.
  std::vector<std::vector<std::string>> clauses;
  /// Every match begins with one of these, so that the expression need only be tried where they stand. Empty: not known.
  std::vector<std::string> starts;
};
RegexNeeds needs_of(std::string_view pattern, std::size_t least = 4);

}  // namespace orgo::rules
