#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/hash.h"
#include "base/id.h"
#include "base/result.h"
#include "core/access/token_change.h"

namespace orgo {

/// Reads the API tokens; TokenMade and TokenRevoked write them. Backends: memory, SQL; contract:
/// tests/contract/token_store_contract_test.cpp. Threads: any. Errors of every method: unavailable, corrupt.
class TokenStore {
 public:
  virtual ~TokenStore() = default;
  /// nullopt: unknown or revoked.
  virtual Result<std::optional<ApiToken>> find_token(const Sha256& secret_hash) = 0;
  virtual Result<std::vector<ApiToken>> list_tokens(TenantId tenant) = 0;
  /// Grows with everything that changes what find_token() answers, before the call that changed it returns; so what was
  /// found under a number holds for as long as the number does; what another process changes counts within one
  /// second. Quick, never blocks. nullopt: this store can't know, and nothing that it found may be kept.
  [[nodiscard]] virtual std::optional<std::uint64_t> token_changes() const { return std::nullopt; }
};

}  // namespace orgo
