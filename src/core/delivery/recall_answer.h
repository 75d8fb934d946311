#pragma once
#include <span>
#include <string_view>

#include "base/result.h"
#include "core/changes/changes.h"
#include "core/delivery/send_outcome.h"
#include "core/task/task.h"

namespace orgo {

/// One copy of an answer, as it waits.
struct AnswerCopy {
  SendId id;
  Send send;
  SendState state = SendState::queued;
  int attempts = 0;
};

/// The newest answer among the sends of a task of which every copy still waits for its first attempt, or the one in
/// `wanted`. conflict: that has left, or was taken back; not_found: the task has no such answer.
Result<MessageId> answer_to_recall(TaskNumber task, std::span<const AnswerCopy> copies, MessageId wanted);

/// Takes all copies of it back, and says so in the history, so that no clock counts it. The store refuses (conflict)
/// when one of them goes out meanwhile.
Changes recall_answer(const Task& task, std::span<const AnswerCopy> copies, MessageId message, std::string_view actor,
                      TimePoint now);

}  // namespace orgo
