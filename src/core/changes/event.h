#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"
#include "core/changes/ref.h"
#include "core/changes/subject.h"

namespace orgo {

/// What happened, for the append-only log. The numbers are stored; never reuse one. Names: "task.opened", ...
enum class EventKind : std::int16_t {
  message_accepted = 1,
  message_decided = 2,
  message_repeated = 3,  ///< came again and was taken for the same: nothing was stored
  task_opened = 10,
  task_replied = 11,
  task_assigned = 12,
  task_state = 13,
  task_priority = 14,
  task_commented = 15,
  task_tagged = 16,
  task_due = 17,
  task_reopened = 18,
  task_routed = 19,
  task_field = 20,
  task_sla = 22,       ///< another service level, or none
  task_overdue = 21,   ///< the deadline that a person has set has passed
  task_answered = 24,  ///< what a person of ours says to the customer: it stands in `message`
  task_recalled = 25,  ///< that answer was taken back before it went out
  task_pending = 34,   ///< until when it is pending: another date, or none
  task_clock = 23,     ///< the clock was ahead: what came before in its history, and says later, was until now
  task_linked = 26,    ///< with another, which it names
  task_unlinked = 27,
  task_merged = 28,  ///< into another ("into"), or another into it ("task")
  task_unmerged = 29,
  task_split = 33,  ///< a message of it became a task of its own
  escalation_fired = 30,
  sla_warned = 31,
  sla_breached = 32,
  send_queued = 40,
  send_delivered = 41,
  send_deferred = 42,
  send_failed = 43,
  send_refused = 44,
  send_bounced = 45,
  send_delayed = 46,
  send_complained = 47,
  send_retried = 48,
  send_released = 49,
  send_dropped = 50,
  rules_loaded = 60,
  token_made = 61,
  token_revoked = 62,
  queue_retried = 63,
  queue_dropped = 64,
  suppression_added = 70,
  suppression_removed = 71,
  tenant_added = 80,
  tenant_changed = 81,
  tenant_suspended = 82,
  tenant_resumed = 83,
  person_added = 90,
  person_changed = 91,
  person_disabled = 92,
  person_enabled = 93,
  person_password = 94,
  person_logged_in = 95,
  person_logged_out = 96,
  person_refused = 97,
};
std::string_view to_string(EventKind kind);
std::optional<EventKind> parse_event_kind(std::string_view name);

/// One line of the history.
struct Event {
  EventKind kind{};
  Subject subject{};    ///< what it is about; none: about the message, or about nothing that has an id
  MessageId message{};  ///< the message that it is about or comes from; 0: none
  SendRef send{};       ///< the mail of ours that it is about; none: about none
  TimePoint at{};
  std::string actor{};  ///< "rules", "escalation", "user:anna", "delivery"
  std::string data{};   ///< a JSON object as text, at most 64 KiB; may be empty
};

}  // namespace orgo
