#include "app/check_outcome.h"

#include <unistd.h>

#include <iostream>

#include "app/output.h"
#include "base/text.h"

namespace orgo {
namespace {

std::string count_of(std::size_t number, const std::string& what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

json::array list_of(const std::vector<Diagnostic>& diagnostics) {
  json::array out;
  for (const auto& one : diagnostics) out.push_back(to_json(one));
  return out;
}

json::object object_of(const CheckOutcome& outcome) {
  json::array files;
  for (const auto& file : outcome.files) files.emplace_back(file);
  json::object out{{"files", std::move(files)}, {"valid", outcome.errors.empty()}};
  if (outcome.rules) out["rules"] = *outcome.rules;
  if (!outcome.version.empty()) out["version"] = outcome.version;
  out["errors"] = list_of(outcome.errors);
  out["warnings"] = list_of(outcome.warnings);
  return out;
}

}  // namespace

int tell(const CheckOutcome& outcome, bool json, bool strict) {
  const bool well = outcome.errors.empty() && (outcome.warnings.empty() || !strict);
  if (json) {
    std::cout << json::serialize(object_of(outcome)) << '\n';
    return well ? kDone : kFailed;
  }
  auto warnings = outcome.warnings;
  for (auto& one : warnings) one.is_warning = true;
  std::cerr << to_string(outcome.errors, outcome.sources) << to_string(warnings, outcome.sources);
  if (!outcome.errors.empty()) {
    std::cerr << count_of(outcome.errors.size(), "error") << ".\n";
    return kFailed;
  }
  std::cout << (outcome.files.empty() ? outcome.without : join(outcome.files, ", ")) << ": "
            << (outcome.rules ? count_of(*outcome.rules, "rule") + ", " : "") << "no errors"
            << (warnings.empty() ? "" : ", " + count_of(warnings.size(), "warning"))
            << (outcome.version.empty() ? "" : " (version " + outcome.version + ")") << "\n";
  return well ? kDone : kFailed;
}

Diagnostic unreadable(const std::vector<std::string>& files, const std::string& why) {
  for (const auto& file : files)
    if (::access(file.c_str(), R_OK) != 0) return {.path = file, .message = why};
  return {.path = files.empty() ? std::string() : files.front(), .message = why};
}

}  // namespace orgo
