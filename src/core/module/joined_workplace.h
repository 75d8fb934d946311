#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/module/manifest.h"
#include "core/workplace/workplace.h"

namespace orgo::modules {

/// What a module says of times and people, by the short names that hold within it.
struct ModuleWorkplace {
  std::string_view module;
  const Workplace* workplace = nullptr;
  const std::map<std::string, Contact>* contacts =
      nullptr;  ///< whose addresses its service levels may name; nullptr: none
};

/// The full name of what `module` declares: "it_helpdesk/office".
std::string full_name(std::string_view module, std::string_view name);

/// Whom a module means by the name of a team, a role or a rota: what it declares itself by its full name; else the
/// address that the organization or the manifest gives; else the name as it is.
std::string target_of(const ModuleWorkplace& module, const std::string& name,
                      const std::map<std::string, std::string>& addresses);

/// One workplace of the organization's and those of modules, in which what a module declares has its full name. Of two
/// with one name the first stays, in the order `own`, `modules`; so an organization overrides a module's calendar,
/// service level, team or rota by declaring "module/name" itself, and what retired modules have left stands behind
/// those in force.
///
/// - A module's calendar without a time zone is in that of the organization's default calendar, else in `house`, the
/// configured one.
/// - A team of a module has the address of `addresses`, else its own; one that reaches nobody is the organization's
/// team of its
///   short name, where there is one.
/// - A team or role of a module that still reaches nobody is told through the organization's default team.
/// - `addresses` are teams by their short names, too, so that a task which was routed to a name before somebody said
/// who that
///   is reaches them from then on.
Workplace join_workplaces(const Workplace& own, const std::vector<ModuleWorkplace>& modules,
                          const std::map<std::string, std::string>& addresses, const TimeZone& house = {});

}  // namespace orgo::modules
