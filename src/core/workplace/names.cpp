#include "core/workplace/names.h"

#include <algorithm>

#include "base/text.h"
#include "core/contact/contact.h"
#include "core/contact/mail_address.h"
#include "core/workplace/find_named.h"

namespace orgo {

std::vector<Colleague> everybody(std::span<const Person> people) {
  std::vector<Colleague> out;
  for (const auto& person : people)
    if (person.role != Role::integration) out.push_back({person.login, person.address, person.teams, person.disabled});
  return out;
}

std::vector<Colleague> colleagues(std::span<const Person> people) {
  auto out = everybody(people);
  if (out.size() < 2) out.clear();
  return out;
}

std::vector<std::string> Names::all() const {
  std::vector<std::string> names;
  for (const auto& person : people_)
    if (!person.disabled) names.push_back(person.login);
  for (const auto& [name, unused] : workplace_.teams) names.push_back(name);
  for (const auto& [name, unused] : workplace_.on_call) names.push_back(name);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<Named> Names::assignee(std::string_view name, TimePoint t) const {
  name = trim(name);
  const auto key = ascii_lower(name);
  const auto person = std::ranges::find_if(people_, [&](const Colleague& one) {
    return one.login == key || (!one.address.empty() && is_same_address(one.address, key));
  });
  if (person != people_.end()) {
    if (person->disabled) return failure(Errc::conflict, "the account of " + person->login + " is disabled");
    return Named{person->login, person->address};
  }
  if (const auto* team = workplace_.team(name); team != nullptr && !name.empty())
    return Named{team->name, workplace_.address_of(team->name, t, true)};
  const bool none_declared = people_.size() < 2 && workplace_.teams.empty() && workplace_.on_call.empty();
  if (const auto rota = find_named(workplace_.on_call, name); rota != workplace_.on_call.end())
    return Named{rota->first, workplace_.address_of(rota->first, t, true)};
  const bool has_at = name.find('@') != std::string_view::npos;
  const bool is_free = has_at ? is_typed_address(name) : none_declared || name.empty();
  if (is_free) return Named{mail_contact(name).address, workplace_.address_of(name, t, true)};
  const auto names = all();
  const std::vector<std::string_view> views(names.begin(), names.end());
  const auto nearest = nearest_name(name, views);
  return failure(Errc::invalid_input, "'" + std::string(name.substr(0, 80)) +
                                          "' is nobody's login name, no team, no rota and no address" +
                                          (nearest.empty() ? "" : "; did you mean '" + std::string(nearest) + "'?"));
}

Result<Named> Names::receiver(std::string_view name, TimePoint t) const {
  name = trim(name);
  if (const auto* team = workplace_.team(name); team != nullptr && !name.empty())
    return Named{team->name, workplace_.address_of(team->name, t, false)};
  return assignee(name, t);
}

}  // namespace orgo
