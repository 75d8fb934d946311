#pragma once
#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/time.h"
#include "base/time_zone.h"
#include "core/contact/contact.h"
#include "port/outbox.h"
#include "service/delivery/brake_counts.h"

namespace orgo {

/// The sends that this process is sending. A lease ends by the wall clock, which may jump; none of these is leased
/// again here meanwhile, whatever it says. Workers lease one after the other, so that no clock that jumps between a
/// lease and its note gives the same to two. Any thread.
class SendsUnderWay {
 public:
  /// Leases by `lease`, which is told which ones are under way, and adds what it got.
  template <typename Lease>
  Result<std::vector<LeasedSend>> lease(Lease lease) {
    const Turn turn(*this);
    if (!turn.is_ours()) return std::vector<LeasedSend>();
    auto leased = lease(all());
    const std::lock_guard lock(mutex_);
    if (leased)
      std::erase_if(*leased, [this](const LeasedSend& one) { return !sends_.emplace(one.tenant, one.id).second; });
    return leased;
  }
  void remove(TenantId tenant, SendId id) {
    const std::lock_guard lock(mutex_);
    sends_.erase({tenant, id});
  }

 private:
  /// From the look at what is under way until what was leased is. Waits for the other threads' turns; a thread that
  /// has one and asks again, as the simulator's only one does, gets none.
  class Turn {
   public:
    explicit Turn(SendsUnderWay& sends);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    [[nodiscard]] bool is_ours() const { return is_ours_; }

   private:
    SendsUnderWay& sends_;
    bool is_ours_ = false;
  };
  std::set<std::pair<TenantId, SendId>> all() {
    const std::lock_guard lock(mutex_);
    return sends_;
  }
  std::mutex mutex_;
  std::condition_variable turn_ended_;
  std::thread::id leasing_;  ///< whose turn it is
  std::set<std::pair<TenantId, SendId>> sends_;
};

/// Who may be called now, of a lane whose recipients each have a server of their own. One that is silent costs a
/// worker its whole patience: so at most half of the workers are with one receiver at a time, a quarter (one at
/// least) is only for those that answered their last call, however many others are silent, and one that did not answer
/// a few times in a row is left alone for a while, with a try now and then. Any thread.
class ReceiverGate {
 public:
  explicit ReceiverGate(int workers)
      : at_once_max_(workers > 1 ? workers / 2 : 1),
        unproven_max_(workers > 1 ? workers - std::max(workers / 4, 1) : 1) {}

  /// nullopt: go, and say leave() afterwards. Else when it may be asked again.
  std::optional<Deadline> enter(const std::string& receiver, Deadline now);
  void leave(const std::string& receiver, bool answered, Deadline now);
  /// Receivers that are left alone now.
  [[nodiscard]] int closed(Deadline now) const;

  static constexpr int kSilentMax = 3;          ///< unanswered calls in a row
  static constexpr Millis kPauseFirst{10'000};  ///< after them; it doubles
  static constexpr Millis kPauseMost{300'000};
  static constexpr Millis kBusyPause{1'000};  ///< when others are with it
  static constexpr std::size_t kReceiversMax = 10'000;

 private:
  struct Receiver {
    int inside = 0;
    int silent = 0;       ///< calls in a row without an answer
    bool proven = false;  ///< it answered the last call
    Millis pause{};
    Deadline closed_until{};
  };
  const int at_once_max_;
  const int unproven_max_;
  int with_unproven_ = 0;  ///< calls under way to receivers that are not proven
  mutable std::mutex mutex_;
  std::map<std::string, Receiver> receivers_;  ///< well-behaved ones that nobody is with are forgotten when it is full
};

/// What a person has to mend: the relay refuses *us*, or people of ours can't be reached. Any thread.
class LaneHealth {
 public:
  /// Returns whether that is news.
  bool refused_us(std::string_view answer, TimePoint now);
  bool refused_ours(const Contact& recipient, std::string_view answer, TimePoint now);
  /// Returns whether the relay had refused us before.
  bool delivered(const Contact& recipient);
  /// In words, with times as the clocks of `zone` show them; empty: nothing.
  [[nodiscard]] std::string trouble(const TimeZone& zone = {}) const;

 private:
  struct Refusal {
    std::string answer;
    TimePoint since{};
  };
  static constexpr std::size_t kRecipientsMax = 100;
  mutable std::mutex mutex_;
  std::optional<Refusal> us_;
  std::map<std::string, Refusal> ours_;
};

/// What the workers of one lane share.
struct LaneState {
  LaneState(Outbox& outbox, std::string lane, std::int64_t total_factor, int workers)
      : brake(outbox, std::move(lane), total_factor), gate(workers) {}
  SendsUnderWay under_way;
  BrakeCounts brake;
  ReceiverGate gate;
  LaneHealth health;
};

/// The server that a webhook goes to: "https://host:port"; what is no URL is itself.
std::string receiver_of(const Contact& contact);

}  // namespace orgo
