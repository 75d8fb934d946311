#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "core/changes/changes.h"
#include "core/changes/event.h"
#include "core/delivery/send_outcome.h"
#include "core/task/task.h"

namespace orgo {

/// One copy of an answer, as it waits.
struct AnswerCopy {
  SendId id;
  Send send;
  SendState state = SendState::queued;
  int attempts = 0;
  bool surely_not = true;  ///< has arrived: each of its attempts has ended so (surely_not_taken())
};

/// Is it known of each of so many attempts that the peer has not taken it? `history`: of its task, oldest first. False
/// when one is under way, its answer got lost, or whoever made it died.
bool surely_not_taken(std::span<const Event> history, SendId send, int attempts);

/// May it be taken back: does every copy of it wait, and has surely arrived nowhere?
bool may_be_recalled(std::span<const AnswerCopy> copies, MessageId message);

/// The newest answer among the sends of a task that may be taken back, or the one in `wanted`. conflict, with what has
/// become of it: it has left, may have arrived, or was taken back; not_found: the task has no such answer.
Result<MessageId> answer_to_recall(TaskNumber task, std::span<const AnswerCopy> copies, MessageId wanted);

/// The state in which the answer found its task, when it has moved it and nothing has since; nullopt: it stays. What
/// was new is open, since somebody has seen it. `history`: all of the task's, oldest first.
std::optional<TaskState> state_before_answer(const Task& task, std::span<const Event> history, MessageId answer);

/// Takes all copies of it back, and the state that it has set; and says so in the history, so that no clock counts it.
/// The store refuses (conflict) when one of the copies goes out or somebody changes the task meanwhile.
Changes recall_answer(const Task& task, std::span<const AnswerCopy> copies, MessageId message,
                      std::span<const Event> history, std::string_view actor, TimePoint now);

}  // namespace orgo
