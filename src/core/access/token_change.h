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
  std::string name;  ///< for whom: "anna", "erp bridge"; at most 100 bytes
  Role role = Role::viewer;
  TimePoint created_at{};
  std::optional<TimePoint> revoked_at;
};

/// A new token; `token.id` is 0, and Committed::token tells the one that it got. Only SHA-256 of the secret is kept
/// (the secret has 256 random bits, so a slow hash adds nothing). conflict: a live token of this name exists.
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

/// Is there anything in it that changes which tokens open doors?
bool changes_tokens(const Changes& changes);

}  // namespace orgo
