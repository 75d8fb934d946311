#pragma once
#include <span>
#include <vector>

#include "core/delivery/recall_answer.h"
#include "port/outbox.h"

namespace orgo {

/// The answers among the sends of a task. `history`: of the task, oldest first.
std::vector<AnswerCopy> copies_of(std::span<const StoredSend> sends, std::span<const Event> history);

}  // namespace orgo
