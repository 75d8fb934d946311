#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/id.h"
#include "base/time.h"

namespace orgo {

inline constexpr std::size_t kLoginAttemptsMost = 10'000;             ///< counters of one tenant; then the oldest goes
inline constexpr Millis kLoginAttemptsKept = std::chrono::hours(24);  ///< since the last try; then it is forgotten

/// How many wrong passwords in a row came for a name, from an address, or for the one from the other: see
/// core/people/lockout.h. `name` says of what.
struct LoginAttempts {
  TenantId tenant;
  std::string name;  ///< unique in its tenant
  std::int64_t version = 0;
  int failures = 0;
  TimePoint last_at{};
  std::optional<TimePoint> locked_until;
  friend bool operator==(const LoginAttempts&, const LoginAttempts&) = default;
};

/// The next state of a counter: `attempts.version` is the version seen + 1 (1: a new one). With a new one the store
/// forgets those of the tenant that are older than kLoginAttemptsKept, and the oldest past kLoginAttemptsMost.
/// conflict: somebody else counted meanwhile.
struct LoginAttemptsChange {
  LoginAttempts attempts;

  [[nodiscard]] std::string key() const { return "login:" + attempts.name; }
  static void refs(auto& /*self*/, auto /*visit*/) {}
};

}  // namespace orgo
