#include "core/escalation/overdue.h"

#include <optional>
#include <string>
#include <utility>

#include "base/json_writer.h"
#include "base/planted.h"
#include "core/contact/mail_address.h"
#include "core/task/task_change.h"

namespace orgo {
namespace {

/// When quiet hours that hold now are over; nullopt: none hold.
std::optional<TimePoint> quiet_until(const Task& task, TimePoint now, const Workplace* workplace) {
  if (workplace == nullptr || task.priority == Priority::urgent) return std::nullopt;
  const auto* quiet = workplace->quiet_for(task.type);
  return quiet != nullptr && open_at(*quiet, now) ? next_close(*quiet, now) : std::nullopt;
}

/// Who has the task now.
std::string holder_of(const Task& task, TimePoint now, const Workplace* workplace) {
  if (workplace != nullptr) return workplace->address_of_holder(task.assignee, task.team, now);
  for (const auto& one : {task.assignee, task.team})
    if (is_mail_address(one)) return one;
  return {};
}

}  // namespace

Changes tell_overdue(const Task& task, const DueTimer& timer, TimePoint now, const EscalationContext& context) {
  Changes changes{.tenant = task.tenant, .at = now};
  if (timer.due_at > now || timer.task != task.number) return changes;
  changes.timers.push_back(TimerChange::fired(timer.task, kOverdueTimer, timer.due_at));
  if (!is_open(task.state) || !task.due_at) return changes;
  const auto wait = *task.due_at > now ? task.due_at : quiet_until(task, now, context.workplace);
  if (wait) {
    changes.timers.push_back(overdue_set(task.number, *wait));
    return changes;
  }

  const auto to = holder_of(task, now, context.workplace);
  Event event{.kind = EventKind::task_overdue, .subject = task.number, .message = task.origin, .at = now};
  event.actor = "escalation";
  JsonWriter json(event.data);
  json.begin_object().field("due", to_rfc3339(*task.due_at)).field("to", to);
  if (to.empty()) json.field("told", false);
  json.end_object();
  changes.events.push_back(std::move(event));
  if (!to.empty() && !ORGO_PLANT(overdue_tells_nobody)) {
    Send send;
    send.kind = SendKind::escalation;
    send.recipient = mail_contact(to);
    send.priority = notice_priority(task.priority);
    send.subject = task.number;
    send.message = task.origin;
    send.template_name = "task_overdue";
    send.due_at = now;
    send.cause = contact_key(task.requester);
    changes.sends.push_back(std::move(send));
  }
  // The version is taken: whoever settles the task right now meets a conflict, or this does, and nobody is told.
  Task next = task;
  next.version = task.version + 1;
  next.updated_at = now;
  changes.add(TaskChange{std::move(next)});
  return changes;
}

}  // namespace orgo
