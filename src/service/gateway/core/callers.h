#pragma once
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

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

  explicit Callers(TokenStore& tokens) : tokens_(tokens) {}

  /// nullopt: unknown or revoked. Errors as the store's.
  Result<std::optional<Caller>> find(const Sha256& token_hash);
  /// By the value of an Authorization header (RFC 6750, section 2.1); nullopt also when it has no bearer token.
  Result<std::optional<Caller>> find_bearer(std::string_view authorization);

 private:
  struct HashOf {
    std::size_t operator()(const Sha256& digest) const { return static_cast<std::size_t>(head64(digest)); }
  };

  TokenStore& tokens_;
  std::mutex mutex_;
  std::uint64_t changes_ = 0;  ///< as of when `known_` was found
  std::unordered_map<Sha256, Caller, HashOf> known_;
};

/// "orgo_..." of "Bearer orgo_..."; empty: it is something else.
std::string_view bearer_token(std::string_view authorization);

}  // namespace orgo::gateway
