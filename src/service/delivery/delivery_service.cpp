#include "service/delivery/delivery_service.h"

#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "core/delivery/brake.h"
#include "core/delivery/render_outgoing.h"
#include "core/delivery/send_outcome.h"
#include "core/suppression/suppression_change.h"
#include "service/delivery/probe.h"

namespace orgo {
namespace {

DeliveryProbe& probe() {
  static DeliveryProbe instance;
  return instance;
}

constexpr Millis kCommitTime{60'000};

AttemptResult attempt_result(SendResult::Kind kind) {
  switch (kind) {
    case SendResult::Kind::delivered:
      return AttemptResult::delivered;
    case SendResult::Kind::temporary:
      return AttemptResult::temporary;
    case SendResult::Kind::permanent:
      return AttemptResult::permanent;
    case SendResult::Kind::unknown:
      return AttemptResult::unknown;
  }
  return AttemptResult::temporary;
}

/// Counts and logs how one ended.
void note(const Changes& changes, const SendOutcome& outcome, std::string_view channel,
          DeliveryService::Report& report) {
  const auto send = to_string(outcome.send);
  const auto task = to_string(changes.events.front().subject);
  switch (outcome.kind) {
    case SendOutcome::Kind::delivered:
      ++report.sent;
      probe().sent.with({channel}).add();
      log::info("delivery.sent", {{"send", send}, {"task", task}, {"channel", channel}, {"answer", outcome.detail}});
      break;
    case SendOutcome::Kind::deferred:
      ++report.deferred;
      probe().deferred.with({channel}).add();
      log::warn("delivery.retry", {{"send", send},
                                   {"channel", channel},
                                   {"next", to_rfc3339(outcome.next_attempt)},
                                   {"cause", outcome.detail}});
      break;
    case SendOutcome::Kind::failed:
      ++report.failed;
      probe().failed.with({channel}).add();
      log::error("delivery.failed", {{"send", send}, {"task", task}, {"channel", channel}, {"cause", outcome.detail}});
      break;
    case SendOutcome::Kind::refused:
      ++report.refused;
      probe().refused.with({channel}).add();
      log::warn("delivery.refused", {{"send", send}, {"task", task}, {"cause", outcome.detail}});
      break;
  }
}

}  // namespace

struct DeliveryService::Work {
  LeasedSend leased;
  RetryPolicy retry;
  Attempt attempt;
  std::shared_ptr<const Policy> policy{};  ///< by which it is rendered; null: it can't be loaded
  Outgoing outgoing{};
  bool ready = false;  ///< rendered, and not yet answered
};

DeliveryService::DeliveryService(Outbox& outbox, MessageStore& messages, TaskStore& tasks, ChangeStore& changes,
                                 Clock& clock, OutboundChannel& channel, PolicyOf policies, Random random,
                                 DeliverySettings settings)
    : outbox_(outbox), messages_(messages), tasks_(tasks), changes_(changes), clock_(clock), channel_(channel),
      policies_(std::move(policies)), random_(std::move(random)), settings_(std::move(settings)),
      lane_(std::string(channel.capabilities().name) +
            (settings_.provider.empty() ? std::string() : "/" + settings_.provider)),
      brake_counts_(outbox, lane_, settings_.loop_total_factor) {}

Result<DeliveryService::Report> DeliveryService::step() {
  Report report;
  ORGO_CHECK(tell(report));  // what a peer has taken in an earlier step, before the same could be leased again
  const auto begun = clock_.now();
  ORGO_TRY(leases, outbox_.lease_sends(settings_.owner, begun, settings_.lease_time, settings_.batch, lane_));
  report.leased = static_cast<int>(leases.size());
  if (!leases.empty()) {
    Sources sources(outbox_, messages_, tasks_);
    if (!channel_.capabilities().quiet) ORGO_CHECK(sources.read_suppressions(leases));
    std::vector<Work> works;
    works.reserve(leases.size());
    for (auto& leased : leases) {
      works.push_back(begin(std::move(leased)));
      prepare(works.back(), sources, begun);
    }
    // What is known is told before anything goes out: a slow peer must not keep it from the store.
    for (const auto& work : works)
      if (!work.ready) note_outcome(work);
    ORGO_CHECK(tell(report));
    ORGO_CHECK(send(works, begun + settings_.lease_time, report));
  }
  ORGO_TRY(next, outbox_.next_send(lane_));
  report.next_due = next;
  return report;
}

DeliveryService::Work DeliveryService::begin(LeasedSend leased) const {
  Attempt attempt{.tenant = leased.tenant,
                  .id = leased.id,
                  .send = leased.send,
                  .lease = leased.lease,
                  .number = leased.attempts,
                  .created_at = leased.created_at};
  const auto retry = retry_policy(leased.send.priority, settings_.retry);
  return {.leased = std::move(leased), .retry = retry, .attempt = std::move(attempt)};
}

void DeliveryService::prepare(Work& work, Sources& sources, TimePoint now) {
  if (auto policy = policies_(work.leased.tenant)) work.policy = *std::move(policy);
  else return end_by_answer(work.attempt, work.retry, AttemptResult::temporary, policy.error().message, now, random_());
  const auto facts = brake_counts_.facts(work.leased, sources, now);
  if (!facts)
    return end_by_answer(work.attempt, work.retry, AttemptResult::temporary, facts.error().message, now, random_());
  work.attempt.suppression = facts->suppression;
  const auto decision = brake(*facts, settings_.loop_total_factor, now);
  if (decision.verdict != LoopVerdict::go) return end_by_brake(work.attempt, work.retry, decision, now, random_());
  render(work, sources, now);
}

void DeliveryService::render(Work& work, Sources& sources, TimePoint now) {
  const auto& leased = work.leased;
  const auto fail = [&](AttemptResult result, const Error& why) {
    end_by_answer(work.attempt, work.retry, result, why.message, now, random_());
  };
  const auto& task = sources.task(leased.tenant, leased.send.subject.task());
  if (!task) return fail(AttemptResult::temporary, task.error());
  work.attempt.task = *task;
  const auto& message = sources.message(leased.tenant, leased.send.message);
  if (!message) return fail(AttemptResult::temporary, message.error());
  auto rendered = render_outgoing({.tenant = leased.tenant,
                                   .id = leased.id,
                                   .send = leased.send,
                                   .task = *task ? &**task : nullptr,
                                   .message = *message ? &**message : nullptr,
                                   .templates = &work.policy->rules->templates(),
                                   .at = leased.created_at,
                                   .zone = work.policy->zone()},
                                  work.policy->settings.render, channel_.capabilities());
  if (!rendered) return fail(AttemptResult::permanent, rendered.error());
  work.outgoing = std::move(*rendered);
  work.outgoing.secret = work.policy->settings.webhook_secret;
  work.ready = true;
}

Status DeliveryService::send(std::vector<Work>& works, TimePoint lease_end, Report& report) {
  std::vector<Work*> waiting;
  for (auto& work : works)
    if (work.ready) waiting.push_back(&work);
  const auto together = channel_.capabilities().together;
  for (std::size_t next = 0; next < waiting.size();) {
    // Whatever has taken the time until here: what its lease does not cover is left to the next who leases it, since it
    // may be sent by somebody else before it would be answered to us.
    if (clock_.now() + settings_.send_time > lease_end) break;
    const auto count = together == 0 ? waiting.size() : std::min(together, waiting.size() - next);
    std::vector<Outgoing> batch;
    for (std::size_t i = next; i < next + count; ++i) {
      waiting[i]->attempt.message_id = waiting[i]->outgoing.message_id;
      waiting[i]->outgoing.at = clock_.now();
      batch.push_back(std::move(waiting[i]->outgoing));
    }
    auto results = channel_.send(batch, within(settings_.send_time));
    results.resize(count);  // a channel that answers too little: temporary
    const auto now = clock_.now();
    for (std::size_t i = 0; i < count; ++i) {
      auto& work = *waiting[next + i];
      end_by_answer(work.attempt, work.retry, attempt_result(results[i].kind), std::move(results[i].detail), now,
                    random_());
      note_outcome(work);
    }
    ORGO_CHECK(tell(report));
    next += count;
  }
  return {};
}

void DeliveryService::note_outcome(const Work& work) {
  // Whose policy is not known has nobody put on a list either.
  const auto suppression = work.policy ? work.policy->settings.decide.suppression : SuppressionPolicy{.enabled = false};
  untold_.push_back(outcome_of(work.attempt, channel_.capabilities(), suppression, clock_.now()));
}

Status DeliveryService::tell(Report& report) {
  if (untold_.empty()) return {};
  auto answers = changes_.commit(untold_, within(kCommitTime));
  if (!answers) return tl::unexpected(std::move(answers).error());  // all of it stays untold, and is told again
  std::vector<Changes> retold;
  for (std::size_t i = 0; i < untold_.size(); ++i) {
    const auto& changes = untold_[i];
    const auto& outcome = changes.all<SendOutcome>().front();
    if ((*answers)[i]) {
      note(changes, outcome, channel_.capabilities().name, report);
    } else if (!changes.all<SuppressionChange>().empty()) {
      // Two mails of one step failed for the same address: its entry has another version now. What it says is there
      // already.
      auto alone = changes;
      alone.remove_all<SuppressionChange>();
      std::erase_if(alone.events, [](const Event& one) { return one.kind == EventKind::suppression_added; });
      retold.push_back(std::move(alone));
    } else {
      // Its lease ran out and somebody else sent it, or an earlier call of ours got through and its answer was lost.
      ++report.stale;
      log::debug("delivery.stale", {{"send", to_string(outcome.send)}, {"cause", (*answers)[i].error().message}});
    }
  }
  untold_ = std::move(retold);
  return untold_.empty() ? Status{} : tell(report);
}

}  // namespace orgo
