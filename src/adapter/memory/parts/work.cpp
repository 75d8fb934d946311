#include "adapter/memory/parts/parts.h"

namespace orgo::memory {

Status check(const Tx& tx, const DeadLetterMoved& moved) {
  const WorkKey key{tx.tenant, moved.kind, moved.reference};
  const auto found = tx.state.work.find(key);
  if (found != tx.state.work.end() && found->second.state == WorkState::dead) return {};
  return failure(Errc::not_found, "there is no dead letter of " + to_string(key));
}

void apply(Tx& tx, const DeadLetterMoved& moved) {
  auto& row = tx.state.work.at({tx.tenant, moved.kind, moved.reference});
  if (moved.to == DeadLetterMoved::To::dropped) {
    row.state = WorkState::dropped;
    return;
  }
  row.state = WorkState::waiting;
  row.attempts = 0;
  row.visible_at = tx.at;
}

}  // namespace orgo::memory
