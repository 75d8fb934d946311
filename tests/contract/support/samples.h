#pragma once
#include <string>
#include <string_view>

#include "core/changes/changes.h"
#include "core/intake/raw_message.h"
#include "core/processing/message_decision.h"
#include "core/task/task_change.h"
#include "port/lease_owner.h"
#include "tests/support/tenants.h"

namespace orgo::contract {

/// Who holds the leases of a test.
inline const LeaseOwner kOwner{"mail1", "0a"};

inline constexpr TimePoint kStart{Millis{1'767'225'600'000}};  ///< 2026-01-01T00:00:00Z

/// A small mail. The same arguments make the same bytes.
inline std::string mail(std::string_view id, std::string_view body = "Water on the floor.") {
  return "From: Anna <anna@school.example>\r\nTo: office@school.example\r\nSubject: Water leak\r\nMessage-ID: <" +
         std::string(id) + ">\r\n\r\n" + std::string(body) + "\r\n";
}

/// `bytes` must outlive the result.
inline RawMessage raw(const std::string& bytes, std::string_view recipient = "office@school.example",
                      TenantId tenant = kTenant, Channel channel = Channel::lmtp) {
  return {.envelope = {.tenant = tenant,
                       .channel = channel,
                       .sender = mail_contact("anna@school.example"),
                       .recipient = mail_contact(recipient),
                       .peer = "127.0.0.1",
                       .received_at = kStart},
          .bytes = bytes};
}

inline Task new_task(std::string_view title = "Water leak", std::string_view team = "maintenance@school.example") {
  Task task{.tenant = kTenant};
  task.title = title;
  task.requester = mail_contact("anna@school.example");
  task.team = team;
  task.tags = {"water"};
  task.escalation = {
      .steps = {{.after = Millis{7'200'000}, .to = "head@school.example"}}, .level = 0, .started_at = kStart};
  task.created_at = task.updated_at = kStart;
  return task;
}

inline Event event(EventKind kind, std::string_view actor = "rules") {
  Event made;
  made.kind = kind;
  made.at = kStart;
  made.actor = actor;
  return made;
}

/// The same, about the task that its Changes opens.
inline Event event_of_new_task(EventKind kind, std::string_view actor = "rules") {
  auto made = event(kind, actor);
  made.subject = TaskRef::nth_new(0);
  return made;
}

/// Changes that open a task, with its event.
inline Changes opening(Task task = new_task(), TenantId tenant = kTenant) {
  Changes changes{.tenant = tenant};
  changes.at = kStart;
  task.tenant = tenant;
  changes.add(TaskChange{std::move(task)});
  changes.events.push_back(event_of_new_task(EventKind::task_opened));
  return changes;
}

/// Changes that open a task for a message, as processing makes them.
inline Changes deciding(MessageId message, TenantId tenant = kTenant) {
  auto task = new_task();
  task.origin = message;
  auto changes = opening(std::move(task), tenant);
  MessageDecision decision;
  decision.message = message;
  decision.outcome = Outcome::task_opened;
  decision.task = TaskRef::nth_new(0);
  decision.subject = "Water leak";
  decision.from = "anna@school.example";
  decision.reason = "rule 'water' routed it";
  decision.rules_version = "0123456789abcdef";
  decision.trace = R"({"rules":[]})";
  changes.add(std::move(decision));
  auto decided = event_of_new_task(EventKind::message_decided);
  decided.message = message;
  changes.events.push_back(std::move(decided));
  return changes;
}

/// About the task that its Changes opens.
inline Send notification(std::string_view recipient = "maintenance@school.example", TimePoint due_at = kStart,
                         Priority priority = Priority::high) {
  Send send;
  send.recipient = parse_contact(recipient);
  send.subject = TaskRef::nth_new(0);
  send.priority = priority;
  send.template_name = "task_opened";
  send.due_at = due_at;
  return send;
}

}  // namespace orgo::contract
