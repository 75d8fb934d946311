#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/time.h"

namespace orgo::gateway {

/// Browser sessions: a signed text in a cookie says which token was typed at /login, and until when it holds; so a
/// restart with the same key asks nobody to log in again. It holds the token's hash, so that a revoked token ends its
/// sessions at once. Who logs out ends theirs for as long as this process lives (their browser forgets the cookie
/// anyhow). Any thread.
class Sessions {
 public:
  static constexpr std::size_t kEndedMax =
      10'000;  ///< ended ones that are remembered; past it those that run out first are forgotten
  static constexpr Millis kLifetime = std::chrono::hours(12);

  /// `key`: secret bytes; empty: random ones.
  explicit Sessions(std::string key = {});
  std::string begin(const Sha256& token_hash, TimePoint now);
  /// nullopt: not ours, ended, or over.
  std::optional<Sha256> find(std::string_view id, TimePoint now);
  void end(std::string_view id);

 private:
  struct Read {
    Sha256 token_hash{};
    TimePoint ends_at{};
  };
  [[nodiscard]] std::string sign(std::string_view text) const;
  [[nodiscard]] std::optional<Read> read(std::string_view id) const;

  std::string key_;
  std::mutex mutex_;
  std::map<Sha256, TimePoint> ended_;  ///< hash of the id -> when it would have run out
};

inline constexpr std::string_view kSessionCookie = "orgo_session";
/// Set-Cookie for a session; `tls`: browsers send it back over TLS only.
std::string session_cookie(std::string_view id, bool tls);
/// Set-Cookie that makes a browser forget it.
std::string ended_session_cookie(bool tls);

/// The value of one cookie of a Cookie header; empty when it is not there.
std::string_view cookie_value(std::string_view header, std::string_view name);

}  // namespace orgo::gateway
