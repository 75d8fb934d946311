#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "core/suppression/suppression.h"
#include "core/task/task.h"

namespace orgo {

/// What happened, for the append-only log. The numbers are stored; never reuse one. Names: "task.opened", ...
enum class EventKind : std::int16_t {
  message_accepted = 1,
  message_decided = 2,
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
  rules_loaded = 60,
  token_made = 61,
  token_revoked = 62,
  queue_retried = 63,
  queue_dropped = 64,
  suppression_added = 70,
  suppression_removed = 71,
};
std::string_view to_string(EventKind kind);
std::optional<EventKind> parse_event_kind(std::string_view name);

/// In a Changes value, task number 0 means "the task that this Changes opens": the store puts the number in.
struct Event {
  EventKind kind{};
  TaskNumber task;    ///< 0 and no new task in the Changes: the event is not about a task
  MessageId message;  ///< 0: none
  SendId send;        ///< 0: none; the k-th send_queued of a Changes that has 0 is about its k-th Send
  TimePoint at{};
  std::string actor;  ///< "rules", "escalation", "user:anna", "delivery"
  std::string data;   ///< a JSON object as text, at most 64 KiB; may be empty
};

/// How the processing of one message ended. The numbers are stored; never reuse one.
enum class Outcome : std::int8_t {
  task_opened = 1,
  task_joined = 2,  ///< a follow-up or a further copy: attached to a task
  recorded = 3,     ///< kept, no work: auto-reply, bounce, list, own loop
  dropped = 4,      ///< a rule said so; kept and recorded
};
std::string_view to_string(Outcome outcome);

/// The decision about one message; at most one ever exists per message, and that makes processing exactly-once.
struct MessageDecision {
  MessageId message;
  Outcome outcome = Outcome::recorded;
  TaskNumber task;            ///< 0 and outcome task_opened: the new one; 0 otherwise: none
  std::string subject;        ///< for lists, at most 500 bytes
  std::string from;           ///< address, for lists
  std::string reason;         ///< one line for a person: "rule 'water' routed it to maintenance@..."
  std::string rules_version;  ///< hash of the rule set that decided
  std::string trace;          ///< JSON: findings, keywords, each rule tried and why (I2); may be empty
};

/// A new task has number 0 and version 0. A changed one carries version = seen + 1; the store compares.
struct TaskChange {
  Task task;
};

/// Why a mail goes out. The numbers are stored; never reuse one.
enum class SendKind : std::int8_t { notification = 1, escalation = 2, reply = 3, webhook = 4 };
std::string_view to_string(SendKind kind);

/// How a send stands. The numbers are stored; never reuse one.
enum class SendState : std::int8_t {
  queued = 1,
  delivered = 2,  ///< a peer took it
  failed = 3,     ///< given up
  refused = 4,    ///< not sent: the brake against loops, or a suppressed address
  bounced = 5,    ///< a peer took it, and a report says that it did not arrive
};
std::string_view to_string(SendState state);

/// Something to go out; rendered when it is delivered, from the task as it is then and `template_name` + `note`.
struct Send {
  SendKind kind = SendKind::notification;
  std::string channel = "mail";  ///< "mail" or "webhook"
  std::string recipient;         ///< address or URL
  int priority = 1;              ///< P0 (critical) to P3 (marketing), E1
  TaskNumber task;               ///< 0: the new task
  MessageId message;             ///< what it answers, for In-Reply-To and References; 0: none
  std::string template_name;     ///< "task_opened", "escalated", or one of the rule file
  std::string note;              ///< free text for the template, at most 4 KiB
  TimePoint due_at{};            ///< not before
};

/// One pending deadline per task: the next step of its chain. Setting replaces; `fired` must still be the one pending.
struct TimerSet {
  TaskNumber task;  ///< 0: the new task
  TimePoint due_at{};
};
struct TimerCleared {
  TaskNumber task;
};
/// Fencing for "one escalation per deadline": if (task, due_at) is not pending any more, the whole Changes is refused.
struct TimerFired {
  TaskNumber task;
  TimePoint due_at{};
};

/// One open alarm per source ("mailbox:office", "channel:lmtp") and the task that tells of it. Opening what is open
/// already, or closing what is not, refuses the whole Changes with conflict: that makes "one silence, one task" hold
/// over crashes.
struct AlarmOpened {
  std::string source;  ///< at most 200 bytes
  TaskNumber task;     ///< 0: the new task
};
struct AlarmClosed {
  std::string source;
};

/// How an attempt to send ended. `lease` is the token under which the send was leased; a stale one is refused.
struct SendOutcome {
  enum class Kind : std::int8_t { delivered, deferred, failed, refused };
  SendId send;
  std::int64_t lease = 0;
  Kind kind = Kind::delivered;
  TimePoint next_attempt{};  ///< for deferred
  std::string detail;        ///< answer of the peer or the reason, at most 1 KiB
};

/// A report told that this mail did not arrive. Once per send: one that has bounced already is refused (conflict), so
/// that nobody is told twice. A send that still waits for its next attempt (its answer had got lost) does not go out
/// again.
struct SendBounced {
  SendId send;
  std::string detail;  ///< what the report says, at most 1 KiB
};

/// The next version of an entry of the suppression list, or its end. `entry.version` is the version seen + 1 (1: a new
/// one); the store compares.
struct SuppressionChange {
  Suppression entry;
  bool removed = false;
};

/// A Message-ID that other programs know a mail of this task by, beside the one it has here: what a provider or our
/// relay put in place of it, or that of a mail which was never seen here. The first task that names an id keeps it; a
/// Changes that opens a task for an id that another task has is refused (conflict): decided again, it joins that one.
struct ThreadAlias {
  std::int64_t id_hash = 0;  ///< message_id_hash()
  TaskNumber task;           ///< 0: the new task
  SendId send;               ///< the mail of ours that got the id; 0: an incoming one
};

/// All that follows from one decision, applied in one transaction or not at all. There is no other way to change state.
struct Changes {
  TenantId tenant;
  TimePoint at{};
  std::optional<MessageDecision> decision;
  std::vector<TaskChange> tasks;  ///< at most one new task
  std::vector<Event> events;
  std::vector<Send> sends;
  std::vector<TimerSet> timers_set;
  std::vector<TimerCleared> timers_cleared;
  std::vector<TimerFired> timers_fired;
  std::vector<SendOutcome> send_outcomes;
  std::vector<AlarmOpened> alarms_opened;
  std::vector<AlarmClosed> alarms_closed;
  std::vector<SendBounced> sends_bounced;
  std::vector<SuppressionChange> suppressions;
  std::vector<ThreadAlias> thread_aliases;
};

}  // namespace orgo
