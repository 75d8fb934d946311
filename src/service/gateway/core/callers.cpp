#include "service/gateway/core/callers.h"

#include "base/planted.h"
#include "base/text.h"
#include "service/gateway/core/token_secret.h"

namespace orgo::gateway {

std::string_view bearer_token(std::string_view authorization) {
  return ascii_istarts_with(authorization, "Bearer ") ? trim(authorization.substr(7)) : std::string_view();
}

Result<std::optional<Caller>> Callers::find(const Sha256& token_hash) {
  ORGO_TRY(caller, look_up(token_hash));
  if (caller) ORGO_CHECK(check(caller->tenant));
  return caller;
}

Result<std::optional<Caller>> Callers::look_up(const Sha256& token_hash) {
  // Read before the look-up: what is found then is never newer than its number, and a change in between makes it void.
  const auto changes = tokens_.token_changes();
  if (changes) {
    const std::lock_guard lock(mutex_);
    if (changes_ != *changes && !ORGO_PLANT(revoked_token_is_remembered)) {
      known_.clear();
      changes_ = *changes;
    } else if (const auto found = known_.find(token_hash); found != known_.end()) {
      return std::optional(found->second);
    }
  }
  ORGO_TRY(token, tokens_.find_token(token_hash));
  if (!token || token->revoked_at) return std::optional<Caller>();
  Caller caller{token->tenant, token->id, std::string(token->holder()), token->role};
  if (changes) {
    const std::lock_guard lock(mutex_);
    if (changes_ == *changes) {
      if (known_.size() >= kKnownMax) known_.clear();
      known_.insert_or_assign(token_hash, caller);
    }
  }
  return std::optional(std::move(caller));
}

Result<std::optional<Caller>> Callers::find_bearer(std::string_view authorization) {
  const auto secret = bearer_token(authorization);
  if (secret.empty()) return std::optional<Caller>();
  return find(token_hash(secret));
}

}  // namespace orgo::gateway
