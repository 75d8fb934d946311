#include "app/doctor/team_looks.h"

#include "adapter/module_folder/module_folder.h"
#include "base/text.h"
#include "service/modules/module_service.h"

namespace orgo {
namespace {

Look look_at(const Team& team, const Workplace& own) {
  Look look{.name = "team " + team.name, .text = "is told by " + team.address};
  std::string member;
  for (const auto& one : team.members)
    if (member.empty() && !own.is_fetched(one)) member = one;
  if (own.is_fetched(team.address)) {
    look.mood = member.empty() ? Mood::wrong : Mood::warning;
    look.text = team.address + " is a mailbox that Orgo fetches: word sent there would come back as new mail";
    look.text += member.empty() ? "; give the team members, or another address" : ", so " + member + " is told instead";
  } else if (team.address.empty()) {
    look.mood = Mood::warning;
    look.text = !member.empty()         ? "has no address: only " + member + ", its first member, is told of new work"
                : !team.on_call.empty() ? "has no address: nobody is told before it escalates to " + team.on_call
                                        : "has no address: nobody is told; give it one, or members";
  }
  return look;
}

}  // namespace

std::vector<Look> look_at_teams(const Workplace& own, const std::vector<std::string>& module_teams) {
  std::vector<Look> looks;
  std::size_t well = 0;
  for (const auto& [name, team] : own.teams) {
    auto look = look_at(team, own);
    if (look.mood == Mood::well) ++well;
    else looks.push_back(std::move(look));
  }
  if (well > 0) looks.push_back({.name = "teams", .text = std::to_string(well) + " with an address"});
  std::vector<std::string> open;
  for (const auto& name : module_teams)
    if (own.team(name) == nullptr && !own.on_call.contains(name)) open.push_back(name);
  if (open.empty()) return looks;
  const auto* instead = own.default_team();
  looks.push_back({.name = "teams of modules",
                   .mood = Mood::warning,
                   .text = join(open, ", ") + (open.size() == 1 ? " has" : " have") + " no address: " +
                           (instead != nullptr ? "your team '" + instead->name + "' hears instead"
                                               : std::string("nobody is told")) +
                           "; `orgo module team NAME ADDRESS` says who they are"});
  return looks;
}

std::vector<Look> look_at_teams(const ToolSettings& settings) {
  ModuleHome home(settings.home, settings.modules);
  std::vector<std::string> open;
  if (const auto teams = ModuleService(home, [] { return std::vector<SourceFile>{}; }).teams())
    for (const auto& team : *teams)
      if (team.address.empty()) open.push_back(team.name);
  if (settings.rules.empty()) return look_at_teams(Workplace(), open);
  const auto own = load_rule_files(settings.rules, settings);
  return own ? look_at_teams((*own)->workplace(), open) : std::vector<Look>();
}

}  // namespace orgo
