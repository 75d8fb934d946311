#include "service/escalation/clock_watch.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace orgo {
namespace {

constexpr std::size_t kLeadsMost = 8;

}  // namespace

void ClockWatch::look(TimePoint now, Deadline steady) {
  const auto lead = std::chrono::duration_cast<Millis>(now.time_since_epoch()) -
                    std::chrono::duration_cast<Millis>(steady.time_since_epoch());
  const bool first = since_ == Deadline{};
  const bool jumped = !first && std::chrono::abs(lead - offset_) > kJump;
  set_back_ = jumped && lead < offset_;
  if (jumped) {
    before_.push_back(offset_);
    if (before_.size() > kLeadsMost) before_.erase(before_.begin());
    back_ = std::ranges::any_of(before_, [&](Millis one) { return std::chrono::abs(lead - one) <= kNear; });
  }
  if (first || jumped) since_ = steady;
  offset_ = lead;
  held_ = std::chrono::duration_cast<Millis>(steady - since_);
}

}  // namespace orgo
