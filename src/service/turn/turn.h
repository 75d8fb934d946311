#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "port/clock.h"
#include "port/locks.h"

namespace orgo {

/// Whose turn it is to do a work that one of several nodes does: each asks before each step, one gets it and keeps it
/// as long as it goes on asking, and another takes over once it has been silent for `ttl`. One thread.
class Turn {
 public:
  /// `owner` names the node and its boot; `ttl` is longer than the longest step.
  Turn(Locks& locks, Clock& clock, std::string name, std::string owner, Millis ttl);
  /// give_up().
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  /// Takes the turn when it is free, or keeps it. False: another node has it, or nobody can tell.
  bool is_ours();
  /// As is_ours(), in the middle of a step: false also when the turn that the step began with was lost meanwhile, so
  /// that what the step has read belongs to an earlier turn.
  bool is_still_ours();
  /// Grows with each turn, over all nodes; 0 while it is not ours.
  [[nodiscard]] std::int64_t token() const { return lock_ ? lock_->token : 0; }
  /// Another node may go on at once. Twice is harmless.
  void give_up();

 private:
  Locks& locks_;
  Clock& clock_;
  const std::string name_, owner_;
  const Millis ttl_;
  std::optional<Lock> lock_;
};

}  // namespace orgo
