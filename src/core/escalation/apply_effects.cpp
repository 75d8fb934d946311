#include "core/escalation/apply_effects.h"

#include <span>
#include <utility>

#include "base/planted.h"
#include "core/channel/channel_traits.h"
#include "core/contact/mail_address.h"
#include "core/task/send_about.h"
#include "core/task/task_effects.h"

namespace orgo {
namespace {

/// What a step of this rule's chain has sent.
void add_send(Changes& changes, const Task& task, const std::string& rule, SendKind kind, Contact to, Priority priority,
              const std::string& name) {
  auto send = send_about(task, kind, std::move(to), name, changes.at);
  send.priority = priority;
  if (ORGO_PLANT(send_of_a_step_has_no_cause)) send.cause.clear();
  send.rule = rule;
  changes.sends.push_back(std::move(send));
}

}  // namespace

void apply_effects(const EscalationStep& step, Task& next, Changes& changes,
                   const std::function<std::string(const std::string&)>& address_of) {
  const auto& effects = *step.effects;
  TaskEffects to_task{.rule = step.rule, .priority = effects.priority, .tags = effects.tags};
  if (!effects.assign.empty()) to_task.assign = effects.assign;
  if (!effects.note.empty()) to_task.notes = std::span(&effects.note, 1);
  const bool assigned = !effects.assign.empty() && effects.assign != next.assignee;
  apply_to_task(to_task, next.origin, next, changes);
  if (const auto to = assigned ? address_of(effects.assign) : std::string(); is_mail_address(to))
    add_send(changes, next, step.rule, SendKind::notification, mail_contact(to), notice_priority(next.priority),
             "task_assigned");
  for (const auto& url : effects.webhooks)
    add_send(changes, next, step.rule, SendKind::webhook, webhook_contact(url), Priority::high, "escalated");
  const auto customer = parse_contact(effects.answer_to);
  if (is_valid(customer) && channel_of(customer.kind).answers)
    for (const auto& name : effects.replies)
      add_send(changes, next, step.rule, SendKind::reply, customer, Priority::normal, name);
}

}  // namespace orgo
