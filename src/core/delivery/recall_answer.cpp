#include "core/delivery/recall_answer.h"

#include <algorithm>

#include "core/task/task_change.h"

namespace orgo {
namespace {

bool waits(const AnswerCopy& copy) {
  return copy.state == SendState::queued && copy.attempts == 0;
}

bool is_copy_of(const AnswerCopy& copy, MessageId message) {
  return copy.send.kind == SendKind::answer && copy.send.content == message;
}

bool all_wait(std::span<const AnswerCopy> copies, MessageId message) {
  return std::ranges::all_of(copies, [&](const AnswerCopy& copy) { return !is_copy_of(copy, message) || waits(copy); });
}

}  // namespace

Result<MessageId> answer_to_recall(TaskNumber task, std::span<const AnswerCopy> copies, MessageId wanted) {
  MessageId newest;
  MessageId waiting;
  for (const auto& copy : copies) {
    if (copy.send.kind != SendKind::answer || (wanted && copy.send.content != wanted)) continue;
    newest = std::max(newest, copy.send.content);
    if (all_wait(copies, copy.send.content)) waiting = std::max(waiting, copy.send.content);
  }
  if (waiting) return waiting;
  if (!newest)
    return failure(Errc::not_found, to_string(task) + " has no answer" + (wanted ? " " + to_string(wanted) : ""));
  const auto copy = std::ranges::find_if(copies, [&](const AnswerCopy& one) { return is_copy_of(one, newest); });
  if (copy->state == SendState::recalled)
    return failure(Errc::conflict, "the answer " + to_string(newest) + " was taken back already");
  return failure(Errc::conflict, "the answer " + to_string(newest) + " has left already");
}

Changes recall_answer(const Task& task, std::span<const AnswerCopy> copies, MessageId message, std::string_view actor,
                      TimePoint now) {
  Changes changes{.tenant = task.tenant, .at = now};
  for (const auto& copy : copies)
    if (is_copy_of(copy, message)) changes.add(SendRecalled{copy.id});
  Event& event = changes.events.emplace_back();
  event.kind = EventKind::task_recalled;
  event.subject = task.number;
  event.message = message;
  event.at = now;
  event.actor = actor;
  event.data = "{}";
  // A promise that the answer had kept is open again: escalate() reads it from the history at once.
  if (settles_later(task)) changes.timers.push_back(deadline_set(task.number, now));
  return changes;
}

}  // namespace orgo
