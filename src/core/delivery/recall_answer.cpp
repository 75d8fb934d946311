#include "core/delivery/recall_answer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/planted.h"
#include "core/task/lifecycle.h"
#include "core/task/task_change.h"

namespace orgo {
namespace {

bool waits(const AnswerCopy& copy) {
  return copy.state == SendState::queued && copy.surely_not;
}

bool is_copy_of(const AnswerCopy& copy, MessageId message) {
  return copy.send.kind == SendKind::answer && copy.send.content == message;
}

json::object data_of(const Event& event) {
  const auto parsed = event.data.empty() ? Result<json::value>(json::object{}) : parse_json(event.data);
  return parsed && parsed->is_object() ? parsed->as_object() : json::object{};
}

std::optional<TaskState> state_in(const json::object& data, std::string_view name) {
  const auto* value = data.if_contains(name);
  return value != nullptr && value->is_string() ? parse_task_state(std::string_view(value->as_string())) : std::nullopt;
}

/// What became of the copy that says most: why it can't be taken back any more.
std::string_view fate_of(std::span<const AnswerCopy> copies, MessageId message) {
  const auto any = [&](auto holds) {
    return std::ranges::any_of(copies,
                               [&](const AnswerCopy& copy) { return is_copy_of(copy, message) && holds(copy); });
  };
  const auto is = [&](SendState state) { return any([&](const AnswerCopy& copy) { return copy.state == state; }); };
  if (is(SendState::delivered) || is(SendState::bounced)) return "has left already";
  if (is(SendState::recalled)) return "was taken back already";
  if (any([](const AnswerCopy& copy) { return copy.state == SendState::queued && !copy.surely_not; }))
    return "is being sent or was tried, and may have arrived";
  if (is(SendState::restored)) return "is held since a backup was put back (orgo queue restored)";
  return "did not go out, and is not tried any more";
}

}  // namespace

bool surely_not_taken(std::span<const Event> history, SendId send, int attempts) {
  int known = 0;
  bool lost = false;
  for (const auto& event : history) {
    if (event.send.id() != send) continue;
    if (event.kind == EventKind::send_retried) known = 0;  // attempts are counted anew
    if (event.kind != EventKind::send_deferred && event.kind != EventKind::send_failed) continue;
    const auto data = data_of(event);
    const auto* taken = data.if_contains("taken");
    if (taken == nullptr || !taken->is_string()) continue;  // nobody was asked
    if (taken->as_string() == "no") ++known;
    else lost = true;
  }
  return attempts <= known && (!lost || ORGO_PLANT(lost_answers_of_a_peer_forgotten));
}

bool may_be_recalled(std::span<const AnswerCopy> copies, MessageId message) {
  const auto of_it = [&](const AnswerCopy& copy) { return is_copy_of(copy, message); };
  return std::ranges::any_of(copies, of_it) &&
         std::ranges::all_of(copies, [&](const AnswerCopy& copy) { return !of_it(copy) || waits(copy); });
}

Result<MessageId> answer_to_recall(TaskNumber task, std::span<const AnswerCopy> copies, MessageId wanted) {
  MessageId newest;
  MessageId waiting;
  for (const auto& copy : copies) {
    if (copy.send.kind != SendKind::answer || (wanted && copy.send.content != wanted)) continue;
    newest = std::max(newest, copy.send.content);
    if (may_be_recalled(copies, copy.send.content)) waiting = std::max(waiting, copy.send.content);
  }
  if (waiting) return waiting;
  if (!newest)
    return failure(Errc::not_found, to_string(task) + " has no answer" + (wanted ? " " + to_string(wanted) : ""));
  return failure(Errc::conflict, "the answer " + to_string(newest) + " " + std::string(fate_of(copies, newest)));
}

std::optional<TaskState> state_before_answer(const Task& task, std::span<const Event> history, MessageId answer) {
  std::optional<TaskState> before;
  for (auto at = history.rbegin(); at != history.rend(); ++at) {
    const auto& event = *at;
    if (event.kind != EventKind::task_state && event.kind != EventKind::task_reopened &&
        event.kind != EventKind::task_replied)
      continue;
    const auto data = data_of(event);
    const bool reply = event.kind == EventKind::task_replied;
    const auto to = state_in(data, reply ? "state" : "to");
    if (!to) continue;  // a reply that moved nothing
    if (event.message != answer || (!before && *to != task.state)) break;
    before = state_in(data, reply ? "was" : "from");
  }
  if (before == TaskState::fresh) before = TaskState::open;
  return before == task.state || ORGO_PLANT(recall_leaves_the_state) ? std::nullopt : before;
}

namespace {

std::optional<TimePoint> time_in(const json::object& data, std::string_view name) {
  const auto* value = data.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  const auto at = parse_rfc3339(std::string_view(value->as_string()));
  return at ? std::optional(*at) : std::nullopt;
}

/// Until when it was pending when the answer came.
std::optional<TimePoint> pending_before(std::span<const Event> history, MessageId answer) {
  std::optional<TimePoint> until;
  for (const auto& event : history) {
    if (event.kind == EventKind::task_pending) until = time_in(data_of(event), "to");
    if (event.kind != EventKind::task_state && event.kind != EventKind::task_replied &&
        event.kind != EventKind::task_reopened)
      continue;
    const auto to = state_in(data_of(event), event.kind == EventKind::task_replied ? "state" : "to");
    if (!to || *to == TaskState::pending) continue;
    if (event.message == answer) break;
    until.reset();
  }
  return until;
}

/// Its date was set by a person, and nobody has heard yet that it passed: while the task was done, its alarm was spent.
bool was_silent(const Task& task, std::span<const Event> history) {
  bool by_hand = false;
  for (const auto& event : history) {
    if (event.kind == EventKind::task_overdue) by_hand = false;
    if (event.kind != EventKind::task_due) continue;
    const auto data = data_of(event);
    by_hand = time_in(data, "to") == task.due_at && !data.contains("by") && event.actor != "escalation";
  }
  return by_hand;
}

/// The dates that the state had with it.
void bring_dates_back(Changes& changes, Task& task, std::span<const Event> history, MessageId answer) {
  if (ORGO_PLANT(recall_loses_the_dates)) return;
  if (task.state == TaskState::pending) {
    task.pending_until = pending_before(history, answer);
    if (task.pending_until) changes.timers.push_back(pending_set(task.number, *task.pending_until));
  }
  if (is_open(task.state) && task.due_at && was_silent(task, history))
    changes.timers.push_back(overdue_set(task.number, *task.due_at));
}

/// As it was: the chain of what is open again goes on where it stood.
void move_back(Changes& changes, Task& task, TaskState before) {
  const auto from = std::exchange(task.state, before);
  Event& event = changes.events.emplace_back();
  event.kind = EventKind::task_state;
  event.subject = task.number;
  event.at = changes.at;
  JsonWriter(event.data).begin_object().field("from", to_string(from)).field("to", to_string(before)).end_object();
  if (!escalates(before)) {
    if (escalates(from)) changes.timers.push_back(deadline_cleared(task.number));
  } else if (!escalates(from)) {
    if (const auto deadline = next_deadline(task.escalation))
      changes.timers.push_back(deadline_set(task.number, *deadline));
  }
}

}  // namespace

Changes recall_answer(const Task& task, std::span<const AnswerCopy> copies, MessageId message,
                      std::span<const Event> history, std::string_view actor, TimePoint now) {
  Changes changes{.tenant = task.tenant, .at = now};
  for (const auto& copy : copies)
    if (is_copy_of(copy, message)) changes.add(SendRecalled{copy.id, copy.attempts});
  Event& event = changes.events.emplace_back();
  event.kind = EventKind::task_recalled;
  event.subject = task.number;
  event.message = message;
  event.at = now;
  event.data = "{}";
  Task after = task;
  after.version = task.version + 1;
  after.updated_at = std::max(task.updated_at, now);
  if (const auto before = state_before_answer(task, history, message)) {
    move_back(changes, after, *before);
    if (after.state != TaskState::pending) end_pending(changes, after);
    bring_dates_back(changes, after, history, message);
  }
  for (auto& made : changes.events) made.actor = actor;
  // A promise that the answer had kept is open again: escalate() reads it from the history at once.
  if (settles_later(after)) {
    std::erase_if(changes.timers, [](const TimerChange& timer) { return timer.name == kDeadlineTimer; });
    changes.timers.push_back(deadline_set(task.number, now));
  }
  changes.add(TaskChange{std::move(after)});
  return changes;
}

}  // namespace orgo
