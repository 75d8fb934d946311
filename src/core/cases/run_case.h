#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/cases/case_file.h"
#include "core/processing/decide.h"
#include "core/rules/rule_set.h"

namespace orgo::cases {

/// One thing that came out another way.
struct Mismatch {
  std::string what;  ///< "routed_to"
  std::string expected;
  std::string got;
  /// Of lists: what is on one side only. Both empty and yet a mismatch: another order.
  bool is_list = false;
  std::vector<std::string> missing, unexpected;
};

struct CaseResult {
  std::vector<Mismatch> mismatches;           ///< none: the case passed
  std::string reason;                         ///< why it was decided so, in a line
  std::vector<std::string> matched;           ///< rules that acted
  std::vector<rules::RuleTrace> near_misses;  ///< rules that did not, though a word they ask for occurred; at most 5
  [[nodiscard]] bool passed() const { return mismatches.empty(); }
};

/// Decides the message of the case as production would, as the first of its thread, and compares. `module`: names
/// without a slash are those of this module; empty for plain rule files. Pure.
CaseResult run_case(const Case& one, const rules::RuleSet& rules, const DecideSettings& settings,
                    std::string_view module = {});

/// How a failed case reads on a terminal: place and name, then a line for each mismatch, why, and what came near.
std::string to_text(const Case& one, const CaseResult& result);

}  // namespace orgo::cases
