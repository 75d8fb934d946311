#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/id.h"
#include "base/time.h"
#include "core/access/access.h"
#include "core/changes/changes.h"

namespace orgo {

struct ApiToken {
  std::int64_t id = 0;
  TenantId tenant;
  std::string name;  ///< what for: "her calendar", "erp bridge"; at most 100 bytes
  /// Login name of whose it is: it acts as they do, and opens nothing while their account is disabled. Empty: of before
  /// there were accounts, or of the command line; it acts under its own name.
  std::string person;
  Role role = Role::viewer;  ///< of a person's, as a store finds it: theirs now

  /// Who acts with it, for the history: "user:anna".
  [[nodiscard]] std::string_view holder() const { return person.empty() ? name : person; }
  TimePoint created_at{};
  std::optional<TimePoint> revoked_at;
};

/// A new token; `token.id` is 0, and Committed::token tells the one that it got. Only SHA-256 of the secret is kept
/// (the secret has 256 random bits, so a slow hash adds nothing). conflict: a live token of this name exists.
/// not_found: there is no account of `token.person`.
struct TokenMade {
  ApiToken token;
  Sha256 secret_hash{};

  [[nodiscard]] std::string key() const { return "token:" + token.name; }
  static void refs(auto& /*self*/, auto /*visit*/) {}
};

/// It opens nothing any more. not_found: there is no live token of this id.
struct TokenRevoked {
  std::int64_t id = 0;

  [[nodiscard]] std::string key() const { return "revoked token:" + std::to_string(id); }
  static void refs(auto& /*self*/, auto /*visit*/) {}
};

// With their events. `actor`: who did it, "user:anna", "administrator".
Changes make_token(const ApiToken& token, const Sha256& secret_hash, std::string_view actor);
Changes revoke_token(const ApiToken& token, std::string_view actor, TimePoint now);

}  // namespace orgo
