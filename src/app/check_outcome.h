#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"

namespace orgo {

/// What came of looking for mistakes in files that people wrote: `orgo config check` and `orgo rules check` say it in
/// one form.
struct CheckOutcome {
  std::vector<std::string> files;    ///< that were looked at; empty: there are none
  std::string without;               ///< what holds when there are none: "no configuration file; the defaults hold"
  std::optional<std::size_t> rules;  ///< how many, where rules were looked at and are right
  std::string version;               ///< of rules; empty: none
  std::vector<SourceFile> sources;   ///< to show lines
  std::vector<Diagnostic> errors;
  std::vector<Diagnostic> warnings;
};

/// Words on standard error and "rules.yaml: 2 rules, no errors" on standard output, or one JSON object. The exit
/// status: kFailed with errors, and with `strict` for warnings, too; else kDone.
int tell(const CheckOutcome& outcome, bool json, bool strict);

/// A file that can't be read, as a mistake of the whole file.
Diagnostic unreadable(const std::vector<std::string>& files, const std::string& why);

}  // namespace orgo
