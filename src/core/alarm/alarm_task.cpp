#include "core/alarm/alarm_task.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/alarm/alarm_change.h"
#include "core/contact/mail_address.h"
#include "core/task/task_change.h"

namespace orgo {
namespace {

constexpr std::size_t kToldMost = 20;

Event event(EventKind kind, std::string_view actor, TaskRef task, TimePoint now) {
  Event made;
  made.kind = kind;
  made.subject = task;
  made.at = now;
  made.actor = actor;
  return made;
}

}  // namespace

Event alarm_comment(std::string_view actor, TaskRef task, std::string_view text, TimePoint now) {
  auto made = event(EventKind::task_commented, actor, task, now);
  JsonWriter(made.data).begin_object().field("text", text).end_object();
  return made;
}

Changes raise_alarm(TenantId tenant, Alarm alarm, std::span<const std::string> administrators, TimePoint now) {
  constexpr auto kTask = TaskRef::nth_new(0);
  Changes changes{.tenant = tenant, .at = now};
  Task task{.tenant = tenant};
  task.title = std::move(alarm.title);
  task.team = administrators.empty() ? "administrators" : administrators.front();
  task.priority = alarm.priority;
  task.tags = {std::string(alarm.actor)};
  task.created_at = task.updated_at = now;
  auto opened = event(EventKind::task_opened, alarm.actor, kTask, now);
  JsonWriter json(opened.data);
  json.begin_object().field("title", task.title).field("team", task.team).field("priority", to_string(task.priority));
  json.key("tags").begin_array().string(alarm.actor).end_array().field("alarm", alarm.source);
  for (const auto& [name, value] : alarm.facts) json.field(name, value);
  json.end_object();
  changes.events.push_back(std::move(opened));
  changes.events.push_back(alarm_comment(alarm.actor, kTask, alarm.why, now));
  for (const auto& who : administrators) {
    const bool told = std::any_of(changes.sends.begin(), changes.sends.end(),
                                  [&](const Send& send) { return is_same_address(send.recipient.address, who); });
    if (!is_mail_address(who) || told || changes.sends.size() >= kToldMost) continue;
    Send send;
    send.kind = SendKind::notification;
    send.recipient = mail_contact(who);
    send.priority = ORGO_PLANT(alarm_is_told_ordinarily) ? Priority::normal : notice_priority(task.priority);
    send.subject = kTask;
    send.template_name = "task_opened";
    if (!ORGO_PLANT(alarm_has_no_words)) send.note = alarm.why;
    send.due_at = now;
    changes.sends.push_back(std::move(send));
  }
  changes.add(TaskChange{std::move(task)});
  changes.add(AlarmOpened{std::move(alarm.source), kTask});
  return changes;
}

}  // namespace orgo
