#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/time.h"

namespace orgo::gateway {

/// Browser sessions: a random id in a cookie stands for a token that was typed at /login. Kept in memory: a restart asks
/// people to log in again. Holds the token's hash, so that a revoked token ends its sessions at once. Any thread.
class Sessions {
 public:
  static constexpr std::size_t kSessionsMax = 1000;  ///< past it the one that was used longest ago ends
  static constexpr Millis kLifetime = std::chrono::hours(12);

  std::string begin(const Sha256& token_hash, TimePoint now);
  /// nullopt: unknown or over.
  std::optional<Sha256> find(std::string_view id, TimePoint now);
  void end(std::string_view id);

 private:
  struct Session {
    Sha256 token_hash{};
    TimePoint ends_at{};
    TimePoint used_at{};
  };
  std::mutex mutex_;
  std::map<Sha256, Session> sessions_;  ///< by hash of the id: a lookup tells nothing by its time
};

/// The value of one cookie of a Cookie header; empty when it is not there.
std::string_view cookie_value(std::string_view header, std::string_view name);

}  // namespace orgo::gateway
