#pragma once
#include <cstdint>
#include <string>

#include "base/id.h"
#include "base/time.h"

namespace orgo {

/// How an attempt to send ended. `lease` is the token under which the send was leased; a stale one is refused, and so
/// is one of a send that is done with (conflict).
struct SendOutcome {
  enum class Kind : std::int8_t { delivered, deferred, failed, refused };
  /// Of a deferred one: what its wait is for, since only what was tried counts as an attempt.
  enum class Wait : std::int8_t {
    tried,    ///< the peer was asked
    untried,  ///< nobody's fault of this send: the peer takes nothing at all now, or has its hands full
    held,     ///< by the brake: it does not count among what goes out, either, until it does
  };
  SendId send;
  std::int64_t lease = 0;
  Kind kind = Kind::delivered;
  TimePoint next_attempt{};  ///< for deferred
  std::string detail{};      ///< answer of the peer or the reason, at most 1 KiB
  Wait wait = Wait::tried;

  [[nodiscard]] std::string key() const { return to_string(send); }
  static void refs(auto& /*self*/, auto /*visit*/) {}
};

/// A report told that this mail did not arrive. Once per send: one that has bounced already is refused (conflict), so
/// that nobody is told twice. A send that still waits for its next attempt (its answer had got lost) does not go out
/// again.
struct SendBounced {
  SendId send;
  std::string detail{};  ///< what the report says, at most 1 KiB

  [[nodiscard]] std::string key() const { return to_string(send); }
  static void refs(auto& /*self*/, auto /*visit*/) {}
};

/// A person decides of one that a restore has held: it waits again and is due, with its attempts as they were, or it
/// never goes out. Whatever else has become of it since (sent again, bounced) stays (conflict).
struct RestoredSendMoved {
  enum class To : std::int8_t { queued, dropped };
  SendId send;
  To to = To::queued;
  std::string detail{};  ///< why it is dropped, at most 1 KiB

  [[nodiscard]] std::string key() const { return to_string(send); }
  static void refs(auto& /*self*/, auto /*visit*/) {}
};

/// A person sends it again, or at once: what had failed, was refused or bounced waits anew, with its attempts counted
/// from the beginning; what waited for its time is due. One that was delivered, or is being sent, is refused
/// (conflict).
struct SendRetried {
  SendId send;

  [[nodiscard]] std::string key() const { return to_string(send); }
  static void refs(auto& /*self*/, auto /*visit*/) {}
};

/// A person takes an answer back that has surely not arrived. One that is being sent, is done with, or has another
/// number of attempts is refused (conflict).
struct SendRecalled {
  SendId send;
  int attempts = 0;  ///< that it has had, of which it is known that the peer took it at none

  [[nodiscard]] std::string key() const { return to_string(send); }
  static void refs(auto& /*self*/, auto /*visit*/) {}
};

}  // namespace orgo
