#include "adapter/memory/parts/parts.h"

namespace orgo::memory {

Status check(const Tx& tx, const SuppressionChange& change) {
  const auto& [entry, removed] = change;
  const auto known = tx.state.suppressions.find({tx.tenant, entry.address});
  const bool listed = known != tx.state.suppressions.end();
  const auto version = listed ? known->second.version : 0;
  if (tx.fences.is_next_version(entry.version, version) && (listed || !removed)) return {};
  return failure(Errc::conflict, "the entry of " + entry.address + " has version " + std::to_string(version) + " now");
}

void apply(Tx& tx, const SuppressionChange& change) {
  const InTenant<std::string> key{tx.tenant, change.entry.address};
  if (change.removed) {
    tx.state.suppressions.erase(key);
    return;
  }
  auto entry = change.entry;
  entry.tenant = tx.tenant;
  tx.state.suppressions.insert_or_assign(key, std::move(entry));
}

}  // namespace orgo::memory
