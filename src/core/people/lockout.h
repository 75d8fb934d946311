#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "core/people/login_attempts.h"

/// Wrong passwords lock, for a while that doubles (OWASP, "Authentication Cheat Sheet", account lockout). A lock on the
/// name alone would let an outsider keep somebody out for ever, one on the address alone would let many addresses guess
/// at one name. So three things are counted:
/// - the name from this address, the tightest;
/// - the address, whatever the name: one who tries one password with many names;
/// - the name, from wherever: many addresses at one name. It locks only those who never got in with this browser:
///   whoever did has a device cookie ("Slow Down Online Guessing Attacks with Device Cookies", OWASP), is counted by
///   that cookie, and by nothing else.
/// An attempt is counted before the password is looked at, so that many at once are no way around, and taken back when
/// it was right.
namespace orgo::people {

struct LockoutPolicy {
  int free = 0;  ///< wrong ones that lock nothing
  Millis first{};
  Millis most{};
};
inline constexpr LockoutPolicy kPairLockout{4, Millis{30'000}, Millis{3'600'000}};
inline constexpr LockoutPolicy kAddressLockout{30, Millis{30'000}, Millis{3'600'000}};
inline constexpr LockoutPolicy kNameLockout{50, Millis{30'000}, Millis{900'000}};

/// Until when the `failures`-th wrong password in a row locks, at `now`; nullopt: not at all.
std::optional<TimePoint> locked_until(int failures, TimePoint now, const LockoutPolicy& policy);

/// Where an attempt comes from.
struct Attempt {
  std::string name;     ///< login name of the account, or what was typed when there is none
  std::string address;  ///< see address_key(); empty: not known, then it counts for nothing
  std::string device;   ///< of a device cookie that belongs to this name; empty: none
};

/// An IPv4 address as it is; of IPv6 the first 64 bits, since whoever has one has all behind them.
std::string address_key(std::string_view address);

/// The counters that an attempt is counted by. A name stands in them by a hash: what is typed there may be a password.
struct Counter {
  std::string name;
  LockoutPolicy policy;
};
std::vector<Counter> counters_of(const Attempt& attempt);

/// What follows for an attempt at `now` from the counters as they were read (those that the store had, in any order).
struct Admission {
  std::optional<TimePoint> locked_until;     ///< locked: the password is not looked at, and nothing is counted
  std::vector<LoginAttemptsChange> counted;  ///< each counter by one more
};
Admission admit(TenantId tenant, const std::vector<Counter>& counters, const std::vector<LoginAttempts>& known,
                TimePoint now);

/// The attempt was right: its own counters start again, and those of the whole address and name are as before it.
std::vector<LoginAttemptsChange> take_back(const std::vector<Counter>& counters,
                                           const std::vector<LoginAttempts>& known, TimePoint now);

}  // namespace orgo::people
