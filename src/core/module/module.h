#pragma once
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "core/cases/case_file.h"
#include "core/module/lexicon_file.h"
#include "core/module/manifest.h"
#include "core/module/task_type.h"
#include "core/rules/rule_set.h"

namespace orgo::modules {

/// The files of a module as they were read from its folder.
struct ModuleSource {
  std::string name;    ///< what the folder is called
  std::string folder;  ///< as shown in errors; each path of `files` begins with it and "/"
  std::vector<SourceFile> files;
};

/// Content of a module in 8 hex digits: two with the same files are the same.
std::string fingerprint(const ModuleSource& source);

/// A checked module, immutable. It is a rule set of its own with its own words, templates and names, so that no other
/// module can change what it does.
struct Module {
  Manifest manifest;
  std::string fingerprint;
  std::shared_ptr<const rules::RuleSet> rules;
  Lexicons words;
  TaskTypes types;
  std::map<std::string, std::string> rule_places;  ///< named rule -> "modules/hr/rules.yaml:12"
  std::map<std::string, std::string> template_places;
  std::vector<cases::Case> cases;
};

/// What may lie in the folder of a module, for `orgo module` and documents.
///
///     module.yaml  rules.yaml  rules/*.yaml  templates.yaml  task_types.yaml
///     calendars.yaml  slas.yaml  teams.yaml  on_call.yaml  *.ics
///     lexicon/*.yaml  cases/*.yaml  cases/*.eml  README.md
///
/// All but module.yaml is optional. Rules, templates, calendars, service levels, teams and rotas are rule files
/// (docs/rules.md, docs/calendars.md), each of which may hold any of their sections; the names are for those who read
/// them.
bool is_module_file(std::string_view relative_path);
/// One of those that are read together as a set of rules: rule files, and the feeds (.ics) that they name.
bool is_rules_file(std::string_view relative_path);

/// Reads and checks one module. `others`: those that it may need; what it needs of them it may name as in its own, with
/// "name/" before keywords. null when there is any error; all errors of all its files are listed.
std::shared_ptr<const Module> load_module(const ModuleSource& source,
                                          std::span<const std::shared_ptr<const Module>> others,
                                          std::vector<Diagnostic>& errors);

}  // namespace orgo::modules
