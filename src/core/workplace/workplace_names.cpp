// Names that the sections of an organization use, and whether somebody has them.
#include <algorithm>

#include "base/text.h"
#include "base/unicode.h"
#include "core/workplace/find_named.h"
#include "core/workplace/workplace_file.h"

namespace orgo {
namespace {

std::string quoted(std::string_view text) {
  return "'" + std::string(cut_utf8(text, 64)) + "'";
}

template <typename List>
bool is_one_of(std::string_view name, const List& names) {
  return std::ranges::any_of(names, [&](std::string_view one) { return is_same_spelling(one, name); });
}

}  // namespace

std::optional<std::string> WorkplaceReader::address_of_person(YamlReader& reader, const YamlNode& node,
                                                              std::string_view login) const {
  const auto known = std::ranges::find(scope_.people, ascii_lower(login), &Colleague::login);
  if (known != scope_.people.end() && !known->address.empty() && !known->disabled) return known->address;
  if (known != scope_.people.end()) {
    auto why = known->disabled ? "the account of " + quoted(login) + " is disabled"
                               : quoted(login) + " has no address: `orgo user set " + known->login + " --address ...`";
    if (!scope_.strict) {
      reader.warning(node, std::move(why));
      return known->login;  // keeps the place; nobody is told there
    }
    reader.error(node, std::move(why));
    return std::nullopt;
  }
  std::vector<std::string_view> logins;
  for (const auto& one : scope_.people) logins.push_back(one.login);
  reader.error(node, quoted(login) + " is not an address, and nobody's login name", name_hint(login, logins));
  return std::nullopt;
}

std::string_view WorkplaceReader::in_words(Use::What what) {
  switch (what) {
    case Use::What::calendar:
      return "calendar";
    case Use::What::sla:
      return "service level";
    case Use::What::rota:
      return "rota";
    case Use::What::target:
    case Use::What::worker:
    case Use::What::asked:
      return "team";
  }
  return "name";
}

/// Why nobody is reached by this name; nullopt: somebody is. `names` gets those that could have been meant.
std::optional<std::string> WorkplaceReader::unreached(const Use& use, std::vector<std::string_view>& names) const {
  const bool free = made_.teams.empty() && made_.on_call.empty() && !scope_.of_module && scope_.people.empty();
  const bool of_module = use.name.find('/') != std::string::npos;  // looked at when they are joined
  if (use.name.find('@') != std::string::npos || of_module || free || made_.team(use.name) != nullptr ||
      find_named(made_.on_call, use.name) != made_.on_call.end() || is_one_of(use.name, scope_.contacts))
    return std::nullopt;
  const auto* person = made_.person(use.name);
  const bool asked = use.what == Use::What::asked;
  if (person != nullptr && asked) return std::nullopt;  // a task may be theirs still
  if (person != nullptr && person->disabled) return quoted(use.name) + " has an account that is disabled";
  if (person != nullptr && use.what == Use::What::target && person->address.empty())
    return "nobody would be told: " + quoted(use.name) + " has an account without an address";
  if (person != nullptr) return std::nullopt;
  for (const auto& [name, unused] : made_.teams) names.push_back(name);
  for (const auto& [name, unused] : made_.on_call) names.push_back(name);
  names.insert(names.end(), scope_.contacts.begin(), scope_.contacts.end());
  for (const auto& [login, one] : made_.people)
    if (!one.disabled) names.push_back(login);
  std::sort(names.begin(), names.end());
  return (asked ? "" : "nobody would be told: ") + quoted(use.name) + " is no address, no team and no rota" +
         (scope_.people.empty() ? "" : ", and nobody's login name");
}

void WorkplaceReader::check(const Use& use) const {
  std::vector<std::string_view> names;
  const auto add_all = [&](const auto& named_things) {
    for (const auto& [name, unused] : named_things) names.push_back(name);
  };
  std::string message = "unknown " + std::string(in_words(use.what)) + " " + quoted(use.name);
  const bool is_name = use.what == Use::What::target || use.what == Use::What::worker || use.what == Use::What::asked;
  if (is_name) {
    auto why = unreached(use, names);
    if (!why) return;
    message = std::move(*why);
  } else {
    if (use.what == Use::What::calendar) add_all(made_.calendars.all());
    if (use.what == Use::What::sla) add_all(made_.slas);
    if (use.what == Use::What::rota) add_all(made_.on_call);
    if (is_one_of(use.name, names)) return;
  }
  auto hint = names.empty() ? "there is none in these files" : name_hint(use.name, names);
  const bool by_accounts = use.lenient || made_.person(use.name) != nullptr ||
                           (made_.teams.empty() && made_.on_call.empty() && !scope_.of_module);
  if (is_name && by_accounts && !scope_.strict)
    return use.reader->warning(use.node, std::move(message), std::move(hint));
  if (use.length > 0) use.reader->error_at(use.node, use.offset, use.length, std::move(message), std::move(hint));
  else use.reader->error(use.node, std::move(message), std::move(hint));
}

}  // namespace orgo
