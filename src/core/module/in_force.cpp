#include "core/module/in_force.h"

#include <algorithm>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace orgo::modules {
namespace {

const InForce::One* find(const InForce& all, const std::string& name) {
  const auto found =
      std::find_if(all.modules.begin(), all.modules.end(), [&](const auto& one) { return one.name == name; });
  return found == all.modules.end() ? nullptr : &*found;
}

/// The names of those that are in both, as one of them orders them.
std::string names_of(const InForce& all, const InForce& other) {
  std::vector<std::string> names;
  for (const auto& one : all.modules)
    if (find(other, one.name) != nullptr) names.push_back(one.name);
  return join(names, ", ");
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

}  // namespace

std::vector<Change> changes(const InForce& before, const InForce& after) {
  std::vector<Change> all;
  for (const auto& one : after.modules) {
    const auto* old = find(before, one.name);
    if (old == nullptr) all.push_back({Change::Kind::enabled, one.name, {}, one.version});
    else if (old->version != one.version) all.push_back({Change::Kind::version, one.name, old->version, one.version});
    else if (old->fingerprint != one.fingerprint)
      all.push_back({Change::Kind::files, one.name, old->fingerprint, one.fingerprint});
  }
  for (const auto& one : before.modules)
    if (find(after, one.name) == nullptr) all.push_back({Change::Kind::disabled, one.name, one.version, {}});
  if (auto old = names_of(before, after), now = names_of(after, before); old != now)
    all.push_back({Change::Kind::order, {}, std::move(old), std::move(now)});
  for (const auto& [team, address] : after.addresses) {
    const auto old = before.addresses.find(team);
    if (old == before.addresses.end()) all.push_back({Change::Kind::team, team, {}, address});
    else if (old->second != address) all.push_back({Change::Kind::team, team, old->second, address});
  }
  for (const auto& [team, address] : before.addresses)
    if (!after.addresses.contains(team)) all.push_back({Change::Kind::team, team, address, {}});
  return all;
}

std::string_view to_string(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::enabled:
      return "enabled";
    case Change::Kind::disabled:
      return "disabled";
    case Change::Kind::version:
      return "version";
    case Change::Kind::files:
      return "files";
    case Change::Kind::order:
      return "order";
    case Change::Kind::team:
      return "team";
  }
  return "unknown";
}

std::string to_text(const Change& change) {
  const auto somebody = [](const std::string& address) { return address.empty() ? std::string("nobody") : address; };
  switch (change.kind) {
    case Change::Kind::enabled:
      return "module " + change.name + " " + change.after + " enabled";
    case Change::Kind::disabled:
      return "module " + change.name + " " + change.before + " disabled";
    case Change::Kind::version:
      return "module " + change.name + " " + change.before + " -> " + change.after;
    case Change::Kind::files:
      return "module " + change.name + " has other files (" + change.before + " -> " + change.after + ")";
    case Change::Kind::order:
      return "modules are asked in another order: " + change.before + " -> " + change.after;
    case Change::Kind::team:
      return "team " + change.name + ": " + somebody(change.before) + " -> " + somebody(change.after);
  }
  return {};
}

std::string to_text(const InForce& in_force) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("modules").begin_array();
  for (const auto& one : in_force.modules)
    json.begin_object()
        .field("name", one.name)
        .field("version", one.version)
        .field("fingerprint", one.fingerprint)
        .end_object();
  json.end_array().key("addresses").begin_object();
  for (const auto& [team, address] : in_force.addresses) json.field(team, address);
  json.end_object().end_object();
  return text;
}

bool from_text(std::string_view text, InForce& out) {
  const auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return false;
  const auto* modules = parsed->as_object().if_contains("modules");
  const auto* addresses = parsed->as_object().if_contains("addresses");
  if (modules == nullptr || !modules->is_array() || addresses == nullptr || !addresses->is_object()) return false;
  out = {};
  for (const auto& value : modules->as_array()) {
    if (!value.is_object()) return false;
    const auto& one = value.as_object();
    out.modules.push_back({text_of(one, "name"), text_of(one, "version"), text_of(one, "fingerprint")});
  }
  for (const auto& entry : addresses->as_object())
    if (entry.value().is_string())
      out.addresses.emplace(std::string(entry.key()), std::string(entry.value().as_string()));
  return true;
}

}  // namespace orgo::modules
