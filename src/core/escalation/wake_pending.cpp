#include "core/escalation/wake_pending.h"

#include <utility>

#include "base/json_writer.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/escalation/told_of_dates.h"
#include "core/task/send_about.h"
#include "core/task/task_change.h"

namespace orgo {

Changes wake_pending(const Task& task, const DueTimer& timer, TimePoint now, const EscalationContext& context) {
  Changes changes{.tenant = task.tenant, .at = now};
  if (timer.due_at > now || timer.task != task.number) return changes;
  changes.timers.push_back(TimerChange::fired(timer.task, kPendingTimer, timer.due_at));
  if (!task.pending_until || (task.state != TaskState::pending && !ORGO_PLANT(woken_whatever_became_of_it)))
    return changes;
  if (*task.pending_until > now) {
    changes.timers.push_back(pending_set(task.number, *task.pending_until));
    return changes;
  }

  const auto told = told_of_dates(task, now, context);
  Event event{.kind = EventKind::task_state, .subject = task.number, .message = task.origin, .at = now};
  event.actor = "escalation";
  JsonWriter json(event.data);
  json.begin_object().field("from", to_string(task.state)).field("to", to_string(TaskState::open));
  json.field("until", to_rfc3339(*task.pending_until)).field("told", join(told, ", ")).end_object();
  changes.events.push_back(std::move(event));
  if (!ORGO_PLANT(woken_and_nobody_told)) {
    const auto due_at = quiet_until(task, now, context).value_or(now);
    for (const auto& to : told)
      changes.sends.push_back(send_about(task, SendKind::escalation, mail_contact(to), "task_woken", due_at));
  }
  Task next = task;
  next.version = task.version + 1;
  next.updated_at = now;
  next.state = TaskState::open;
  next.pending_until.reset();
  // A service level counts again: escalate() reads it from the history, and looks at once.
  if (settles_later(next)) changes.timers.push_back(deadline_set(task.number, now));
  changes.add(TaskChange{std::move(next)});
  return changes;
}

}  // namespace orgo
