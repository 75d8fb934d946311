#include "core/module/joined_workplace.h"

#include "base/planted.h"
#include "base/text.h"

namespace orgo::modules {
namespace {

/// Adds one module after the other to what stands there.
class Joining {
 public:
  Joining(const Workplace& own, const std::map<std::string, std::string>& addresses, const TimeZone& house)
      : own_(own), addresses_(addresses), made_(own), zone_(own.zone(house)) {}

  void add(const ModuleWorkplace& module) {
    const auto& declared = *module.workplace;
    for (const auto& [name, calendar] : declared.calendars.all())
      if (made_.calendars.find(full_name(module.module, name)) == nullptr)
        made_.calendars.add(in_house(calendar, full_name(module.module, name)));
    for (const auto& [name, sla] : declared.slas) {
      const auto [place, fresh] = made_.slas.try_emplace(full_name(module.module, name), sla);
      if (!fresh) continue;
      place->second.name = place->first;
      place->second.calendar = full(module, declared.calendars.all(), sla.calendar);
      place->second.notify = target_of(module, sla.notify, addresses_);
    }
    for (const auto& [name, rota] : declared.on_call) {
      const auto [place, fresh] = made_.on_call.try_emplace(full_name(module.module, name), rota);
      if (fresh) place->second.name = place->first;
    }
    for (const auto& [name, team] : declared.teams) this->team(module, name, team);
    if (module.contacts != nullptr)
      for (const auto& [name, contact] : *module.contacts)
        if (contact.address.empty() && !declared.teams.contains(name) && !declared.on_call.contains(name))
          contacts_.push_back(name);
    ModuleTimes times;
    times.default_sla = full(module, declared.slas, declared.default_sla);
    times.default_calendar = full(module, declared.calendars.all(), declared.calendars.default_name());
    if (declared.quiet) times.quiet = in_house(*declared.quiet, full_name(module.module, "quiet hours"));
    if (!times.default_sla.empty() || !times.default_calendar.empty() || times.quiet)
      made_.modules.try_emplace(std::string(module.module), std::move(times));
  }

  Workplace finish() {
    for (const auto& [name, address] : addresses_) {
      if (own_.on_call.contains(name) || own_.team(name) != nullptr) continue;
      Team team;
      // The organization's team of this address has one more name now; its rota and service level hold by either.
      if (const auto* same = own_.team(address)) team = *same;
      team.name = name;
      team.address = address;
      made_.teams.try_emplace(name, std::move(team));
    }
    // Whom nobody has told about yet: a team of this name, so that word for it reaches somebody.
    if (const auto* instead = own_.default_team(); instead != nullptr && !ORGO_PLANT(module_team_reaches_nobody))
      for (const auto& name : contacts_) {
        if (addresses_.contains(name) || own_.on_call.contains(name) || own_.team(name) != nullptr) continue;
        made_.teams.try_emplace(name, stand_in(name, *instead));
      }
    return std::move(made_);
  }

 private:
  template <typename Named>
  static std::string full(const ModuleWorkplace& module, const Named& declared, const std::string& name) {
    return declared.contains(name) ? full_name(module.module, name) : name;
  }

  Calendar in_house(const Calendar& calendar, std::string name) const {
    auto plan = calendar.plan();
    plan.name = std::move(name);
    if (plan.zone_of_house) plan.zone = zone_;
    return Calendar(std::move(plan));
  }

  void team(const ModuleWorkplace& module, const std::string& name, Team team) {
    team.name = full_name(module.module, name);
    const auto& declared = *module.workplace;
    team.calendar = full(module, declared.calendars.all(), team.calendar);
    team.sla = full(module, declared.slas, team.sla);
    team.on_call = full(module, declared.on_call, team.on_call);
    if (const auto said = addresses_.find(name); said != addresses_.end()) team.address = said->second;
    if (const auto* ours = own_.team(name);
        ours != nullptr && team.address.empty() && team.members.empty() && team.on_call.empty()) {
      team.address = ours->address;
      team.members = ours->members;
      team.on_call = ours->on_call;
      if (!ours->calendar.empty()) team.calendar = ours->calendar;
      if (!ours->sla.empty()) team.sla = ours->sla;
    }
    if (const auto* instead = own_.default_team(); instead != nullptr && team.address.empty() && team.members.empty() &&
                                                   team.on_call.empty() && !ORGO_PLANT(module_team_reaches_nobody)) {
      auto told = stand_in(team.name, *instead);
      team.members = std::move(told.members);
      team.on_call = std::move(told.on_call);
    }
    auto key = team.name;
    made_.teams.try_emplace(std::move(key), std::move(team));
  }

  /// A team of this name that reaches whom `instead` reaches. It has no address: that is the other's, and means it.
  [[nodiscard]] Team stand_in(const std::string& name, const Team& instead) const {
    Team team;
    team.name = name;
    if (!instead.address.empty() && !own_.is_fetched(instead.address)) team.members.push_back(instead.address);
    team.members.insert(team.members.end(), instead.members.begin(), instead.members.end());
    team.on_call = instead.on_call;
    return team;
  }

  const Workplace& own_;
  const std::map<std::string, std::string>& addresses_;
  Workplace made_;
  TimeZone zone_;
  std::vector<std::string> contacts_;  ///< names of teams and roles that their modules give no address
};

}  // namespace

std::string full_name(std::string_view module, std::string_view name) {
  std::string full(module);
  full.append("/").append(name);
  return full;
}

std::string target_of(const ModuleWorkplace& module, const std::string& name,
                      const std::map<std::string, std::string>& addresses) {
  if (name.empty()) return name;
  if (module.workplace->teams.contains(name) || module.workplace->on_call.contains(name))
    return full_name(module.module, name);
  if (const auto known = addresses.find(name); known != addresses.end()) return known->second;
  if (module.contacts != nullptr)
    if (const auto contact = module.contacts->find(name);
        contact != module.contacts->end() && !contact->second.address.empty())
      return contact->second.address;
  return name;
}

Workplace join_workplaces(const Workplace& own, const std::vector<ModuleWorkplace>& modules,
                          const std::map<std::string, std::string>& addresses, const TimeZone& house) {
  Joining joining(own, addresses, house);
  for (const auto& module : modules) joining.add(module);
  return joining.finish();
}

}  // namespace orgo::modules
