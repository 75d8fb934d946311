#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "core/access/access.h"

namespace orgo {

struct ApiToken {
  std::int64_t id = 0;
  TenantId tenant;
  std::string name;  ///< for whom: "anna", "erp bridge"; at most 100 bytes
  Role role = Role::viewer;
  TimePoint created_at{};
  std::optional<TimePoint> revoked_at;
};

/// API tokens; only SHA-256 of the secret is kept (the secret has 256 random bits, so a slow hash adds nothing).
class TokenStore {
 public:
  virtual ~TokenStore() = default;
  /// Durable when it returns. conflict: a live token of this name exists.
  virtual Result<ApiToken> add_token(const ApiToken& token, const Sha256& secret_hash) = 0;
  /// nullopt: unknown or revoked.
  virtual Result<std::optional<ApiToken>> find_token(const Sha256& secret_hash) = 0;
  virtual Result<std::vector<ApiToken>> list_tokens(TenantId tenant) = 0;
  virtual Status revoke_token(TenantId tenant, std::int64_t id, TimePoint now) = 0;
  /// Grows with everything that changes what find_token() answers, before the call that changed it returns; so what was
  /// found under a number holds for as long as the number does. Quick, never blocks. nullopt: this store can't know,
  /// and nothing that it found may be kept.
  [[nodiscard]] virtual std::optional<std::uint64_t> token_changes() const { return std::nullopt; }
};

}  // namespace orgo
