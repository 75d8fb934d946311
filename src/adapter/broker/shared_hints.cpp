#include "adapter/broker/shared_hints.h"

#include <algorithm>
#include <utility>

#include "adapter/broker/probe.h"
#include "base/log.h"
#include "base/planted.h"
#include "core/work/share.h"

namespace orgo {
namespace {

constexpr auto kKind = WorkKind::process;  ///< the one that is worth sharing: the others are a person's
constexpr Millis kLook{1'000};             ///< at the broker, when nobody woke us
constexpr Millis kFull{50};                ///< until there may be room at the broker
constexpr Millis kBusy{20};                ///< until workers may have too little
constexpr std::size_t kEnough = 50;        ///< wait here: nothing is fetched
constexpr std::size_t kTurnsAtOnce = 50;
constexpr std::size_t kDeliveriesMost = 20'000;

}  // namespace

SharedHints::SharedHints(std::unique_ptr<HintsBroker> broker, Clock& clock, SharedHintsOptions options)
    : broker_(std::move(broker)), clock_(clock), options_(std::move(options)), own_(options_.own) {
  HintsProbe::instance().there.set(0);
}

void SharedHints::on_announced(std::function<void(WorkKind)> wake) {
  own_.on_announced(std::move(wake));
}

void SharedHints::announce(std::span<const WorkKey> keys, TimePoint now) {
  own_.announce(keys, now);
  if (wake_putter_ && to_share(view()) > 0) wake_putter_();
}

std::vector<WorkHint> SharedHints::take(WorkKind kind, int limit, TimePoint now) {
  return own_.take(kind, limit, now);
}

void SharedHints::ack(std::span<const WorkHint> hints) {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& hint : hints)
      if (const auto found = deliveries_.find(hint.key); found != deliveries_.end()) {
        if (!ORGO_PLANT(fetched_is_never_acknowledged)) acknowledged_.push_back(std::move(found->second.name));
        deliveries_.erase(found);
      }
  }
  own_.ack(hints);
}

std::size_t SharedHints::waiting(WorkKind kind) {
  return own_.waiting(kind) + (kind == kKind ? at_broker_.load() : 0);
}

ShareView SharedHints::view() {
  return {.waiting_here = own_.waiting(kKind),
          .waiting_there = at_broker_,
          .room_there = options_.shared_most,
          .decides = options_.decides,
          .has_others = !options_.has_others || options_.has_others()};
}

/// What is given away stays known here, so that a sweeper that finds it unclaimed does not give it away once more.
Status SharedHints::put(std::size_t count, TimePoint now) {
  const auto most = std::min<std::size_t>(count, HintsBroker::kFetchMost);
  std::vector<WorkHint> hints;
  // A taking has each tenant's together, and at the broker they are in line: so a few turns at a time.
  while (hints.size() < most) {
    const auto some = own_.take(kKind, static_cast<int>(std::min(most - hints.size(), kTurnsAtOnce)), now);
    if (some.empty()) break;
    hints.insert(hints.end(), some.begin(), some.end());
  }
  if (hints.empty()) return {};
  std::vector<WorkKey> keys;
  keys.reserve(hints.size());
  for (const auto& hint : hints) keys.push_back(hint.key);
  if (auto put = broker_->put(kKind, keys); !put) {
    own_.ack(hints);
    own_.announce(keys, now);  // for our own workers, then
    return put;
  }
  at_broker_ += hints.size();
  HintsProbe::instance().shared.add(static_cast<double>(hints.size()));
  const std::lock_guard lock(mutex_);
  if (ORGO_PLANT(shared_hint_is_forgotten)) return own_.ack(hints), Status{};
  for (const auto& hint : hints) shared_.insert_or_assign(hint.key, Shared{hint, now + options_.shared_for});
  return {};
}

void SharedHints::forget_shared(TimePoint now, bool all) {
  std::vector<WorkHint> ended;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(shared_, [&](const auto& entry) {
      if (!all && now < entry.second.until) return false;
      ended.push_back(entry.second.hint);
      return true;
    });
  }
  own_.ack(ended);
}

Millis SharedHints::put_step() {
  if (is_stopped_) return kLook;
  const auto now = clock_.now();
  const auto depth = broker_->depth(kKind);
  if (!depth) return after(kPut, tl::unexpected(depth.error()), kLook);
  at_broker_ = *depth;
  // An empty broker holds none of ours: somebody took it, or it was forgotten.
  forget_shared(now, *depth == 0);
  const auto share = view();
  const auto count = to_share(share);
  if (count == 0) return after(kPut, {}, share.waiting_there >= share.room_there ? kFull : kLook);
  return after(kPut, put(count, now), Millis{0});
}

Status SharedHints::acknowledge() {
  std::vector<std::string> names;
  {
    const std::lock_guard lock(mutex_);
    names = std::exchange(acknowledged_, {});
  }
  // What is lost here comes again, and a claim finds nothing.
  return names.empty() ? Status{} : broker_->ack(kKind, names);
}

/// Of hints that had no room here, or whose worker was lost: the broker gives them again.
void SharedHints::forget_deliveries(TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (deliveries_.size() >= kDeliveriesMost / 2)
    std::erase_if(deliveries_, [&](const auto& entry) { return now >= entry.second.until; });
}

Status SharedHints::fetch(TimePoint now) {
  ORGO_TRY(fetched, broker_->fetch(kKind, options_.fetched_at_once, options_.waits_for_others));
  if (fetched.empty()) return {};
  HintsProbe::instance().fetched.add(static_cast<double>(fetched.size()));
  std::vector<WorkKey> keys;
  std::vector<WorkHint> ours;
  {
    const std::lock_guard lock(mutex_);
    for (auto& one : fetched) {
      if (const auto found = shared_.find(one.key); found != shared_.end()) {
        ours.push_back(found->second.hint);
        shared_.erase(found);
      }
      const bool has_room = deliveries_.size() < kDeliveriesMost;
      if (has_room)
        deliveries_.insert_or_assign(one.key, Delivery{std::move(one.delivery), now + options_.own.hands_max});
      else acknowledged_.push_back(std::move(one.delivery));
      keys.push_back(one.key);
    }
  }
  own_.ack(ours);
  own_.announce(keys, clock_.now());
  return {};
}

Millis SharedHints::fetch_step() {
  if (is_stopped_ || !options_.decides) return kLook;
  const auto now = clock_.now();
  forget_deliveries(now);
  if (auto told = acknowledge(); !told) return after(kFetch, told, kLook);
  if (own_.waiting(kKind) >= kEnough) return after(kFetch, {}, kBusy);
  return after(kFetch, fetch(now), Millis{0});
}

Millis SharedHints::after(Line line, const Status& status, Millis pause) {
  if (is_stopped_) return kLook;
  bool is_new = false, is_over = false;
  {
    const std::lock_guard lock(mutex_);
    auto& trouble = trouble_.at(line);
    is_new = !status && trouble.empty();
    is_over = status && !trouble.empty();
    trouble = status ? "" : status.error().message;
    is_there_ = trouble_[kPut].empty() && trouble_[kFetch].empty();
  }
  HintsProbe::instance().there.set(is_there_ ? 1 : 0);
  if (is_new) log::warn("hints.broker_away", {{"cause", status.error().message}});
  if (is_over && is_there_) log::info("hints.broker_back", {});
  if (!status && line == kPut) at_broker_ = 0;
  return status ? pause : kLook;
}

void SharedHints::stop() {
  is_stopped_ = true;
  broker_->stop();
}

std::string SharedHints::trouble() const {
  const std::lock_guard lock(mutex_);
  for (const auto& trouble : trouble_)
    if (!trouble.empty()) return trouble;
  return {};
}

}  // namespace orgo
