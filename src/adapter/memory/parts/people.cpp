#include <algorithm>

#include "adapter/memory/parts/parts.h"
#include "base/text.h"
#include "core/contact/mail_address.h"

namespace orgo::memory {

Status check(const Tx& tx, const PersonChange& change) {
  const auto& person = change.person;
  const auto known = tx.state.people.find({tx.tenant, person.login});
  const auto version = known == tx.state.people.end() ? 0 : known->second.version;
  if (!tx.fences.is_next_version(person.version, version))
    return failure(Errc::conflict, person.version == 1 ? "there is an account '" + person.login + "' already"
                                                       : "the account '" + person.login + "' has version " +
                                                             std::to_string(version) + " now");
  const auto is_other_administrator = [&](const auto& entry) {
    const auto& one = entry.second;
    return one.tenant == tx.tenant && one.login != person.login && one.role == Role::administrator && !one.disabled &&
           (!change.other_needs_password || !one.password.empty());
  };
  if (change.needs_other_administrator && std::ranges::none_of(tx.state.people, is_other_administrator))
    return failure(
        Errc::conflict,
        person.login + " is the last administrator who can get in: make another one, with a password, first");
  if (person.address.empty()) return {};
  const auto other = std::ranges::find_if(tx.state.people, [&](const auto& entry) {
    const auto& [key, one] = entry;
    return one.tenant == tx.tenant && one.login != person.login && is_same_address(one.address, person.address);
  });
  if (other == tx.state.people.end()) return {};
  return failure(Errc::conflict, "the address " + person.address + " is that of " + other->second.login);
}

void apply(Tx& tx, const PersonChange& change) {
  auto person = change.person;
  person.tenant = tx.tenant;
  tx.state.people.insert_or_assign(InTenant<std::string>{tx.tenant, person.login}, std::move(person));
}

Status check(const Tx& tx, const LoginAttemptsChange& change) {
  const auto& attempts = change.attempts;
  const auto known = tx.state.login_attempts.find({tx.tenant, attempts.name});
  const auto version = known == tx.state.login_attempts.end() ? 0 : known->second.version;
  if (tx.fences.is_next_version(attempts.version, version)) return {};
  return failure(Errc::conflict, "another attempt was counted meanwhile");
}

void apply(Tx& tx, const LoginAttemptsChange& change) {
  auto attempts = change.attempts;
  attempts.tenant = tx.tenant;
  auto& kept = tx.state.login_attempts;
  if (attempts.version == 1) {
    std::erase_if(kept, [&](const auto& entry) {
      return entry.first.first == tx.tenant && entry.second.last_at < attempts.last_at - kLoginAttemptsKept;
    });
    const auto of_tenant = [&](const auto& entry) { return entry.first.first == tx.tenant; };
    if (static_cast<std::size_t>(std::ranges::count_if(kept, of_tenant)) >= kLoginAttemptsMost) {
      auto oldest = kept.end();
      for (auto at = kept.begin(); at != kept.end(); ++at)
        if (of_tenant(*at) && (oldest == kept.end() || at->second.last_at < oldest->second.last_at)) oldest = at;
      kept.erase(oldest);
    }
  }
  kept.insert_or_assign(InTenant<std::string>{tx.tenant, attempts.name}, std::move(attempts));
}

}  // namespace orgo::memory
