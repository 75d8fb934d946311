#include "core/delivery/outcome.h"

#include <utility>

#include "base/json_writer.h"
#include "base/stored_text.h"
#include "core/delivery/brake.h"
#include "core/intake/raw_message.h"
#include "core/suppression/suppression_change.h"
#include "core/threading/ids_in_answer.h"
#include "core/threading/thread_alias.h"

namespace orgo {
namespace {

constexpr std::size_t kDetailMax = 1024;

EventKind event_kind(SendOutcome::Kind kind) {
  switch (kind) {
    case SendOutcome::Kind::delivered:
      return EventKind::send_delivered;
    case SendOutcome::Kind::deferred:
      return EventKind::send_deferred;
    case SendOutcome::Kind::failed:
      return EventKind::send_failed;
    case SendOutcome::Kind::refused:
      return EventKind::send_refused;
  }
  return EventKind::send_failed;
}

Event event_of(const Attempt& attempt, std::string_view channel, std::string_view detail, TimePoint now) {
  Event event;
  event.kind = event_kind(attempt.kind);
  event.subject = attempt.send.subject;
  event.message = attempt.send.message;
  event.send = attempt.id;
  event.at = now;
  event.actor = "delivery";
  JsonWriter json(event.data);
  json.begin_object()
      .field("channel", channel)
      .field("to", to_string(attempt.send.recipient))
      .field("attempt", attempt.number);
  if (attempt.kind == SendOutcome::Kind::delivered) {
    if (!attempt.message_id.empty()) json.field("message_id", attempt.message_id);
    json.field("answer", detail);
  } else {
    if (attempt.kind == SendOutcome::Kind::deferred) json.field("next", to_rfc3339(attempt.next_attempt));
    json.field("cause", detail);
  }
  json.end_object();
  return event;
}

/// What a recipient who can't be reached leads to beside the end of the send.
void follow_failure(Changes& changes, const Attempt& attempt, const SuppressionPolicy& policy, TimePoint now) {
  note_failure(changes, attempt.suppression,
               {.contact = attempt.send.recipient,
                .verdict = judge_answer(attempt.detail),
                .reason = std::string(to_string(reason_of_answer(attempt.detail))),
                .detail = stored_text(attempt.detail, kDetailMax),
                .message = {},
                .send = attempt.id,
                .task = attempt.send.subject.task(),
                .actor = "delivery"},
               policy, now);
  if (attempt.send.kind != SendKind::reply || !attempt.task) return;
  if (auto told =
          lost_answer(*attempt.task, attempt.id, attempt.send.recipient, stored_text(attempt.detail, kDetailMax), now))
    changes.sends.push_back(std::move(*told));
}

}  // namespace

void end_by_answer(Attempt& attempt, const RetryPolicy& policy, AttemptResult result, std::string detail, TimePoint now,
                   double random) {
  const auto decided = decide_retry(policy, result, attempt.number, attempt.created_at, now, random);
  attempt.kind = decided.kind;
  attempt.next_attempt = decided.next_attempt;
  attempt.detail = std::move(detail);
}

void end_by_brake(Attempt& attempt, const RetryPolicy& policy, const LoopDecision& decision, TimePoint now,
                  double random) {
  const bool too_old = now - attempt.created_at >= policy.age_max;
  attempt.kind = decision.verdict == LoopVerdict::refuse ? SendOutcome::Kind::refused
                 : too_old                               ? SendOutcome::Kind::failed
                                                         : SendOutcome::Kind::deferred;
  attempt.next_attempt = after_brake(now, random);
  attempt.detail = decision.detail;
}

Changes outcome_of(const Attempt& attempt, const ChannelTraits& traits, const SuppressionPolicy& policy,
                   TimePoint now) {
  const auto detail = stored_text(attempt.detail, kDetailMax);
  Changes changes{.tenant = attempt.tenant, .at = now};
  changes.events.push_back(event_of(attempt, traits.name, detail, now));
  changes.add(SendOutcome{.send = attempt.id,
                          .lease = attempt.lease,
                          .kind = attempt.kind,
                          .next_attempt = attempt.next_attempt,
                          .detail = detail});
  if (traits.quiet) return changes;
  if (attempt.kind == SendOutcome::Kind::failed) follow_failure(changes, attempt, policy, now);
  if (attempt.kind == SendOutcome::Kind::delivered && attempt.send.subject.task())
    for (const auto& id : ids_in_answer(attempt.detail))
      changes.add(ThreadAlias{message_id_hash(attempt.tenant, id), attempt.send.subject.task(), attempt.id});
  return changes;
}

}  // namespace orgo
