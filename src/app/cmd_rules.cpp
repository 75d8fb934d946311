#include <iostream>

#include "adapter/clock/system_clock.h"
#include "adapter/module_folder/module_folder.h"
#include "app/commands.h"
#include "app/output.h"
#include "app/rules/people_names.h"
#include "app/rules/rule_files.h"
#include "app/settings.h"
#include "base/json_writer.h"
#include "core/rules/rule_file.h"
#include "core/rules/static_check.h"
#include "core/workplace/rota_gaps.h"

namespace orgo {
namespace {

void print_list(JsonWriter& json, std::string_view name, const std::vector<Diagnostic>& list) {
  json.key(name).begin_array();
  for (const auto& one : list) {
    json.begin_object().field("file", one.path).field("line", one.line).field("column", one.column);
    json.field("message", one.message).field("hint", one.hint).end_object();
  }
  json.end_array();
}

void print_json(const rules::Loaded& loaded, const std::vector<Diagnostic>& warnings) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("valid", loaded.rules != nullptr);
  if (loaded.rules) json.field("rules", loaded.rules->size()).field("version", loaded.rules->version());
  print_list(json, "errors", loaded.errors);
  print_list(json, "warnings", warnings);
  json.end_object();
  std::cout << out << '\n';
}

}  // namespace

int cmd_rules_check(const RulesOptions& options) {
  const auto settings = read_settings(options.common);
  if (!settings) return report(settings.error());
  const auto files = options.files.empty() ? settings->rules : options.files;
  if (files.empty())
    return report({Errc::invalid_input, "no rules are configured; name a file: orgo rules check rules.yaml"});
  const auto sources = RuleFiles(files, settings->data).read();
  if (!sources) return report(sources.error());
  const auto loaded = rules::load_rules(
      *sources, {.people = people_in(settings->stores, settings->tenant), .strict = true, .must_have_rules = true});
  std::vector<Diagnostic> warnings;
  if (loaded.rules) {
    std::vector<Diagnostic> none;
    rules::CheckSettings check;
    check.own_sender = settings->decide.own_sender;
    for (const auto& own : settings->decide.own_addresses)  // a whole domain has other mailboxes, too
      if (own.find('@', 1) != std::string::npos) check.intake_addresses.push_back(own);
    warnings = check_rules(rules::read_rule_files(*sources, none), *sources, check);
    warnings.insert(warnings.begin(), loaded.warnings.begin(), loaded.warnings.end());
    for (const auto& [name, rota] : loaded.rules->workplace().on_call)
      if (const auto gap = rota_gap(rota, SystemClock().now())) {
        Diagnostic diagnostic{.path = sources->front().path, .message = "rota '" + name + "' " + *gap};
        diagnostic.hint = "give it members or shifts for that time";
        diagnostic.is_warning = true;
        warnings.push_back(std::move(diagnostic));
      }
    const ModuleHome home(settings->home);
    if (const auto state = home.read()) {
      const auto shelf = modules::load_modules(home.enabled(*state), *sources);
      // What these files say of modules can be seen beside the modules in force.
      if (options.files.empty()) warnings.insert(warnings.end(), shelf.warnings.begin(), shelf.warnings.end());
      const auto types = modules::unknown_task_types(rules::read_rule_files(*sources, none), *sources, shelf.modules);
      warnings.insert(warnings.end(), types.begin(), types.end());
    }
  }
  const auto count = [](std::size_t number, std::string_view what) {
    return std::to_string(number) + " " + std::string(what) + (number == 1 ? "" : "s");
  };
  if (options.common.json) {
    print_json(loaded, warnings);
  } else if (loaded.rules) {
    std::cerr << to_string(warnings, *sources);
    std::cout << count(loaded.rules->size(), "rule") << ", no errors"
              << (warnings.empty() ? "" : ", " + count(warnings.size(), "warning")) << " (version "
              << loaded.rules->version() << ")\n";
  } else {
    std::cerr << to_string(loaded.errors, *sources) << count(loaded.errors.size(), "error") << ".\n";
  }
  return loaded.rules && (warnings.empty() || !options.strict) ? kDone : kFailed;
}

}  // namespace orgo
