#include "base/clock_watch.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "base/planted.h"

namespace orgo {
namespace {

constexpr std::size_t kLeadsMost = 8;

Millis lead_of(TimePoint now, Deadline steady) {
  return std::chrono::duration_cast<Millis>(now.time_since_epoch()) -
         std::chrono::duration_cast<Millis>(steady.time_since_epoch());
}

}  // namespace

bool ClockWatch::jumps_to(Millis lead, Deadline steady) const {
  return std::chrono::abs(lead - offset_) > kJump + std::chrono::duration_cast<Millis>(steady - looked_at_) / 1'000;
}

void ClockWatch::look(TimePoint now, Deadline steady) {
  const auto lead = lead_of(now, steady);
  const bool first = !has_looked();
  const bool jumped = !first && jumps_to(lead, steady);
  set_back_ = jumped && lead < offset_;
  if (jumped) {
    before_.push_back(offset_);
    if (before_.size() > kLeadsMost) before_.erase(before_.begin());
    back_ = std::ranges::any_of(before_, [&](Millis one) { return std::chrono::abs(lead - one) <= kNear; });
  }
  if (first || jumped) since_ = steady;
  offset_ = lead;
  looked_at_ = steady;
  held_ = std::chrono::duration_cast<Millis>(steady - since_);
}

TimePoint ClockWatch::waiting_since(TimePoint created_at, TimePoint now, Deadline steady) const {
  if (ORGO_PLANT(age_by_a_clock_that_jumped)) return created_at;
  if (!has_looked() || jumps_to(lead_of(now, steady), steady)) return std::max(created_at, now);
  const auto seen = std::chrono::duration_cast<Millis>(steady - since_);
  return seen >= kWatched ? created_at : std::max(created_at, now - seen);
}

}  // namespace orgo
