#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/rules/automaton.h"
#include "core/rules/byte_set.h"

namespace orgo::rules {

/// A literal and what is known of its surroundings, as they are in FoldedText::text() unless that is composed().
struct NeededLiteral {
  std::string text;  ///< lower case, pure ASCII, one space for white space and none at the ends
  Anchors anchors;
  Tail tail;  ///< what may stand behind it in a text that is ASCII; empty: anything
};

/// All that can be said of the texts that a pattern (RE2 syntax) matches. Nothing: the expression has to be run on
/// every text. It understands what people write (texts, classes, groups, alternatives, repetitions) and says nothing
/// about the rest.
struct RegexNeeds {
  /// Of each of these, one literal stands in every text that matches; the best one first.
  std::vector<std::vector<NeededLiteral>> clauses;
  /// Every match begins with one of these, so that the expression need only be tried where they stand. Empty: not
  /// known.
  std::vector<std::string> starts;
};
/// `least`: bytes that each literal has.
RegexNeeds needs_of(std::string_view pattern, std::size_t least = 4);

}  // namespace orgo::rules
