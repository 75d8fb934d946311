#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/unicode.h"
#include "base/yaml.h"
#include "core/module/module_set.h"
#include "core/rules/action_text.h"

namespace orgo::modules {

std::vector<Diagnostic> unknown_task_types(const rules::RuleFiles& rules, const std::vector<SourceFile>& files,
                                           const std::vector<ModulePtr>& modules) {
  std::vector<std::string> known;
  for (const auto& module : modules) {
    const auto& name = module->manifest.name;
    known.push_back(name);
    for (const auto& type : module->types.names()) known.push_back(name + "/" + type);
  }
  if (known.empty() && rules.workplace.teams.empty()) return {};  // a house that has declared nothing yet
  const std::vector<std::string_view> names(known.begin(), known.end());
  std::vector<Diagnostic> found;
  for (const auto& rule : rules.rules) {
    const auto& type = rule.action.task_type;
    if (type.empty() || rules::has_names(type) || std::ranges::find(known, type) != known.end()) continue;
    Diagnostic diagnostic;
    diagnostic.path = files.at(rule.file).path;
    diagnostic.line = rule.line;
    diagnostic.message = "unknown task type '" + std::string(cut_utf8(type, 64)) + "'";
    diagnostic.hint = known.empty() ? "no module is in force that has types" : name_hint(type, names);
    diagnostic.is_warning = true;
    found.push_back(std::move(diagnostic));
  }
  return found;
}

}  // namespace orgo::modules
