#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/delivery/loop_limits.h"
#include "core/delivery/render.h"
#include "core/delivery/retry.h"
#include "core/rules/rule_set.h"
#include "core/suppression/suppress.h"
#include "port/change_store.h"
#include "port/clock.h"
#include "port/mail_channel.h"
#include "port/message_store.h"
#include "port/outbox.h"
#include "port/task_store.h"
#include "port/webhook_channel.h"

namespace orgo {

struct DeliverySettings {
  bool mail = true;             ///< false: there is no relay; mails wait, webhooks go out
  int batch = 50;               ///< sends per step, 1 to 1,000
  Millis send_time{120'000};    ///< for the mails of one step together
  Millis webhook_time{10'000};  ///< for one webhook
  Millis lease_time{300'000};   ///< more than send_time, else a slow server gets the same mail from two workers
  std::int64_t loop_total_factor = kLoopTotalFactor;
  RetryPolicy retry;  ///< of all but P0, which is tried sooner (see retry_policy)
  RenderSettings render;
  SuppressionPolicy suppression;
};

/// From a row of the outbox to the answer of a peer and its event: lease, send, commit. Several may run at once, each
/// with channels of its own. At least once by the lease; a repeated mail has the same Message-ID, and what a peer has
/// taken is told to the store before anything new is leased, also when the store is down for a while.
class DeliveryService {
 public:
  using Rules = std::function<std::shared_ptr<const rules::RuleSet>()>;  ///< the set in force now, for its templates
  using Random = std::function<double()>;                                ///< 0 to 1, for jitter
  DeliveryService(Outbox& outbox, MessageStore& messages, TaskStore& tasks, ChangeStore& changes, Clock& clock,
                  MailChannel& mail, WebhookChannel& webhooks, Rules rules, Random random, DeliverySettings settings);

  struct Report {
    int leased = 0;
    int sent = 0;
    int deferred = 0;
    int failed = 0;                     ///< for good
    int refused = 0;                    ///< by the brake against loops, or to a suppressed address
    int stale = 0;                      ///< somebody else had leased it meanwhile; its answer counts
    std::optional<TimePoint> next_due;  ///< when the next send is due; nullopt: nothing waits
  };
  /// One batch, most urgent first. The error of a store that is down or full: what is leased comes back after its
  /// lease.
  Result<Report> step();

 private:
  struct Work;
  /// What a send is made of, read once for all sends of a step that need it.
  struct Sources {
    std::map<std::pair<TenantId, TaskNumber>, Result<std::optional<Task>>> tasks;
    std::map<std::pair<TenantId, MessageId>, Result<std::optional<Message>>> messages;
    std::map<std::pair<TenantId, std::string>, Suppression> suppressions;  ///< of all recipients of the step
  };
  const Result<std::optional<Task>>& task_of(Sources& sources, const LeasedSend& leased);
  const Result<std::optional<Message>>& message_of(Sources& sources, const LeasedSend& leased);
  Result<LoopDecision> check_loops(const LeasedSend& leased, TimePoint now);
  /// Of an automatic answer: what was answered to this address before.
  Result<LoopDecision> check_answers(const LeasedSend& leased, Sources& sources, TimePoint now);
  Status read_suppressions(const std::vector<LeasedSend>& leases, Sources& sources);
  /// Of the whole tenant, counted at most every few seconds: it is the dear part, and its limits are far away.
  Result<std::array<std::int64_t, kLoopLimits.size()>> tenant_counts(TenantId tenant, TimePoint now);
  void prepare(Work& work, Sources& sources, const rules::RuleSet& rules, TimePoint now);
  void send_mails(std::vector<Work>& works);
  void send_webhook(Work& work);
  Changes outcome_of(const Work& work, TimePoint now);
  /// What a permanent refusal by the relay leads to beside the end of the send.
  void follow_failure(const Work& work, Changes& changes, TimePoint now);
  /// Tells the store what is not told yet.
  Status tell(Report& report);

  Outbox& outbox_;
  MessageStore& messages_;
  TaskStore& tasks_;
  ChangeStore& changes_;
  Clock& clock_;
  MailChannel& mail_;
  WebhookChannel& webhooks_;
  Rules rules_;
  Random random_;
  DeliverySettings settings_;
  struct TenantCounts {
    TimePoint at{};
    std::array<std::int64_t, kLoopLimits.size()> counts{};
  };
  std::map<TenantId, TenantCounts> tenant_counts_;
  std::vector<Changes> untold_;  ///< outcomes that the store has not confirmed
};

}  // namespace orgo
