#include "core/workplace/workplace.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/planted.h"
#include "base/same_text.h"
#include "base/text.h"
#include "core/contact/contact.h"
#include "core/contact/mail_address.h"
#include "core/workplace/find_named.h"

namespace orgo {

const Team* Workplace::team(std::string_view name_or_address) const {
  if (const auto found = teams.find(name_or_address); found != teams.end()) return &found->second;
  for (const auto& [name, team] : teams) {
    // A module's team is meant by its name alone: its rota and promises are not for whoever writes to the same address.
    const bool by_address =
        !team.address.empty() && name.find('/') == std::string::npos && is_same_address(team.address, name_or_address);
    if (by_address || is_same_text(name, name_or_address)) return &team;
  }
  return nullptr;
}

bool Workplace::is_fetched(std::string_view address) const {
  return !address.empty() && std::any_of(fetched.begin(), fetched.end(),
                                         [&](const std::string& one) { return is_same_address(one, address); });
}

std::string_view Workplace::team_address(std::string_view name_or_address) const {
  const auto* found = team(name_or_address);
  return found != nullptr ? std::string_view(found->address) : std::string_view();
}

const ModuleTimes* Workplace::module_of(std::string_view task_type) const {
  if (modules.empty()) return nullptr;
  const auto found = modules.find(task_type.substr(0, task_type.find('/')));
  return found == modules.end() ? nullptr : &found->second;
}

const Calendar* Workplace::quiet_for(std::string_view task_type) const {
  if (quiet) return &*quiet;
  const auto* module = module_of(task_type);
  return module != nullptr && module->quiet ? &*module->quiet : nullptr;
}

std::string Workplace::address_of(std::string_view target, TimePoint t, bool with_on_call) const {
  if (const auto rota = find_named(on_call, target); rota != on_call.end())
    if (auto who = on_call_at(rota->second, t)) return *who;
  if (const auto* found = team(target)) {
    if (with_on_call && !found->on_call.empty())
      if (const auto rota = find_named(on_call, found->on_call); rota != on_call.end())
        if (auto who = on_call_at(rota->second, t)) return *who;
    const bool returns = is_fetched(found->address) && !ORGO_PLANT(team_is_told_in_a_circle);
    if (!found->address.empty() && !returns) return found->address;
    for (const auto& member : found->members)
      if (!is_fetched(member)) return member;
    return found->address;
  }
  if (const auto known = people.find(target); known != people.end())
    return known->second.disabled ? std::string() : known->second.address;
  return target.find('@') != std::string_view::npos ? std::string(target) : std::string();
}

std::string Workplace::receiver_name(std::string_view name_or_address) const {
  if (const auto* found = team(name_or_address)) return found->name;
  return assignee_name(name_or_address);
}

std::string Workplace::assignee_name(std::string_view name_or_address) const {
  if (const auto* found = person(name_or_address);
      found != nullptr && (!found->disabled || ORGO_PLANT(disabled_account_gets_tasks)))
    return found->login;
  if (const auto* found = team(name_or_address)) return found->name;
  if (const auto rota = find_named(on_call, name_or_address); rota != on_call.end()) return rota->first;
  return mail_contact(name_or_address).address;
}

std::vector<std::string> Workplace::names_of(std::string_view name_or_address) const {
  const auto name = receiver_name(name_or_address);
  std::vector<std::string> names{name};
  const auto add = [&](std::string_view other) {
    if (!other.empty() && std::find(names.begin(), names.end(), other) == names.end()) names.emplace_back(other);
  };
  if (const auto* found = team(name); found != nullptr && found->name.find('/') == std::string::npos) {
    add(found->address);
    // A module's name for the organization's team is one more name of it.
    for (const auto& [other, same] : teams)
      if (!found->address.empty() && other.find('/') == std::string::npos &&
          is_same_address(same.address, found->address))
        add(other);
  }
  if (const auto* found = person(name)) add(found->address);
  add(name_or_address);
  return names;
}

std::string Workplace::address_of_holder(std::string_view assignee, std::string_view team_name, TimePoint t) const {
  const bool swapped = ORGO_PLANT(team_is_told_before_the_assignee);
  for (const auto who : {swapped ? team_name : assignee, swapped ? assignee : team_name})
    if (auto address = who.empty() ? std::string() : address_of(who, t, false); is_mail_address(address))
      return address;
  return {};
}

bool Workplace::is_staff(std::string_view address) const {
  if (address.empty()) return false;  // who says no address is not a team that has none
  const auto same = [&](const std::string& one) { return is_same_address(one, address); };
  // Whoever was shown out is not let in again by a list that was forgotten.
  if (const auto* known = person(address);
      known != nullptr && known->disabled && same(known->address) && !ORGO_PLANT(former_colleague_is_staff))
    return false;
  const auto stands_in = [&](const OnCall::Shift& shift) { return same(shift.who); };
  for (const auto& [name, team] : teams)
    if (same(team.address) || std::any_of(team.members.begin(), team.members.end(), same)) return true;
  for (const auto& [name, rota] : on_call)
    if (std::any_of(rota.members.begin(), rota.members.end(), same) ||
        std::any_of(rota.overrides.begin(), rota.overrides.end(), stands_in) ||
        std::any_of(rota.shifts.begin(), rota.shifts.end(), stands_in))
      return true;
  return std::ranges::any_of(people, [&](const auto& entry) {
    return !entry.second.address.empty() && (!entry.second.disabled || ORGO_PLANT(former_colleague_is_staff)) &&
           same(entry.second.address);
  });
}

const Colleague* Workplace::person(std::string_view name_or_address) const {
  const auto key = ascii_lower(trim(name_or_address));
  if (const auto found = people.find(key); found != people.end()) return &found->second;
  for (const auto& [login, one] : people)
    if (!one.address.empty() && is_same_address(one.address, key)) return &one;
  return nullptr;
}

const TimeZone& Workplace::zone(const TimeZone& configured) const {
  const auto* calendar = calendars.find(calendars.default_name());
  return calendar != nullptr ? calendar->zone() : configured;
}

std::string Workplace::calendar_for(std::string_view customer, std::string_view team_name,
                                    std::string_view task_type) const {
  if (const auto* found = calendars.of_customer(customer)) return found->name();
  if (const auto* found = team(team_name); found != nullptr && !found->calendar.empty()) return found->calendar;
  const auto* module = module_of(task_type);
  return calendars.default_name().empty() && module != nullptr ? module->default_calendar : calendars.default_name();
}

std::optional<TaskSla> Workplace::sla_for(std::string_view wanted, std::string_view customer,
                                          std::string_view team_name, std::string_view task_type) const {
  std::string name(wanted);
  if (name.empty() && !sla_of_customer.empty()) {
    const auto folded = address_key(customer);
    const auto look = [&](std::string_view key) {
      if (const auto found = sla_of_customer.find(key); name.empty() && found != sla_of_customer.end())
        name = found->second;
    };
    look(folded);
    if (const auto at = folded.rfind('@'); at != std::string::npos)
      for (auto domain = folded.substr(at + 1); name.empty(); domain.erase(0, domain.find('.') + 1)) {
        look("@" + domain);
        if (domain.find('.') == std::string::npos || ORGO_PLANT(subdomain_has_no_promise)) break;
      }
  }
  if (const auto* found = team(team_name); name.empty() && found != nullptr) name = found->sla;
  if (const auto* module = module_of(task_type); name.empty() && module != nullptr) name = module->default_sla;
  if (name.empty()) name = default_sla;
  const auto found = find_named(slas, name);
  if (found == slas.end()) return std::nullopt;
  TaskSla made;
  made.sla = found->second;
  made.calendar = !made.sla.calendar.empty() ? made.sla.calendar : calendar_for(customer, team_name, task_type);
  return made;
}

const Calendar& Workplace::calendar(std::string_view name) const {
  const auto* found = name.empty() ? nullptr : calendars.find(name);
  return found != nullptr ? *found : calendars.standard();
}

const Sla& Workplace::current(const TaskSla& sla) const {
  const auto found = slas.find(sla.sla.name);
  return found != slas.end() ? found->second : sla.sla;
}

}  // namespace orgo
