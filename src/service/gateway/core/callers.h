#pragma once
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/hash.h"
#include "base/result.h"
#include "port/token_store.h"
#include "service/gateway/core/call.h"

namespace orgo::gateway {

/// Who a token belongs to. What the store said is remembered for as long as no token changes
/// (TokenStore::token_changes), so that most requests don't ask the database, and a token that was revoked is refused
/// from then on. Any thread.
class Callers {
 public:
  static constexpr std::size_t kKnownMax = 1000;  ///< tokens in memory; past it they are asked for anew

  /// May a tenant be served now? not_permitted: it is suspended.
  using CheckTenant = std::function<Status(TenantId)>;
  explicit Callers(TokenStore& tokens, CheckTenant check_tenant = {})
      : tokens_(tokens), check_tenant_(std::move(check_tenant)) {}

  /// nullopt: unknown or revoked. Errors as the store's, and what the check of its tenant says.
  Result<std::optional<Caller>> find(const Sha256& token_hash);
  /// What the check of a tenant says; for those who come without a token.
  [[nodiscard]] Status check(TenantId tenant) const { return check_tenant_ ? check_tenant_(tenant) : Status(); }
  /// By the value of an Authorization header (RFC 6750, section 2.1); nullopt also when it has no bearer token.
  Result<std::optional<Caller>> find_bearer(std::string_view authorization);

 private:
  struct HashOf {
    std::size_t operator()(const Sha256& digest) const { return static_cast<std::size_t>(head64(digest)); }
  };

  Result<std::optional<Caller>> look_up(const Sha256& token_hash);

  TokenStore& tokens_;
  const CheckTenant check_tenant_;
  std::mutex mutex_;
  std::uint64_t changes_ = 0;  ///< as of when `known_` was found
  std::unordered_map<Sha256, Caller, HashOf> known_;
};

/// "orgo_..." of "Bearer orgo_..."; empty: it is something else.
std::string_view bearer_token(std::string_view authorization);

}  // namespace orgo::gateway
