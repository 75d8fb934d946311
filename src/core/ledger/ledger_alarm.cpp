#include "core/ledger/ledger_alarm.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/silence/alarm_change.h"
#include "core/task/task_change.h"

namespace orgo {
namespace {

constexpr std::size_t kToldMost = 20;
constexpr std::size_t kNamedMost = 20;
constexpr auto kTask = TaskRef::nth_new(0);  ///< that tells of the alarm

Event event(EventKind kind, TaskRef task, TimePoint now) {
  Event made;
  made.kind = kind;
  made.subject = task;
  made.at = now;
  made.actor = "ledger";
  return made;
}

Event comment(TaskRef task, TimePoint now, std::string_view text) {
  auto made = event(EventKind::task_commented, task, now);
  JsonWriter(made.data).begin_object().field("text", text).end_object();
  return made;
}

std::string words(std::int64_t messages, std::span<const MessageId> first) {
  std::string named;
  for (const auto& one : first.subspan(0, std::min(first.size(), kNamedMost)))
    named += (named.empty() ? "" : ", ") + to_string(one);
  return std::to_string(messages) +
         (messages == 1 ? " message that was accepted is" : " messages that were accepted are") +
         " in no state: neither decided nor waiting nor given up. That must never be, and nobody works on them: " +
         named + (static_cast<std::size_t>(messages) > kNamedMost ? ", ..." : "") +
         ". Their bytes are kept. `orgo doctor --repair` puts them back to work; please report it.";
}

}  // namespace

Changes raise_ledger_alarm(TenantId tenant, std::int64_t messages, std::span<const MessageId> first,
                           std::span<const std::string> administrators, TimePoint now) {
  Changes changes{.tenant = tenant, .at = now};
  Task task{.tenant = tenant};
  task.title = "The ledger does not balance: " + std::to_string(messages) +
               (messages == 1 ? " message is in no state" : " messages are in no state");
  task.team = administrators.empty() ? "administrators" : administrators.front();
  task.priority = Priority::urgent;
  task.tags = {"ledger"};
  task.created_at = task.updated_at = now;
  auto opened = event(EventKind::task_opened, kTask, now);
  JsonWriter json(opened.data);
  json.begin_object().field("title", task.title).field("team", task.team).field("priority", to_string(task.priority));
  json.key("tags").begin_array().string("ledger").end_array().field("alarm", kLedgerAlarm).end_object();
  changes.events.push_back(std::move(opened));
  const auto why = words(messages, first);
  changes.events.push_back(comment(kTask, now, why));
  for (const auto& who : administrators) {
    const bool told = std::any_of(changes.sends.begin(), changes.sends.end(),
                                  [&](const Send& send) { return ascii_iequals(send.recipient.address, who); });
    if (!is_mail_address(who) || told || changes.sends.size() >= kToldMost) continue;
    Send send;
    send.kind = SendKind::notification;
    send.recipient = mail_contact(who);
    send.priority = notice_priority(task.priority);
    send.subject = kTask;
    send.template_name = "task_opened";
    send.note = why;
    send.due_at = now;
    changes.sends.push_back(std::move(send));
  }
  changes.add(TaskChange{std::move(task)});
  changes.add(AlarmOpened{std::string(kLedgerAlarm), kTask});
  return changes;
}

Changes end_ledger_alarm(TenantId tenant, TaskNumber task, TimePoint now) {
  Changes changes{.tenant = tenant, .at = now};
  changes.add(AlarmClosed{std::string(kLedgerAlarm)});
  changes.events.push_back(comment(task, now, "The ledger balances again: each message has its state."));
  return changes;
}

}  // namespace orgo
