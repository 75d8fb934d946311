#include "core/escalation/overdue.h"

#include <utility>

#include "base/json_writer.h"
#include "base/planted.h"
#include "base/text.h"
#include "core/contact/mail_address.h"
#include "core/escalation/told_of_dates.h"
#include "core/task/send_about.h"
#include "core/task/task_change.h"

namespace orgo {
Changes tell_overdue(const Task& task, const DueTimer& timer, TimePoint now, const EscalationContext& context) {
  Changes changes{.tenant = task.tenant, .at = now};
  if (timer.due_at > now || timer.task != task.number) return changes;
  changes.timers.push_back(TimerChange::fired(timer.task, kOverdueTimer, timer.due_at));
  if (!is_open(task.state) || !task.due_at) return changes;
  const auto wait = *task.due_at > now ? task.due_at : quiet_until(task, now, context);
  if (wait) {
    changes.timers.push_back(overdue_set(task.number, *wait));
    return changes;
  }

  const auto told = told_of_dates(task, now, context);
  Event event{.kind = EventKind::task_overdue, .subject = task.number, .message = task.origin, .at = now};
  event.actor = "escalation";
  JsonWriter json(event.data);
  json.begin_object().field("due", to_rfc3339(*task.due_at)).field("to", join(told, ", "));
  if (told.empty()) json.field("told", false);
  json.end_object();
  changes.events.push_back(std::move(event));
  if (!ORGO_PLANT(overdue_tells_nobody))
    for (const auto& to : told)
      changes.sends.push_back(send_about(task, SendKind::escalation, mail_contact(to), "task_overdue", now));
  // The version is taken: whoever settles the task right now meets a conflict, or this does, and nobody is told.
  Task next = task;
  next.version = task.version + 1;
  next.updated_at = now;
  changes.add(TaskChange{std::move(next)});
  return changes;
}

}  // namespace orgo
