#include "core/escalation/apply_effects.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/task/commands.h"

namespace orgo {
namespace {

template <typename Write>
void add_event(Changes& changes, const Task& task, const StepEffects& effects, EventKind kind, Write write) {
  Event event{.kind = kind,
              .subject = task.number,
              .message = task.origin,
              .send = {},
              .at = changes.at,
              .actor = "rules",
              .data = {}};
  JsonWriter json(event.data);
  json.begin_object();
  write(json);
  if (!effects.rule.empty()) json.field("rule", effects.rule);
  json.end_object();
  changes.events.push_back(std::move(event));
}

void add_send(Changes& changes, const Task& task, SendKind kind, Contact to, Priority priority,
              const std::string& name) {
  Send send;
  send.kind = kind;
  set_recipient(send, std::move(to));
  send.priority = priority;
  send.subject = task.number;
  send.message = task.origin;
  send.template_name = name;
  send.due_at = changes.at;
  changes.sends.push_back(std::move(send));
}

}  // namespace

void apply_effects(const StepEffects& effects, Task& next, Changes& changes,
                   const std::function<std::string(const std::string&)>& address_of) {
  if (effects.priority && *effects.priority != next.priority) {
    const auto to = *effects.priority;
    add_event(changes, next, effects, EventKind::task_priority,
              [&](JsonWriter& json) { json.field("from", to_string(next.priority)).field("to", to_string(to)); });
    next.priority = to;
  }
  if (!effects.assign.empty() && effects.assign != next.assignee) {
    add_event(changes, next, effects, EventKind::task_assigned,
              [&](JsonWriter& json) { json.field("from", next.assignee).field("to", effects.assign); });
    next.assignee = effects.assign;
    if (const auto to = address_of(effects.assign); is_mail_address(to))
      add_send(changes, next, SendKind::notification, mail_contact(to), notice_priority(next.priority),
               "task_assigned");
  }
  for (const auto& tag : effects.tags) {
    if (next.tags.size() >= commands::kTagsMax || std::find(next.tags.begin(), next.tags.end(), tag) != next.tags.end())
      continue;
    next.tags.push_back(tag);
    add_event(changes, next, effects, EventKind::task_tagged, [&](JsonWriter& json) { json.field("added", tag); });
  }
  if (!effects.note.empty())
    add_event(changes, next, effects, EventKind::task_commented,
              [&](JsonWriter& json) { json.field("text", effects.note); });
  for (const auto& url : effects.webhooks)
    add_send(changes, next, SendKind::webhook, webhook_contact(url), Priority::high, "escalated");
  if (is_mail_address(effects.answer_to))
    for (const auto& name : effects.replies)
      add_send(changes, next, SendKind::reply, mail_contact(effects.answer_to), Priority::normal, name);
}

}  // namespace orgo
