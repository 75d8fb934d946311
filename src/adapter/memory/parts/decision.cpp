#include "adapter/memory/parts/parts.h"

namespace orgo::memory {

Status check(const Tx& tx, const MessageDecision& decision) {
  ORGO_CHECK(tx.check_message(decision.message));
  if (tx.fences.is_decided(tx.tenant, decision.message))
    return failure(Errc::conflict, to_string(decision.message) + " is decided already");
  return tx.check_task(decision.task);
}

void apply(Tx& tx, const MessageDecision& decision) {
  auto& kept = tx.state.messages.at({tx.tenant, decision.message}).decision;
  kept = decision;
  kept->task = tx.number(decision.task);
}

}  // namespace orgo::memory
