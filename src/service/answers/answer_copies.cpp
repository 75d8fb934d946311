#include "service/answers/answer_copies.h"

namespace orgo {

std::vector<AnswerCopy> copies_of(std::span<const StoredSend> sends, std::span<const Event> history) {
  std::vector<AnswerCopy> copies;
  for (const auto& one : sends)
    if (one.send.kind == SendKind::answer)
      copies.push_back({one.id, one.send, one.state, one.attempts, surely_not_taken(history, one.id, one.attempts)});
  return copies;
}

}  // namespace orgo
