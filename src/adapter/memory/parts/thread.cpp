#include "adapter/memory/parts/parts.h"

namespace orgo::memory {

Status check(const Tx& tx, const ThreadAlias& alias) {
  ORGO_CHECK(tx.check_task(alias.task));
  if (!alias.task.is_new() || !tx.state.aliases.contains({tx.tenant, alias.id_hash})) return {};
  return failure(Errc::conflict, "another task has a mail that is named here");
}

void apply(Tx& tx, const ThreadAlias& alias) {
  auto kept = alias;
  kept.task = tx.number(alias.task);
  tx.state.aliases.try_emplace({tx.tenant, alias.id_hash}, kept);
}

}  // namespace orgo::memory
