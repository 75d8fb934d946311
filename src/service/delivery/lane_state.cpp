#include "service/delivery/lane_state.h"

#include <algorithm>

#include "base/one_line.h"
#include "base/planted.h"
#include "base/text.h"

namespace orgo {

SendsUnderWay::Turn::Turn(SendsUnderWay& sends) : sends_(sends) {
  std::unique_lock lock(sends_.mutex_);
  const auto me = std::this_thread::get_id();
  if (!ORGO_PLANT(leases_side_by_side)) {
    if (sends_.leasing_ == me) return;
    sends_.turn_ended_.wait(lock, [&] { return sends_.leasing_ == std::thread::id(); });
  }
  sends_.leasing_ = me;
  is_ours_ = true;
}

SendsUnderWay::Turn::~Turn() {
  if (!is_ours_) return;
  {
    const std::lock_guard lock(sends_.mutex_);
    sends_.leasing_ = {};
  }
  sends_.turn_ended_.notify_one();
}

std::optional<Deadline> ReceiverGate::enter(const std::string& receiver, Deadline now) {
  const std::lock_guard lock(mutex_);
  if (receivers_.size() >= kReceiversMax)
    std::erase_if(receivers_, [](const auto& one) { return one.second.inside == 0 && one.second.silent == 0; });
  auto& known = receivers_[receiver];
  if (ORGO_PLANT(one_receiver_takes_all)) return std::nullopt;
  if (now < known.closed_until) return known.closed_until;
  // One try is enough to see whether it is back.
  const int most = known.silent >= kSilentMax ? 1 : at_once_max_;
  if (known.inside >= most || (!known.proven && with_unproven_ >= unproven_max_)) return now + kBusyPause;
  ++known.inside;
  with_unproven_ += known.proven ? 0 : 1;
  return std::nullopt;
}

void ReceiverGate::leave(const std::string& receiver, bool answered, Deadline now) {
  const std::lock_guard lock(mutex_);
  auto& known = receivers_[receiver];
  if (!known.proven) with_unproven_ = std::max(with_unproven_ - 1, 0);
  known.inside = std::max(known.inside - 1, 0);
  // Those that are still inside change sides with it.
  if (known.proven != answered) with_unproven_ += answered ? -known.inside : known.inside;
  known.proven = answered;
  if (answered) {
    known.silent = 0;
    known.pause = Millis{};
    known.closed_until = {};
    return;
  }
  if (++known.silent < kSilentMax) return;
  known.pause = known.pause == Millis{} ? kPauseFirst : std::min(known.pause * 2, kPauseMost);
  known.closed_until = now + known.pause;
}

int ReceiverGate::closed(Deadline now) const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(
      std::ranges::count_if(receivers_, [&](const auto& one) { return now < one.second.closed_until; }));
}

bool LaneHealth::refused_us(std::string_view answer, TimePoint now) {
  const std::lock_guard lock(mutex_);
  const bool news = !us_;
  if (news) us_ = Refusal{one_line(answer, 300), now};
  else us_->answer = one_line(answer, 300);
  return news;
}

bool LaneHealth::refused_ours(const Contact& recipient, std::string_view answer, TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (ours_.size() >= kRecipientsMax) return false;
  const auto [at, fresh] = ours_.try_emplace(to_string(recipient), Refusal{{}, now});
  at->second.answer = one_line(answer, 200);
  return fresh;
}

bool LaneHealth::delivered(const Contact& recipient) {
  const std::lock_guard lock(mutex_);
  if (!ours_.empty()) ours_.erase(to_string(recipient));
  const bool had = us_.has_value();
  us_.reset();
  return had;
}

std::string LaneHealth::trouble(const TimeZone& zone) const {
  const std::lock_guard lock(mutex_);
  std::string words;
  if (us_)
    words = "the server that our mail goes out through refuses us since " + to_rfc3339(us_->since, zone) + ": " +
            us_->answer + "; what waits is held until that is mended";
  for (const auto& [address, refusal] : ours_)
    words += (words.empty() ? "" : "; ") + one_line(address, 200) + ", one of ours, refuses our mail since " +
             to_rfc3339(refusal.since, zone) + ": " + refusal.answer;
  return words;
}

std::string receiver_of(const Contact& contact) {
  const auto& url = contact.address;
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  const auto end = url.find_first_of("/?#", scheme + 3);
  return ascii_lower(url.substr(0, end));
}

}  // namespace orgo
