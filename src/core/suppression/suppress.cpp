#include "core/suppression/suppress.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/one_line.h"
#include "base/planted.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/channel/refusal.h"
#include "core/contact/mail_address.h"

namespace orgo {
namespace {

constexpr std::size_t kDetailMax = 1024;

void write_event(Changes& changes, EventKind kind, const Suppression& entry, TaskNumber task, SendId send,
                 TimePoint now) {
  Event& event = changes.events.emplace_back();
  event.kind = kind;
  event.subject = task;
  event.message = entry.message;
  event.send = send;
  event.at = now;
  event.actor = entry.actor;
  JsonWriter json(event.data);
  json.begin_object().field("address", entry.address).field("reason", entry.reason);
  if (!entry.detail.empty()) json.field("detail", entry.detail);
  if (entry.count > 1) json.field("failures", entry.count);
  if (entry.expires_at) json.field("expires_at", to_rfc3339(*entry.expires_at));
  json.end_object();
}

}  // namespace

AddressVerdict judge_address(BounceReason reason, Permanence permanence, DeliveryAction action) {
  if (reason == BounceReason::feedback) return AddressVerdict::permanent;
  if (action != DeliveryAction::failed) return AddressVerdict::none;
  switch (reason) {
    case BounceReason::userunknown:
    case BounceReason::hasmoved:
    case BounceReason::suspend:
      return AddressVerdict::permanent;
    case BounceReason::hostunknown:
    case BounceReason::notaccept:  // a name server that is out of order says much the same
      return permanence == Permanence::hard ? AddressVerdict::permanent : AddressVerdict::temporary;
    case BounceReason::mailboxfull:
    case BounceReason::filtered:
    case BounceReason::onhold:
    case BounceReason::expired:
    case BounceReason::networkerror:
    case BounceReason::exceedlimit:
      return AddressVerdict::temporary;
    case BounceReason::undefined:
      return permanence == Permanence::hard ? AddressVerdict::permanent : AddressVerdict::temporary;
    default:
      return AddressVerdict::none;
  }
}

BounceReason reason_of_answer(std::string_view answer) {
  const auto code = enhanced_code(answer);
  if (code == "5.1.1" || code == "5.1.10") return BounceReason::userunknown;
  if (code == "5.1.2") return BounceReason::hostunknown;
  if (code == "5.1.6") return BounceReason::hasmoved;
  if (code == "5.2.1") return BounceReason::suspend;
  return BounceReason::undefined;
}

AddressVerdict judge_answer(std::string_view answer) {
  return reason_of_answer(answer) == BounceReason::undefined ? AddressVerdict::none : AddressVerdict::permanent;
}

bool note_failure(Changes& changes, const std::optional<Suppression>& known, const AddressFailure& failure,
                  const SuppressionPolicy& policy, TimePoint now) {
  if (!policy.enabled || (failure.ours && !ORGO_PLANT(our_own_suppressed)) || failure.verdict == AddressVerdict::none ||
      !is_valid(failure.contact))
    return false;
  const bool permanent = failure.verdict == AddressVerdict::permanent;
  if (!permanent && policy.temporary_failures <= 0) return false;

  auto entry = known.value_or(Suppression{.tenant = changes.tenant});
  const bool blocked_before = known && blocks(*known, now);
  entry.address = contact_key(failure.contact);
  entry.version = known ? known->version + 1 : 1;
  const bool fresh = !known || (!blocked_before && (known->active || now - known->since > policy.window) &&
                                !ORGO_PLANT(old_failures_count));
  if (fresh) {
    entry.count = 0;
    entry.since = now;
    entry.active = false;
    entry.expires_at.reset();
  }
  ++entry.count;
  entry.updated_at = now;
  // What a person or a dead mailbox has decided is not softened by a later report of a full one.
  if (!blocked_before || permanent) {
    if (!(blocked_before && entry.reason == "manual") || ORGO_PLANT(manual_entry_is_written_over)) {
      entry.reason = failure.reason;
      entry.detail = cut_utf8(failure.detail, kDetailMax);
      entry.actor = failure.actor;
    }
    entry.message = failure.message;
    if (permanent || entry.count >= policy.temporary_failures) {
      entry.active = true;
      const auto time =
          permanent && !ORGO_PLANT(dead_mailbox_comes_back) ? policy.permanent_time : policy.temporary_time;
      if (time.count() > 0) entry.expires_at = now + time;
      else entry.expires_at.reset();
    }
  }
  const bool begins = blocks(entry, now) && !blocked_before;
  if (begins) write_event(changes, EventKind::suppression_added, entry, failure.task, failure.send, now);
  changes.add(SuppressionChange{std::move(entry), false});
  return begins;
}

std::optional<Send> lost_answer(const Task& task, std::string_view who, SendId answer, const Contact& recipient,
                                std::string_view words, TimePoint now) {
  if (!is_mail_address(who) || is_same_contact(mail_contact(who), recipient)) return std::nullopt;
  Send made;
  made.kind = SendKind::notification;
  made.recipient = mail_contact(who);
  made.subject = task.number;
  made.template_name = "answer_bounced";
  made.note = to_string(answer) + " to " + to_string(recipient) + ": " + one_line(words, 500);
  made.due_at = now;
  return made;  // it answers no mail: in the thread of the report nobody would look for it
}

namespace commands {

Result<Changes> suppress(TenantId tenant, const std::optional<Suppression>& known, std::string_view address,
                         std::string_view detail, std::optional<TimePoint> expires_at, std::string_view actor,
                         TimePoint now, const TimeZone& zone) {
  if (!is_mail_address(trim(address)))
    return failure(Errc::invalid_input, "'" + one_line(address, 100) + "' is no mail address");
  if (detail.size() > kDetailMax) return failure(Errc::invalid_input, "the reason is longer than 1,024 bytes");
  if (expires_at && *expires_at <= now)
    return failure(Errc::invalid_input, "the time at which it expires is over already");
  if (known && blocks(*known, now))
    return failure(Errc::conflict, known->address + " is " + refusal_words(*known, zone));
  Changes changes{.tenant = tenant, .at = now};
  Suppression entry{.tenant = tenant};
  entry.address = contact_key(mail_contact(address));
  entry.version = known ? known->version + 1 : 1;
  entry.active = true;
  entry.reason = "manual";
  entry.detail = one_line(detail, kDetailMax);
  entry.count = known ? known->count : 0;
  entry.since = now;
  entry.updated_at = now;
  entry.actor = actor;
  entry.expires_at = expires_at;
  write_event(changes, EventKind::suppression_added, entry, {}, {}, now);
  changes.add(SuppressionChange{std::move(entry), false});
  return changes;
}

Changes unsuppress(const Suppression& known, std::string_view actor, TimePoint now) {
  Changes changes{.tenant = known.tenant, .at = now};
  Suppression entry = known;
  ++entry.version;
  entry.actor = actor;
  entry.message = {};
  write_event(changes, EventKind::suppression_removed, entry, {}, {}, now);
  changes.add(SuppressionChange{std::move(entry), true});
  return changes;
}

}  // namespace commands
}  // namespace orgo
