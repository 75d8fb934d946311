#include "adapter/memory/memory_store.h"

namespace orgo {

Result<std::vector<RuleVersion>> MemoryStore::list_rule_versions(TenantId tenant, int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<RuleVersion> found;
  for (auto known = state_.rule_versions.rbegin();
       known != state_.rule_versions.rend() && static_cast<int>(found.size()) < limit; ++known)
    if (known->tenant == tenant) found.emplace_back(*known).files.clear();
  return found;
}

Result<RuleVersion> MemoryStore::read_rule_version(TenantId tenant, std::string_view name) {
  const std::lock_guard lock(mutex_);
  const RuleVersion* found = nullptr;
  if (name.size() >= 4)
    for (const auto& known : state_.rule_versions) {
      if (known.tenant != tenant || !known.version.starts_with(name)) continue;
      if (found != nullptr && found->version != known.version)
        return failure(Errc::conflict, "several versions begin with " + std::string(name));
      found = &known;
    }
  if (found == nullptr) return failure(Errc::not_found, "there is no version " + std::string(name) + " of the rules");
  return *found;
}

}  // namespace orgo
