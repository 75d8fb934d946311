#include "core/escalation/escalate.h"

#include <string>

#include "base/json.h"
#include "core/task/commands.h"
#include "core/task/lifecycle.h"

namespace orgo {

bool is_empty(const Changes& changes) {
  return !changes.decision && changes.tasks.empty() && changes.events.empty() && changes.sends.empty() &&
         changes.timers_set.empty() && changes.timers_cleared.empty() && changes.timers_fired.empty() &&
         changes.send_outcomes.empty() && changes.alarms_opened.empty() && changes.alarms_closed.empty();
}

Changes escalate(const Task& task, const DueTimer& timer, TimePoint now, AddTime add) {
  Changes changes;
  changes.tenant = task.tenant;
  changes.at = now;
  if (timer.due_at > now || timer.task != task.number) return changes;
  changes.timers_fired.push_back({timer.task, timer.due_at});
  if (!escalates(task.state)) return changes;

  const auto deadline = next_deadline(task.escalation, add);
  if (!deadline) return changes;
  if (*deadline != timer.due_at) {
    changes.timers_set.push_back({task.number, *deadline});
    return changes;
  }

  const auto& step = task.escalation.steps[static_cast<std::size_t>(task.escalation.level)];
  Task next = task;
  next.version = task.version + 1;
  next.updated_at = now;
  ++next.escalation.level;
  const auto following = next_deadline(next.escalation, add);
  if (following) changes.timers_set.push_back({task.number, *following});

  const std::string& to = !step.to.empty() ? step.to : task.team;
  const bool told = is_mail_address(to);
  Event event;
  event.kind = EventKind::escalation_fired;
  event.task = task.number;
  event.message = task.origin;
  event.at = now;
  event.actor = "escalation";
  JsonWriter json(event.data);
  json.begin_object().field("level", next.escalation.level).field("of", task.escalation.steps.size()).field("to", to);
  json.field("deadline", to_rfc3339(timer.due_at)).field("after", format_duration(step.after));
  if (!told) json.field("told", false);
  json.end_object();
  changes.events.push_back(std::move(event));

  if (told) {
    Send send;
    send.kind = SendKind::escalation;
    send.recipient = to;
    send.priority = task.priority == Priority::urgent || !following ? 0 : 1;
    send.task = task.number;
    send.message = task.origin;
    send.template_name = "escalated";
    send.note = "Level " + std::to_string(next.escalation.level) + " of " + std::to_string(task.escalation.steps.size()) +
                ": nobody has acknowledged it within " + format_duration(step.after) + ".";
    send.due_at = now;
    changes.sends.push_back(std::move(send));
  }
  changes.tasks.push_back({std::move(next)});
  return changes;
}

}  // namespace orgo
