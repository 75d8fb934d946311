#include "service/modules/module_service.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "base/unicode.h"

namespace orgo {
namespace {

using modules::ModuleSource;

std::string quoted(std::string_view name) {
  return "'" + std::string(cut_utf8(name, 60)) + "'";
}

Error not_added(const std::string& name) {
  return {Errc::not_found, "module " + quoted(name) + " was not added; `orgo module list` shows what is there"};
}

Status logged(Status done, std::string_view what, std::string_view name, std::string_view actor) {
  if (done) log::info("modules.changed", {{"what", what}, {"name", name}, {"by", actor}});
  return done;
}

/// All errors of a refused module as text, with its lines.
std::string in_words(const modules::Shelf::Refused& refused, const std::vector<SourceFile>& files) {
  return "module '" + refused.name + "' has errors\n" + to_string(refused.errors, files);
}

}  // namespace

std::string_view to_string(ModuleService::Standing standing) {
  switch (standing) {
    case ModuleService::Standing::enabled:
      return "enabled";
    case ModuleService::Standing::disabled:
      return "disabled";
    case ModuleService::Standing::available:
      return "available";
  }
  return "unknown";
}

std::string address_of(const std::string& name, const modules::Contact& contact,
                       const std::map<std::string, std::string>& addresses) {
  const auto known = addresses.find(name);
  return known == addresses.end() ? contact.address : known->second;
}

modules::InForce in_force_of(const ModuleState& state) {
  modules::InForce made;
  made.addresses = state.addresses;
  for (const auto& one : state.installed)
    if (one.enabled) made.modules.push_back({one.name, one.version, one.folder.substr(one.folder.rfind('-') + 1)});
  return made;
}

Result<modules::InForce> ModuleService::in_force() const {
  ORGO_TRY(state, store_.read());
  return in_force_of(state);
}

Result<ModuleService::Restored> ModuleService::restore(const modules::InForce& wanted,
                                                       const std::vector<SourceFile>& own, const std::string& actor) {
  Restored restored;
  const auto as_then = [&](ModuleState& state) -> Status {
    const auto before = state;
    restored = {};
    state.installed.clear();
    for (const auto& one : wanted.modules) {
      const InstalledModule copy{one.name, one.version, one.name + "/" + one.version + "-" + one.fingerprint, true};
      const auto source = store_.source(copy);
      if (source && modules::fingerprint(*source) == one.fingerprint) {
        state.installed.push_back(copy);
        continue;
      }
      restored.missing.push_back(one.name + " " + one.version + " (" + one.fingerprint + ")");
      for (const auto& there : before.installed)
        if (there.name == one.name) state.installed.push_back(there);
    }
    for (auto there : before.installed) {
      if (state.find(there.name) != nullptr) continue;
      there.enabled = false;
      state.installed.push_back(std::move(there));
    }
    std::erase_if(state.removed, [&](const auto& old) { return state.find(old.name) != nullptr; });
    state.addresses = wanted.addresses;
    restored.changes = modules::changes(in_force_of(before), in_force_of(state));
    const auto sources = store_.enabled(state);
    for (const auto& refused : modules::load_modules(sources, own).refused)
      for (const auto& source : sources)
        if (source.name == refused.name) return failure(Errc::conflict, in_words(refused, source.files));
    return {};
  };
  ORGO_TRY(state, store_.read());
  ORGO_CHECK(as_then(state));
  if (restored.changes.empty()) return restored;  // nothing that `undo` should take back
  ORGO_CHECK(logged(store_.change(as_then), "restored", "as they were", actor));
  return restored;
}

Result<std::vector<ModuleService::Entry>> ModuleService::list() const {
  ORGO_TRY(state, store_.read());
  std::vector<Entry> entries;
  std::vector<ModuleSource> sources;  // all together, so that each finds what it needs
  for (const auto& one : state.installed) {
    entries.push_back({one.name, one.enabled ? Standing::enabled : Standing::disabled, nullptr, {}, {}});
    auto source = store_.source(one);
    if (source) sources.push_back(std::move(*source));
    else entries.back().trouble = source.error().message;
  }
  for (auto& source : store_.available()) {
    if (state.find(source.name) != nullptr) continue;
    entries.push_back({source.name, Standing::available, nullptr, {}, {}});
    sources.push_back(std::move(source));
  }
  const auto shelf = modules::load_modules(sources);
  for (auto& entry : entries) {
    for (const auto& module : shelf.modules)
      if (module->manifest.name == entry.name) entry.module = module;
    if (!entry.module && entry.trouble.empty()) entry.trouble = "has errors; orgo module test " + entry.name;
  }
  return entries;
}

Result<ModuleService::Entry> ModuleService::show(const std::string& name) const {
  ORGO_TRY(state, store_.read());
  Entry entry{name, Standing::available, nullptr, {}, state.addresses};
  const auto available = store_.available();
  std::vector<ModuleSource> sources;
  if (const auto* installed = state.find(name)) {
    entry.standing = installed->enabled ? Standing::enabled : Standing::disabled;
    ORGO_TRY(source, store_.source(*installed));
    sources.push_back(std::move(source));
  } else {
    const auto found =
        std::find_if(available.begin(), available.end(), [&](const auto& one) { return one.name == name; });
    if (found == available.end())
      return failure(Errc::not_found, "there is no module " + quoted(name) + "; `orgo module list` shows all");
    sources.push_back(*found);
  }
  // What it may need stands beside it: first what is in force, then what comes with Orgo.
  auto others = store_.enabled(state);
  others.insert(others.end(), available.begin(), available.end());
  for (auto& other : others)
    if (std::none_of(sources.begin(), sources.end(), [&](const auto& there) { return there.name == other.name; }))
      sources.push_back(std::move(other));
  const auto shelf = modules::load_modules(sources);
  for (const auto& refused : shelf.refused)
    if (refused.name == name) return failure(Errc::conflict, in_words(refused, sources.front().files));
  for (const auto& module : shelf.modules)
    if (module->manifest.name == name) entry.module = module;
  return entry;
}

Status ModuleService::check_not_needed(const ModuleState& state, const std::string& name) const {
  for (const auto& module : modules::load_modules(store_.enabled(state)).modules)
    for (const auto& need : module->manifest.needs)
      if (need.module == name)
        return failure(Errc::conflict, "module '" + module->manifest.name + "' needs '" + name + "' (" +
                                           module->manifest.path + ":" + std::to_string(need.line) +
                                           "); remove that first");
  return {};
}

Status ModuleService::set_enabled(const std::string& name, bool wanted, const std::string& actor) {
  const auto done = store_.change([&](ModuleState& state) -> Status {
    auto* one = state.find(name);
    if (one == nullptr) return tl::unexpected(not_added(name));
    if (!wanted) ORGO_CHECK(check_not_needed(state, name));
    one->enabled = wanted;
    if (!wanted) return {};
    const auto sources = store_.enabled(state);
    for (const auto& refused : modules::load_modules(sources, own_rules_()).refused)
      if (refused.name == name)
        for (const auto& source : sources)
          if (source.name == name) return failure(Errc::conflict, in_words(refused, source.files));
    return {};
  });
  return logged(done, wanted ? "enabled" : "disabled", name, actor);
}

Status ModuleService::remove(const std::string& name, const std::string& actor) {
  const auto done = store_.change([&](ModuleState& state) -> Status {
    const auto* one = state.find(name);
    if (one == nullptr) return tl::unexpected(not_added(name));
    ORGO_CHECK(check_not_needed(state, name));
    std::erase_if(state.removed, [&](const auto& old) { return old.name == name; });
    state.removed.push_back(*one);
    std::erase_if(state.installed, [&](const auto& old) { return old.name == name; });
    return {};
  });
  return logged(done, "removed", name, actor);
}

Status ModuleService::undo(const std::string& actor) {
  return logged(store_.undo(), "undone", "the last change", actor);
}

Result<std::vector<ModuleService::TeamEntry>> ModuleService::teams() const {
  ORGO_TRY(state, store_.read());
  std::map<std::string, TeamEntry> all;
  for (const auto& module : modules::load_modules(store_.enabled(state)).modules)
    for (const auto& [name, contact] : module->manifest.contacts) {
      auto& team = all[name];
      if (team.address.empty()) team.address = address_of(name, contact, state.addresses);
      team.used_by.push_back(module->manifest.name);
    }
  for (const auto& [name, address] : state.addresses) all[name].address = address;
  std::vector<TeamEntry> entries;
  for (auto& [name, team] : all) {
    team.name = name;
    entries.push_back(std::move(team));
  }
  return entries;
}

Status ModuleService::set_team(const std::string& team, const std::string& address, const std::string& actor) {
  const bool plain = !team.empty() && team.size() <= 100 && team.find_first_of("@/\n,") == std::string::npos;
  if (!plain) return failure(Errc::invalid_input, "the name of a team is 1 to 100 bytes without @, / and comma");
  const auto at = address.find('@');
  if (!address.empty() && (at == std::string::npos || at == 0 || at + 1 == address.size() || address.size() > 254 ||
                           address.find_first_of(" \r\n\t<>") != std::string::npos))
    return failure(Errc::invalid_input, quoted(address) + " is not an address");
  const auto done = store_.change([&](ModuleState& state) -> Status {
    if (address.empty()) state.addresses.erase(team);
    else state.addresses[team] = address;
    return {};
  });
  return logged(done, address.empty() ? "team without address" : "team is " + address, team, actor);
}

}  // namespace orgo
