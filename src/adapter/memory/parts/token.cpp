#include <algorithm>

#include "adapter/memory/parts/parts.h"

namespace orgo::memory {
namespace {

auto find_live(State& state, TenantId tenant, auto matches) {
  return std::ranges::find_if(state.tokens, [&](const TokenRow& row) {
    return row.token.tenant == tenant && !row.token.revoked_at && matches(row.token);
  });
}

}  // namespace

Status check(const Tx& tx, const TokenMade& made) {
  const auto known =
      find_live(tx.state, tx.tenant, [&](const ApiToken& token) { return token.name == made.token.name; });
  if (known == tx.state.tokens.end()) {
    if (made.token.person.empty() || tx.state.people.contains({tx.tenant, made.token.person})) return {};
    return failure(Errc::not_found, "there is nobody called '" + made.token.person + "'");
  }
  return failure(Errc::conflict, "there is a token named '" + made.token.name + "' already");
}

void apply(Tx& tx, const TokenMade& made) {
  auto token = made.token;
  token.tenant = tx.tenant;
  token.id = ++tx.state.last_token[tx.tenant];
  tx.state.tokens.push_back({std::move(token), made.secret_hash});
}

Status check(const Tx& tx, const TokenRevoked& revoked) {
  const auto known = find_live(tx.state, tx.tenant, [&](const ApiToken& token) { return token.id == revoked.id; });
  if (known != tx.state.tokens.end()) return {};
  return failure(Errc::not_found, "there is no live token " + std::to_string(revoked.id));
}

void apply(Tx& tx, const TokenRevoked& revoked) {
  find_live(tx.state, tx.tenant, [&](const ApiToken& token) { return token.id == revoked.id; })->token.revoked_at =
      tx.at;
}

}  // namespace orgo::memory
