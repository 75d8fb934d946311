#include "adapter/mailbox/imap_suspects.h"

#include <algorithm>
#include <tuple>

#include "base/planted.h"

namespace orgo::mailbox {

void Suspects::adopt(std::uint32_t uid_validity) {
  if (uid_validity == uid_validity_) return;
  *this = {};
  uid_validity_ = uid_validity;
}

void Suspects::broke_off(std::span<const std::uint32_t> asked, std::uint32_t at, Time now) {
  if (asked.empty()) return;
  alone_up_to_ = std::max(alone_up_to_, asked.back());
  if (broke_.size() >= kKnownMost && !broke_.contains(at)) return;
  Broke& broke = broke_[at];
  broke.last = ++counter_;
  if (asked.size() > 1 || ORGO_PLANT(broken_mail_is_never_given_up)) return;
  ++broke.times;
  if (broke.times >= kTimesMost) again_at_ = now + kPause;
}

bool Suspects::is_given_up(std::uint32_t uid) const {
  const auto found = broke_.find(uid);
  return found != broke_.end() && found->second.times >= kTimesMost;
}

std::vector<std::uint32_t> Suspects::due(std::span<const std::uint32_t> held_back, bool anyway, Time now) const {
  // Those that broke nothing off, then those that were never asked for alone, then one suspect until it is clear what
  // it is, then what has waited longest.
  std::vector<std::tuple<int, std::uint64_t, std::uint32_t>> order;
  for (const std::uint32_t uid : held_back) {
    const auto found = broke_.find(uid);
    if (found == broke_.end()) {
      if (anyway) order.emplace_back(0, 0, uid);
    } else if (!is_given_up(uid)) {
      const int times = found->second.times;
      order.emplace_back(times == 0 ? 1 : 2, static_cast<std::uint64_t>(kTimesMost - times), uid);
    } else if (now >= again_at_) {
      order.emplace_back(3, found->second.last, uid);
    }
  }
  std::sort(order.begin(), order.end());
  std::vector<std::uint32_t> uids;
  uids.reserve(order.size());
  for (const auto& one : order) uids.push_back(std::get<2>(one));
  return uids;
}

}  // namespace orgo::mailbox
