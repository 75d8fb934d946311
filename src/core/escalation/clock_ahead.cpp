#include "core/escalation/clock_ahead.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "base/planted.h"
#include "core/clocks/clocks.h"
#include "core/escalation/overdue.h"
#include "core/task/task_change.h"

namespace orgo {
namespace {

constexpr Millis kClaimMost{600'000};  ///< nobody claims a timer for as long

/// What is later than now becomes now, and how late the latest of it was.
class Bound {
 public:
  explicit Bound(TimePoint now) : now_(now) {}
  void operator()(TimePoint& at) {
    if (at <= now_ + kClockSkew) return;
    latest_ = std::max(latest_.value_or(at), at);
    at = now_;
  }
  [[nodiscard]] const std::optional<TimePoint>& latest() const { return latest_; }

 private:
  TimePoint now_;
  std::optional<TimePoint> latest_;
};

void bound_facts(Bound& bound, const Task& task, std::span<const Event> history) {
  auto facts = sla_facts(task, history, Sla::mail | Sla::comment | Sla::acknowledge);
  for (auto& contact : facts.contacts) bound(contact.at);
  for (auto& move : facts.moves) bound(move.at);
}

/// The deadline that a chain gives the task of its own when it begins.
std::optional<TimePoint> due_of(Escalation chain, const EscalationContext& context) {
  chain.level = 0;
  ChainTime time;
  if (context.workplace != nullptr) time.calendar = &context.workplace->calendar(chain.calendar);
  return next_deadline(chain, time);
}

void tell(Changes& changes, const Task& task, EventKind kind, TimePoint from, TimePoint to) {
  Event event{.kind = kind, .subject = task.number, .at = changes.at, .actor = "escalation"};
  JsonWriter json(event.data);
  json.begin_object().field("from", to_rfc3339(from)).field("to", to_rfc3339(to)).field("by", "clock").end_object();
  changes.events.push_back(std::move(event));
}

/// The task as it becomes, when anything of it lies ahead.
std::optional<Task> put_back(Changes& changes, const Task& task, const EscalationContext& context) {
  Task next = task;
  Bound bound(changes.at);
  bound(next.escalation.started_at);
  if (next.escalation.level > 0) bound(next.escalation.pace.from);
  bound(next.created_at);
  bound(next.updated_at);
  if (next.sla)
    for (auto& told : next.sla->told) bound(told.since);
  if (needs_history(task)) bound_facts(bound, task, context.history);
  if (!bound.latest()) return std::nullopt;
  next.version = task.version + 1;
  next.updated_at = changes.at;
  tell(changes, task, EventKind::task_clock, *bound.latest(), changes.at);
  if (next.escalation.started_at != task.escalation.started_at && task.due_at &&
      task.due_at == due_of(task.escalation, context)) {
    next.due_at = due_of(next.escalation, context);
    tell(changes, task, EventKind::task_due, *task.due_at, *next.due_at);
  }
  return next;
}

/// When its alarm rings: at its date, at once, or when quiet hours are over. As tell_overdue() sets it.
TimePoint alarm_of(const Task& task, TimePoint now, const EscalationContext& context) {
  const DueTimer ringing{.task = task.number, .due_at = now};
  for (const auto& timer : tell_overdue(task, ringing, now, context).timers)
    if (timer.kind == TimerChange::Kind::set) return timer.due_at;
  return now;
}

}  // namespace

Changes after_clock_ahead(const Task& task, const WaitingTimer& timer, TimePoint now,
                          const EscalationContext& context) {
  Changes changes{.tenant = task.tenant, .at = now};
  if (!is_open(task.state)) return changes;  // its timer is used up when it comes
  auto next = put_back(changes, task, context);
  const Task& is = next ? *next : task;
  // With the event that says so, the clocks begin no later than now.
  std::vector<Event> history(context.history.begin(), context.history.end());
  history.insert(history.end(), changes.events.begin(), changes.events.end());
  auto then = context;
  then.history = history;
  const bool is_alarm = timer.name == kOverdueTimer;
  if (next || timer.name == kDeadlineTimer)
    if (const auto wake = next_wake(is, now, then); wake && (next || timer.due_at > std::max(*wake, now) + kClockSkew))
      changes.timers.push_back(deadline_set(task.number, *wake));
  if (is_alarm)
    if (const auto alarm = alarm_of(is, now, context); timer.due_at > alarm + kClockSkew)
      changes.timers.push_back(overdue_set(task.number, alarm));
  if (timer.name == kPendingTimer && is.pending_until && timer.due_at > *is.pending_until + kClockSkew)
    changes.timers.push_back(pending_set(task.number, *is.pending_until));
  const bool is_set = std::ranges::any_of(changes.timers, [&](const auto& one) { return one.name == timer.name; });
  if (!is_set && timer.visible_at > std::max(timer.due_at, now + kClaimMost))
    changes.timers.push_back(TimerChange::set(task.number, timer.name, timer.due_at));  // whoever claimed it is gone
  if (next) changes.add(TaskChange{*std::move(next)});
  return changes;
}

}  // namespace orgo
