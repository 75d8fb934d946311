#include "adapter/clock/system_clock.h"
#include "adapter/module_folder/module_folder.h"
#include "app/check_outcome.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/rules/people_names.h"
#include "app/rules/rule_files.h"
#include "app/settings.h"
#include "core/rules/rule_file.h"
#include "core/rules/static_check.h"
#include "core/workplace/rota_gaps.h"

namespace orgo {
namespace {

std::vector<Diagnostic> warnings_of(const RulesOptions& options, const ToolSettings& settings,
                                    const std::vector<SourceFile>& sources, const rules::Loaded& loaded) {
  std::vector<Diagnostic> none;
  rules::CheckSettings check;
  check.own_sender = settings.decide.own_sender;
  for (const auto& own : settings.decide.own_addresses)  // a whole domain has other mailboxes, too
    if (own.find('@', 1) != std::string::npos) check.intake_addresses.push_back(own);
  auto warnings = check_rules(rules::read_rule_files(sources, none), sources, check);
  warnings.insert(warnings.begin(), loaded.warnings.begin(), loaded.warnings.end());
  for (const auto& [name, rota] : loaded.rules->workplace().on_call)
    if (const auto gap = rota_gap(rota, SystemClock().now())) {
      Diagnostic diagnostic{.path = sources.front().path, .message = "rota '" + name + "' " + *gap};
      diagnostic.hint = "give it members or shifts for that time";
      warnings.push_back(std::move(diagnostic));
    }
  const ModuleHome home(settings.home);
  const auto state = home.read();
  if (!state) return warnings;
  const auto shelf = modules::load_modules(home.enabled(*state), sources);
  // What these files say of modules can be seen beside the modules in force.
  if (options.files.empty()) warnings.insert(warnings.end(), shelf.warnings.begin(), shelf.warnings.end());
  const auto types = modules::unknown_task_types(rules::read_rule_files(sources, none), sources, shelf.modules);
  warnings.insert(warnings.end(), types.begin(), types.end());
  return warnings;
}

}  // namespace

int cmd_rules_check(const RulesOptions& options) {
  const auto settings = read_settings(options.common);
  if (!settings) return report(settings.error());
  CheckOutcome outcome{.files = options.files.empty() ? settings->rules : options.files, .without = "no rules"};
  if (outcome.files.empty()) {
    outcome.errors.push_back({.path = "rules.yaml",
                              .message = "is not there, and no other rule file is configured (rules.files); `orgo "
                                         "init` writes one"});
    return tell(outcome, options.common.json, options.strict);
  }
  auto sources = RuleFiles(outcome.files, settings->data).read();
  if (!sources) {
    outcome.errors.push_back(unreadable(outcome.files, sources.error().message));
    return tell(outcome, options.common.json, options.strict);
  }
  auto loaded = rules::load_rules(*sources, {.people = people_in(settings->stores, settings->tenant),
                                             .strict = true,
                                             .fetched = settings->fetched,
                                             .must_have_rules = true});
  outcome.errors = std::move(loaded.errors);
  if (loaded.rules) {
    outcome.warnings = warnings_of(options, *settings, *sources, loaded);
    outcome.rules = loaded.rules->size();
    outcome.version = loaded.rules->version();
  }
  outcome.sources = *std::move(sources);
  return tell(outcome, options.common.json, options.strict);
}

}  // namespace orgo
