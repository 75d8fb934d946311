#pragma once
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "core/rules/rule_file.h"

namespace orgo::rules {

/// What a check has to know of the organization.
struct CheckSettings {
  std::vector<std::string> intake_addresses;  ///< addresses whose mail comes to Orgo; no domains
  std::string own_sender;                     ///< address that Orgo sends as; empty: not known
};

/// Looks at rules that were read without an error and says what cannot be meant, without a message: conditions that
/// never hold, rules that are never reached or do nothing new, rules whose own mail would come back to them, work that
/// goes to nobody. All are warnings, each with rule, file and line, in the order of the files.
///
/// Never wrong, not always complete: a warning is only given for what can be proved from the conditions (regular
/// expressions are equal to themselves only; a condition with more than 256 alternatives is not looked into). Some
/// 10,000 rules take well under a second: for each rule only those before it are compared that share one of its tests.
std::vector<Diagnostic> check_rules(const RuleFiles& rules, const std::vector<SourceFile>& files,
                                    const CheckSettings& settings = {});

}  // namespace orgo::rules
