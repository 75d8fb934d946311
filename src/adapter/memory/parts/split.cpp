#include "adapter/memory/parts/parts.h"

namespace orgo::memory {

Status check(const Tx& tx, const MessageSplit& split) {
  ORGO_CHECK(tx.check_message(split.message));
  const auto& decision = tx.state.messages.at({tx.tenant, split.message}).decision;
  if (!decision) return failure(Errc::not_found, to_string(split.message) + " is not decided");
  if (decision->split_to) return failure(Errc::conflict, to_string(split.message) + " was split off already");
  return tx.check_task(split.into);
}

void apply(Tx& tx, const MessageSplit& split) {
  tx.state.messages.at({tx.tenant, split.message}).decision->split_to = tx.number(split.into);
}

}  // namespace orgo::memory
