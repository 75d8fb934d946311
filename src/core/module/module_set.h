#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/module/module.h"
#include "core/module/remains.h"
#include "core/rules/rule_file.h"

namespace orgo::modules {

using ModulePtr = std::shared_ptr<const Module>;

/// What came of reading modules.
struct Shelf {
  std::vector<ModulePtr> modules;  ///< usable, in the order of the sources
  struct Refused {
    std::string name;
    bool old_stays = false;          ///< the version before is in `modules`
    std::vector<Diagnostic> errors;  ///< at least one
  };
  std::vector<Refused> refused;
  std::vector<Diagnostic> warnings;  ///< what the organization's files override of a module, and it has not
};

/// Reads all modules. One that has an error is refused by itself, and so is one that needs it; what `before` has under
/// the same name takes its place. Checked beyond each module: needs (there, new enough, no circle) and names that
/// clash, of modules with each other and with `own`, the organization's rule files. Errors name both sides with file
/// and line. What did not change since `before` is not read again.
Shelf load_modules(const std::vector<ModuleSource>& sources, const std::vector<SourceFile>& own = {},
                   const std::vector<ModulePtr>& before = {});

/// The modules of an organization, as an edge reads them.
struct ModuleInput {
  std::vector<ModuleSource> enabled;             ///< in the order in which they are asked
  std::vector<ModuleSource> retired;             ///< for the tasks that they opened, the newest first
  std::map<std::string, std::string> addresses;  ///< team or role -> address
  TimeZone zone = {};                            ///< of the organization, as configured
  std::vector<Colleague> people = {};            ///< who has an account there
  std::vector<std::string> fetched = {};         ///< addresses of the mailboxes that mail is fetched from
};

/// How the organization's rules and those of its modules decide together:
///
/// 1. The organization's rules that have a condition. When one of them routes, assigns, drops or stops, modules are not
/// asked.
/// 2. The modules, in order. The first whose rules route, assign or drop takes the message; its names get "module/" in
/// front.
///    Tags and notifications of the modules asked before stay.
/// 3. When none took it, the organization's rules without a condition: they are the last resort. A message that a
/// module took
///    does not reach them.
///
/// So a module that comes or goes changes nothing for messages that it does not take. Teams and roles of modules become
/// the addresses that `addresses` gives, else the manifest's, else they stay names; teams, rotas, service levels and
/// calendars that a module declares get "module/" in front, too, and workplace() has them (join_workplaces()). Of
/// `retired` modules what their tasks still need is known. An answer is taken in the language of the mail
/// (`received.de`) when the module has it. `house` is the zone of the organization where its calendars say none.
std::shared_ptr<const rules::RuleSet> combine(std::shared_ptr<const rules::RuleSet> own, std::vector<ModulePtr> modules,
                                              const std::vector<Remains>& retired = {},
                                              const std::map<std::string, std::string>& addresses = {},
                                              const TimeZone& house = {});

/// Task types that rules of the organization name and no module has, as warnings with the nearest: a module may come
/// later, and until then its tasks are as those of any other.
std::vector<Diagnostic> unknown_task_types(const rules::RuleFiles& rules, const std::vector<SourceFile>& files,
                                           const std::vector<ModulePtr>& modules);

}  // namespace orgo::modules
