#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock_watch.h"
#include "base/result.h"
#include "core/delivery/loop_limits.h"
#include "core/delivery/outcome.h"
#include "core/delivery/render.h"
#include "core/delivery/retry.h"
#include "core/rules/rule_set.h"
#include "core/suppression/suppress.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/message_store.h"
#include "port/outbound_channel.h"
#include "port/outbox.h"
#include "port/task_store.h"
#include "service/delivery/lane_state.h"
#include "service/delivery/sources.h"
#include "service/policy/policy_book.h"

namespace orgo {

struct DeliverySettings {
  LeaseOwner owner = {};      ///< in whose name sends are leased
  std::string provider;       ///< of the channel, when it has several: the lane is "channel/provider"; empty: "channel"
  int batch = 50;             ///< sends per step, 1 to 1,000
  Millis send_time{120'000};  ///< for what is given to the channel at a time (ChannelTraits::together)
  Millis lease_time{300'000};  ///< more than send_time, else a slow server gets the same mail from two workers
  /// Sends less urgent than this are left to other workers of the lane: one that only does what is urgent is free when
  /// that comes, however slow the peer is with the rest.
  Priority least = Priority::low;
  Millis wait_most{14'400'000};  ///< longer than any wait: what waits longer was put off by a wrong clock
  std::int64_t loop_total_factor = kLoopTotalFactor;
  RetryPolicy retry;  ///< of all but the urgent, which are tried sooner (see retry_policy)
};

/// One lane: from a row of the outbox to the answer of a peer and its event: lease, send, commit. A lane has one
/// channel and workers of its own, so that no silent peer of one holds what another carries; several workers may share
/// a lane, each with a channel object of its own, and share its LaneState. At least once by the lease; a repeated send
/// has the same id, and what a peer has taken is durable before the next one is handed to a peer: a process that dies
/// repeats one send for each connection at most.
class DeliveryService {
 public:
  using Random = std::function<double()>;  ///< 0 to 1, for jitter
  DeliveryService(Outbox& outbox, MessageStore& messages, TaskStore& tasks, ChangeStore& changes, Clock& clock,
                  OutboundChannel& channel, PolicyOf policies, Random random, DeliverySettings settings,
                  std::shared_ptr<LaneState> lane_state = {});  ///< none: it is alone in its lane

  struct Report {
    int leased = 0;
    int sent = 0;
    int deferred = 0;
    int failed = 0;                     ///< for good
    int refused = 0;                    ///< by the brake against loops, or to a suppressed address
    int stale = 0;                      ///< somebody else had leased it meanwhile; its answer counts
    std::optional<TimePoint> next_due;  ///< when the next send of the lane is due; nullopt: nothing waits
  };
  /// One batch, most urgent first. The error of a store that is down or full: what was not tried is given back as soon
  /// as the store is well.
  Result<Report> step();
  /// From any thread: no further send is begun, and step() ends when the one under way has; what is left of its batch
  /// is given back. Never taken back.
  void ask_to_stop() { stopping_ = true; }

 private:
  struct Work;
  Work begin(LeasedSend leased) const;
  /// Ends it already when it may not or can't go; else it is `ready`.
  void prepare(Work& work, Sources& sources, TimePoint now);
  /// Reads the task of an attempt and who has it; false: it can't be read now, and the attempt has ended by that.
  bool know_task(Work& work, Sources& sources, TimePoint now);
  static Result<std::optional<Task>> as_recipient_knows_it(const LeasedSend& leased, const std::optional<Task>& task,
                                                           const std::optional<Message>& message, Sources& sources);
  void render(Work& work, Sources& sources, TimePoint now);
  Result<std::vector<LeasedSend>> lease(TimePoint now);
  /// Gives what is ready to the channel, as many at a time as it wants, and tells the store of each how it ended.
  Status send(std::vector<Work>& works, Deadline lease_end, Report& report);
  Status send_together(std::span<Work*> waiting, Deadline lease_end, Report& report);
  /// Whether its receiver may be called now; else it is put off.
  bool may_enter(Work& work);
  void note_health(const Work& work, const SendResult& result);
  void note_outcome(const Work& work);
  /// Tells the store what is not told yet.
  Status tell(Report& report);
  Status give_back();
  Status cap_waits(TimePoint now);

  Outbox& outbox_;
  MessageStore& messages_;
  TaskStore& tasks_;
  ChangeStore& changes_;
  Clock& clock_;
  OutboundChannel& channel_;
  PolicyOf policies_;
  Random random_;
  DeliverySettings settings_;
  std::string lane_;
  std::shared_ptr<LaneState> state_;
  std::vector<Changes> untold_;     ///< outcomes that the store has not confirmed
  std::vector<LeasedSend> unsent_;  ///< leased and not tried
  Deadline capped_at_{};            ///< when waits were looked at last
  ClockWatch watch_;
  std::atomic<bool> stopping_{false};
};

}  // namespace orgo
