#pragma once
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "core/cases/run_case.h"
#include "core/module/module_set.h"

namespace orgo {

/// The module with those that it needs, and that these need, from the folder beside it or from `shipped`.
std::vector<modules::ModuleSource> with_needs(const modules::ModuleSource& source, const std::string& shipped);

/// What came of the cases of a module, or of a set of rules.
struct TestOutcome {
  std::string name;
  std::size_t cases = 0;
  std::vector<Diagnostic> errors;   ///< it could not even be read
  std::vector<SourceFile> sources;  ///< to show lines
  std::vector<std::pair<cases::Case, cases::CaseResult>> failed;
  [[nodiscard]] bool passed() const { return errors.empty() && failed.empty(); }
};
std::string to_text(const TestOutcome& outcome);
void write_json(JsonWriter& json, const TestOutcome& outcome);

/// Runs the module's own cases against it alone, with what it needs and no rules of an organization. Teams have no
/// addresses, so that cases speak of teams.
TestOutcome test_module(const modules::ModuleSource& source, const std::vector<modules::ModuleSource>& all,
                        const DecideSettings& settings);
TestOutcome test_module(const modules::ModuleSource& source, const std::string& shipped,
                        const DecideSettings& settings);

}  // namespace orgo
