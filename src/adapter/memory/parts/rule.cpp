#include <algorithm>

#include "adapter/memory/parts/parts.h"

namespace orgo::memory {

Status check(const Tx& tx, const RuleVersionAdded& added) {
  const auto& versions = tx.state.rule_versions;
  const auto newest = std::find_if(versions.rbegin(), versions.rend(),
                                   [&](const RuleVersion& known) { return known.tenant == tx.tenant; });
  if (newest == versions.rend() || newest->version != added.version.version) return {};
  return failure(Errc::conflict, "version " + added.version.version + " of the rules is the newest already");
}

void apply(Tx& tx, const RuleVersionAdded& added) {
  auto kept = added.version;
  kept.tenant = tx.tenant;
  tx.state.rule_versions.push_back(std::move(kept));
}

}  // namespace orgo::memory
