#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "app/would_do.h"
#include "core/rules/highlight.h"

namespace orgo {

/// Places of one value that a part of a condition has found.
struct ExplainedWords {
  std::string field;
  std::size_t value = 0;              ///< of several values of the field, from 0
  std::vector<rules::Range> places;   ///< in bytes of the value
  std::vector<rules::Piece> excerpt;  ///< the words with what stands beside them; empty: the value can't be shown
};

struct ExplainedPart {
  std::string text;  ///< as written, without a `not` before it
  bool negated = false;
  bool held = false;  ///< what is written in `text`
  std::string found;  ///< what the message has instead; mostly empty
  std::vector<ExplainedWords> words;
  [[nodiscard]] bool helps() const { return held != negated; }
};

struct ExplainedRule {
  std::string name, condition, why;
  bool matched = false;
  bool near = false;  ///< it does not hold, but a part of it does (one without `not`, which hold too easily)
  std::vector<ExplainedPart> parts;
};

/// What each rule made of a message, from the trace of a decision that was asked for all rules.
struct RuleExplanation {
  std::vector<ExplainedRule>
      rules;  ///< those that hold, in their order; those that came near, the nearest first; the others
  std::size_t held = 0, near = 0;
};
RuleExplanation explain_rules(const WouldDo& result);

struct ExplanationStyle {
  bool color = false;  ///< of a terminal; else marked words stand in [[ ]]
  bool all = false;    ///< also rules of which no part holds
  std::size_t near_most = 20;
};
/// For people. Nothing that a stranger wrote can steer the terminal.
std::string to_text(const WouldDo& result, const RuleExplanation& explanation, const ExplanationStyle& style);
/// One JSON object in one line; `all` as in the style.
std::string to_json(const WouldDo& result, const RuleExplanation& explanation, std::string_view rules_version,
                    bool all);

}  // namespace orgo
