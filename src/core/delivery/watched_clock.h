#pragma once
#include "base/time.h"

namespace orgo {

/// The wall clock beside one that nobody can set: whether it was set meanwhile, and how old something is as far as this
/// process has seen it. What is given up by its age must not be given up because a clock was wrong for some seconds, or
/// because nobody was there to try.
class WatchedClock {
 public:
  enum class Look {
    first,      ///< nothing is known of the time before
    steady,     ///< both went on alike
    set_back,   ///< the wall clock shows less than it should
    set_ahead,  ///< or more; so it does when the machine slept
  };
  Look look(TimePoint wall, Deadline steady);
  /// Since when something of `created_at` has waited, by the clocks as they are now: for some hours from the first look
  /// and from each jump on only what was seen counts.
  [[nodiscard]] TimePoint waiting_since(TimePoint created_at, TimePoint wall, Deadline steady) const;

 private:
  [[nodiscard]] Look compare(TimePoint wall, Deadline steady) const;

  TimePoint wall_{};
  Deadline steady_{};
  Deadline trusted_since_{};
};

}  // namespace orgo
