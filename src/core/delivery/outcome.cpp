#include "core/delivery/outcome.h"

#include <algorithm>
#include <utility>

#include "base/json_writer.h"
#include "base/planted.h"
#include "base/stored_text.h"
#include "core/delivery/brake.h"
#include "core/intake/raw_message.h"
#include "core/suppression/suppression_change.h"
#include "core/task/task_change.h"
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
  if (attempt.send.content) json.field("content", to_string(attempt.send.content));
  if (attempt.kind == SendOutcome::Kind::delivered) {
    if (!attempt.message_id.empty()) json.field("message_id", attempt.message_id);
    json.field("answer", detail);
  } else {
    if (attempt.kind == SendOutcome::Kind::deferred) json.field("next", to_rfc3339(attempt.next_attempt));
    if (attempt.about == About::us) json.field("about", "us");
    // Of what a person wrote, who may want to take it back: was a peer asked, and does it have it?
    if (attempt.send.content && attempt.wait == SendOutcome::Wait::tried)
      json.field("taken", attempt.maybe_taken ? "unknown" : "no");
    json.field("cause", detail);
  }
  json.end_object();
  return event;
}

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

/// What a recipient who can't be reached leads to beside the end of the send.
void follow_failure(Changes& changes, const Attempt& attempt, const SuppressionPolicy& policy, TimePoint now) {
  note_failure(changes, attempt.suppression,
               {.contact = attempt.send.recipient,
                .verdict = attempt.about == About::them ? judge_answer(attempt.detail) : AddressVerdict::none,
                .reason = std::string(to_string(reason_of_answer(attempt.detail))),
                .detail = stored_text(attempt.detail, kDetailMax),
                .message = {},
                .send = attempt.id,
                .task = attempt.send.subject.task(),
                .actor = "delivery",
                .ours = attempt.ours},
               policy, now);
}

/// Whoever has the task hears that an answer did not arrive.
void tell_of_lost_answer(Changes& changes, const Attempt& attempt, TimePoint now) {
  if (!attempt.task || ORGO_PLANT(lost_answer_is_told_to_nobody)) return;
  if (auto told = lost_answer(*attempt.task, attempt.holder, attempt.id, attempt.send.recipient,
                              stored_text(attempt.detail, kDetailMax), now))
    changes.sends.push_back(std::move(*told));
}

/// An automatic answer may be refused without a word (the brake), what a person wrote may not.
bool is_lost_answer(const Attempt& attempt) {
  const auto kind = attempt.send.kind;
  if (attempt.kind == SendOutcome::Kind::failed) return kind == SendKind::reply || kind == SendKind::answer;
  return attempt.kind == SendOutcome::Kind::refused && kind == SendKind::answer;
}

}  // namespace

void end_by_answer(Attempt& attempt, const RetryPolicy& policy, AttemptResult result, std::string detail, TimePoint now,
                   double random) {
  const auto decided = decide_retry(policy, result, attempt.number, attempt.created_at, now, random);
  attempt.kind = decided.kind;
  attempt.next_attempt = decided.next_attempt;
  attempt.maybe_taken = result == AttemptResult::unknown;
  attempt.detail = std::move(detail);
}

void end_by_result(Attempt& attempt, const RetryPolicy& policy, SendResult result, std::string_view sender,
                   TimePoint now, double random) {
  auto kind = attempt_result(result.kind);
  if (kind == AttemptResult::permanent && result.stage != SendResult::Stage::none) {
    attempt.about = judge_refusal(result.stage, result.detail, sender, attempt.send.recipient.address);
    if (attempt.about == About::us) {
      // Its waits grow with its age, since a look is no attempt of its own.
      const auto age = std::max(now - attempt.created_at, Millis{0});
      const auto wait = std::clamp(age / 4, policy.first, std::max(policy.first, policy.most));
      end_untried(attempt, policy, std::move(result.detail), now + wait, now);
      attempt.kind = SendOutcome::Kind::deferred;
      return;
    }
    if (attempt.ours && !ORGO_PLANT(our_own_fails_at_once)) kind = AttemptResult::temporary;
  }
  end_by_answer(attempt, policy, kind, std::move(result.detail), now, random);
  if (attempt.kind == SendOutcome::Kind::deferred && result.retry_after && !ORGO_PLANT(retry_after_ignored)) {
    const auto pause = std::min(*result.retry_after, std::max(policy.most, policy.first));
    attempt.next_attempt = std::max(attempt.next_attempt, now + pause);
  }
}

void end_untried(Attempt& attempt, const RetryPolicy& policy, std::string detail, TimePoint again, TimePoint now) {
  const bool too_old = now - attempt.created_at >= policy.age_max && !ORGO_PLANT(untried_never_gives_up);
  attempt.kind = too_old ? SendOutcome::Kind::failed : SendOutcome::Kind::deferred;
  attempt.wait = SendOutcome::Wait::untried;
  attempt.next_attempt = again;
  attempt.detail = std::move(detail);
}

void end_by_brake(Attempt& attempt, const RetryPolicy& policy, const LoopDecision& decision, TimePoint again,
                  TimePoint now) {
  const bool too_old = now - attempt.created_at >= policy.age_max;
  attempt.kind = decision.verdict == LoopVerdict::refuse ? SendOutcome::Kind::refused
                 : too_old                               ? SendOutcome::Kind::failed
                                                         : SendOutcome::Kind::deferred;
  attempt.wait = SendOutcome::Wait::held;
  attempt.next_attempt = again;
  attempt.detail = decision.detail;
}

Changes outcome_of(const Attempt& attempt, const ChannelTraits& traits, const SuppressionPolicy& policy,
                   TimePoint now) {
  const auto detail = stored_text(attempt.detail, kDetailMax);
  Changes changes{.tenant = attempt.tenant, .at = now};
  const bool waits_on =
      attempt.kind == SendOutcome::Kind::deferred && attempt.was_held && attempt.wait == SendOutcome::Wait::held;
  if (!waits_on) changes.events.push_back(event_of(attempt, traits.name, detail, now));
  changes.add(SendOutcome{.send = attempt.id,
                          .lease = attempt.lease,
                          .kind = attempt.kind,
                          .next_attempt = attempt.next_attempt,
                          .detail = detail,
                          .wait = attempt.wait});
  if (traits.quiet && !ORGO_PLANT(webhook_failure_suppresses)) return changes;
  if (attempt.kind == SendOutcome::Kind::failed) follow_failure(changes, attempt, policy, now);
  if (is_lost_answer(attempt)) {
    tell_of_lost_answer(changes, attempt, now);
    // The promise that it had kept is open again: escalate() reads it from the history at once.
    if (attempt.task && attempt.send.content && settles_later(*attempt.task))
      changes.timers.push_back(deadline_set(attempt.task->number, now));
  }
  if (attempt.kind == SendOutcome::Kind::delivered && attempt.send.subject.task())
    for (const auto& id : ids_in_answer(attempt.detail))
      changes.add(ThreadAlias{message_id_hash(attempt.tenant, id), attempt.send.subject.task(), attempt.id});
  return changes;
}

}  // namespace orgo
