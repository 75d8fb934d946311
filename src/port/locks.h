#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "port/lease_owner.h"

namespace orgo {

/// A lock that somebody has: it ends by itself, so that a node that died keeps nobody waiting for longer than that.
struct Lock {
  std::string name;
  std::string owner;
  /// The fencing token, 1 or more: who gets the lock later has a larger one, also after the backend was restarted or
  /// emptied of what has ended. What is written under a lock can refuse a token that is smaller than one it has seen.
  std::int64_t token = 0;
  TimePoint ends_at{};
  friend bool operator==(const Lock&, const Lock&) = default;
};

/// Work that only one node may do at a time, such as reading one mailbox. A lock is a promise about time, not about
/// truth: a node that stood still past the end of its lock does not know it, so what must never happen twice is refused
/// by the store (a version, a fencing token), and the lock only saves the work in vain.
///
/// Times are the caller's: nodes whose clocks differ by d keep locks up to d longer or shorter. Backends: in process,
/// a table of the database that nodes share; contract: tests/contract/locks_contract_test.cpp. Threads: any. None waits
/// for a lock. Errors of every method: unavailable (the backend can't be reached; nobody has got the lock by this call,
/// as far as the caller may act), invalid_input (a name or an owner that is empty or longer than kNameMax, a ttl of 0
/// or less).
class Locks {
 public:
  static constexpr std::size_t kNameMax = 200;  ///< bytes of a name or an owner

  virtual ~Locks() = default;
  /// Free, or ended by `now`: it is the owner's, with a new token. conflict: somebody has it, be it the same owner:
  /// two threads of one node don't share a lock; the sentence names who.
  virtual Result<Lock> acquire(std::string_view name, std::string_view owner, TimePoint now, Millis ttl) = 0;
  /// The same lock, which then ends `ttl` after `now`; it is not shortened. conflict: it is this one's no longer, since
  /// it ended or was released; what was begun under it is given up.
  virtual Result<Lock> renew(const Lock& lock, TimePoint now, Millis ttl) = 0;
  /// Others may have it from now on. One that is ours no longer is left as it is; twice is harmless.
  virtual Status release(const Lock& lock) = 0;
  /// All of an owner who is written as to_string(LeaseOwner), and of nobody else: of a node that has died, or of what
  /// this one was before it started.
  virtual Status release_all(const LeaseOwner& owner, LeasesOf which) = 0;
};

/// invalid_input: what no backend takes.
inline Status check_lock(std::string_view name, std::string_view owner, Millis ttl) {
  if (name.empty() || name.size() > Locks::kNameMax)
    return failure(Errc::invalid_input, "the name of a lock has 1 to 200 bytes");
  if (owner.empty() || owner.size() > Locks::kNameMax)
    return failure(Errc::invalid_input, "the owner of a lock has 1 to 200 bytes");
  if (ttl <= Millis{0}) return failure(Errc::invalid_input, "a lock lasts longer than 0 ms");
  return {};
}

}  // namespace orgo
