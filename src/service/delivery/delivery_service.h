#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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
#include "service/delivery/brake_counts.h"
#include "service/delivery/sources.h"
#include "service/policy/policy_book.h"

namespace orgo {

struct DeliverySettings {
  LeaseOwner owner = {};      ///< in whose name sends are leased
  std::string provider;       ///< of the channel, when it has several: the lane is "channel/provider"; empty: "channel"
  int batch = 50;             ///< sends per step, 1 to 1,000
  Millis send_time{120'000};  ///< for what is given to the channel at a time (ChannelTraits::together)
  Millis lease_time{300'000};  ///< more than send_time, else a slow server gets the same mail from two workers
  std::int64_t loop_total_factor = kLoopTotalFactor;
  RetryPolicy retry;  ///< of all but the urgent, which are tried sooner (see retry_policy)
};

/// One lane: from a row of the outbox to the answer of a peer and its event: lease, send, commit. A lane has one
/// channel and workers of its own, so that no silent peer of one holds what another carries; several workers may share
/// a lane, each with a channel object of its own. At least once by the lease; a repeated send has the same id, and what
/// a peer has taken is told to the store before anything new is leased, also when the store is down for a while.
class DeliveryService {
 public:
  using Random = std::function<double()>;  ///< 0 to 1, for jitter
  DeliveryService(Outbox& outbox, MessageStore& messages, TaskStore& tasks, ChangeStore& changes, Clock& clock,
                  OutboundChannel& channel, PolicyOf policies, Random random, DeliverySettings settings);

  struct Report {
    int leased = 0;
    int sent = 0;
    int deferred = 0;
    int failed = 0;                     ///< for good
    int refused = 0;                    ///< by the brake against loops, or to a suppressed address
    int stale = 0;                      ///< somebody else had leased it meanwhile; its answer counts
    std::optional<TimePoint> next_due;  ///< when the next send of the lane is due; nullopt: nothing waits
  };
  /// One batch, most urgent first. The error of a store that is down or full: what is leased comes back after its
  /// lease.
  Result<Report> step();

 private:
  struct Work;
  Work begin(LeasedSend leased) const;
  /// Ends it already when it may not or can't go; else it is `ready`.
  void prepare(Work& work, Sources& sources, TimePoint now);
  void render(Work& work, Sources& sources, TimePoint now);
  /// Gives what is ready to the channel, as many at a time as it wants, and tells after each time how it ended.
  Status send(std::vector<Work>& works, TimePoint lease_end, Report& report);
  void note_outcome(const Work& work);
  /// Tells the store what is not told yet.
  Status tell(Report& report);

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
  BrakeCounts brake_counts_;
  std::vector<Changes> untold_;  ///< outcomes that the store has not confirmed
};

}  // namespace orgo
