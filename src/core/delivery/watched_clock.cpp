#include "core/delivery/watched_clock.h"

#include <algorithm>

#include "base/planted.h"

namespace orgo {
namespace {

constexpr Millis kJump{1'000};  ///< by so much a clock may be corrected without anybody looking again
constexpr Millis kSettled = std::chrono::hours(6);

}  // namespace

WatchedClock::Look WatchedClock::compare(TimePoint wall, Deadline steady) const {
  if (steady_ == Deadline{}) return Look::first;
  const auto expected = wall_ + std::chrono::floor<Millis>(steady - steady_);
  if (wall + kJump < expected) return Look::set_back;
  return wall > expected + kJump ? Look::set_ahead : Look::steady;
}

WatchedClock::Look WatchedClock::look(TimePoint wall, Deadline steady) {
  const auto seen = compare(wall, steady);
  if (seen != Look::steady) trusted_since_ = steady;
  wall_ = wall;
  steady_ = steady;
  return seen;
}

TimePoint WatchedClock::waiting_since(TimePoint created_at, TimePoint wall, Deadline steady) const {
  if (ORGO_PLANT(age_by_a_clock_that_jumped)) return created_at;
  if (compare(wall, steady) != Look::steady) return std::max(created_at, wall);
  const auto seen = std::chrono::floor<Millis>(steady - trusted_since_);
  return seen >= kSettled ? created_at : std::max(created_at, wall - seen);
}

}  // namespace orgo
