#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/lifecycle.h"
#include "base/time.h"
#include "port/clock.h"
#include "port/locks.h"
#include "port/signals.h"
#include "service/answers/decision_bell.h"
#include "service/loop/loop_group.h"

namespace orgo {

inline constexpr Millis kIdle{1'000};        ///< longest sleep of a loop: what the end of a lease made due is seen then
inline constexpr Millis kAfterTrouble{500};  ///< pause behind a failed step, so that a full disk is not hammered

/// What nodes tell each other: there is work to decide, something to send, a new timer, something was decided.
inline constexpr std::string_view kWorkWaits = "work";
inline constexpr std::string_view kSendsWait = "sends";
inline constexpr std::string_view kTimersWait = "timers";
inline constexpr std::string_view kDecided = "decided";

/// What every part of this process is given. A part opens what it needs, leaves how that stops on the lifecycle stack,
/// and says what shall begin once all parts are open: a start that fails has done no work.
class Node {
 public:
  Node(std::string name, Clock& clock, Signals& signals, Locks& locks, Lifecycle& lifecycle);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  /// Another one at each start: what an earlier process of this node had is not ours.
  [[nodiscard]] const std::string& boot() const { return boot_; }
  /// Who holds leases and locks: this boot of this node.
  [[nodiscard]] std::string owner() const { return boot_ + "@" + name_; }
  Signals& signals() { return signals_; }
  Locks& locks() { return locks_; }
  Clock& clock() { return clock_; }

  /// Other nodes work on the same database, as far as this one knows. Any thread.
  [[nodiscard]] bool has_others() const { return has_others_; }
  void set_others(bool are_there) { has_others_ = are_there; }
  /// Tells the other nodes at once what they would find by themselves within a second; nothing where there are none.
  void tell_others(std::string_view topic);
  /// `listener` hears what others tell so; also when nobody knows whether something was missed. As Signals::Listener.
  [[nodiscard]] std::unique_ptr<Signals::Subscription> hear_others(std::string_view topic,
                                                                   std::function<void()> listener);
  /// This process must not go on, for what stands in the log: it stops in order, and says to whoever started it that it
  /// failed, so that a service manager starts it again. Any thread.
  void fail();
  [[nodiscard]] bool has_failed() const { return has_failed_; }
  Lifecycle& lifecycle() { return lifecycle_; }
  /// Rings when messages were decided, here or by another node that tells it; nullptr: nobody does.
  [[nodiscard]] DecisionBell* decisions() { return decides_ ? &decisions_ : nullptr; }
  /// This process decides messages, or hears who does: they ring.
  DecisionBell& begin_deciding() {
    decides_ = true;
    return decisions_;
  }
  /// `begin` runs when all parts are open.
  void when_open(std::function<void()> begin) { begins_.push_back(std::move(begin)); }
  /// Loops that begin when all parts are open, and end when the lifecycle comes to this point of its way back. `then`
  /// runs behind their end.
  LoopGroup& add_loops(std::string name, std::function<void()> then = {});
  /// How loops end that wait for peers.
  struct LoopStop {
    std::function<void()> ask;  ///< nothing new shall be begun
    std::function<void()> cut;  ///< what is under way shall end now, whatever its peer does
  };
  /// The same; steps that wait for peers have a moment to come to their end, and then they are cut off.
  LoopGroup& add_loops(std::string name, LoopStop stop);
  /// All parts are open: their work begins, in the order in which they asked for it.
  void begin();

 private:
  const std::string name_;
  const std::string boot_;
  Clock& clock_;
  Signals& signals_;
  Locks& locks_;
  Lifecycle& lifecycle_;
  std::atomic<bool> has_others_{false};
  std::atomic<bool> has_failed_{false};
  std::vector<std::function<void()>> begins_;
  bool decides_ = false;
  DecisionBell decisions_;
};

/// 0 to 1, for jitter. Any thread.
double random_share();
/// How long until `due`, as a sleep of a loop.
Millis sleep_until(std::optional<TimePoint> due, TimePoint now);
/// What a door may take to end what is under way: half of what is left, so that others have their part, 5 s at most.
Millis grace_until(Deadline deadline);
/// A part was not able to do one step: `event` says it in the log, and the loop waits a little.
Millis after_trouble(std::string_view event, const Error& error);

}  // namespace orgo
