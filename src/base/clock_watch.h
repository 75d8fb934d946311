#pragma once
#include <vector>

#include "base/time.h"

namespace orgo {

/// Watches a wall clock beside one that never jumps: was it set back, and is what it says now to be believed? A clock
/// that is behind for a while would say of everything that it lies in the future, so what it says counts once it has
/// stood like that for some minutes, or is back where it was before it jumped. And how old is something, as far as this
/// process saw it? What is given up by its age must not be given up because a clock was wrong for some seconds, or
/// because nobody was there to try. One thread.
class ClockWatch {
 public:
  /// By so much a clock may be corrected unseen, and by a thousandth of the time since the look before: a clock that is
  /// slowly put right gains or loses half of that.
  static constexpr Millis kJump{1'000};
  static constexpr Millis kNear{60'000};                     ///< so near to where it was it is back
  static constexpr Millis kSettled{300'000};                 ///< after so long a new time is believed
  static constexpr Millis kWatched = std::chrono::hours(6);  ///< and after so long the ages that it makes

  /// One look at both clocks.
  void look(TimePoint now, Deadline steady);
  [[nodiscard]] bool has_looked() const { return since_ != Deadline{}; }
  [[nodiscard]] bool was_set_back() const { return set_back_; }  ///< between the last two looks
  [[nodiscard]] bool has_jumped() const { return !before_.empty(); }
  [[nodiscard]] bool is_believed() const { return back_ || held_ >= kSettled; }
  /// Since when something of `created_at` has waited, by the clocks as they are now: until kWatched from the first look
  /// and from each jump on only what was seen counts.
  [[nodiscard]] TimePoint waiting_since(TimePoint created_at, TimePoint now, Deadline steady) const;

 private:
  [[nodiscard]] bool jumps_to(Millis lead, Deadline steady) const;

  Millis offset_{};  ///< the wall clock's lead
  Deadline looked_at_{};
  Deadline since_{};            ///< when it jumped there; {}: never looked
  Millis held_{};               ///< since then
  bool set_back_ = false;       ///< as was_set_back()
  bool back_ = false;           ///< it has jumped back to an earlier lead
  std::vector<Millis> before_;  ///< leads before it jumped, the newest last; a few
};

}  // namespace orgo
