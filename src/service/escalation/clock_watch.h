#pragma once
#include <vector>

#include "base/time.h"

namespace orgo {

/// Watches a wall clock beside one that never jumps: was it set back, and is what it says now to be believed? A clock
/// that is behind for a while would say of everything that it lies in the future, so what it says counts once it has
/// stood like that for some minutes, or is back where it was before it jumped. One thread.
class ClockWatch {
 public:
  static constexpr Millis kJump{1'000};       ///< by so much a clock may be corrected unseen
  static constexpr Millis kNear{60'000};      ///< so near to where it was it is back
  static constexpr Millis kSettled{300'000};  ///< after so long a new time is believed

  /// One look at both clocks.
  void look(TimePoint now, Deadline steady);
  [[nodiscard]] bool was_set_back() const { return set_back_; }  ///< between the last two looks
  [[nodiscard]] bool has_jumped() const { return !before_.empty(); }
  [[nodiscard]] bool is_believed() const { return back_ || held_ >= kSettled; }

 private:
  Millis offset_{};             ///< the wall clock's lead
  Deadline since_{};            ///< when it jumped there; {}: never looked
  Millis held_{};               ///< since then
  bool set_back_ = false;       ///< as was_set_back()
  bool back_ = false;           ///< it has jumped back to an earlier lead
  std::vector<Millis> before_;  ///< leads before it jumped, the newest last; a few
};

}  // namespace orgo
