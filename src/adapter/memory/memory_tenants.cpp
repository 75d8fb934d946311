#include <algorithm>

#include "adapter/memory/memory_store.h"

namespace orgo {

Result<Tenant> MemoryStore::add_tenant(std::string_view name, TimePoint now) {
  const std::lock_guard lock(mutex_);
  for (const auto& tenant : state_.tenants)
    if (tenant.name == name) return failure(Errc::conflict, "there is a tenant '" + std::string(name) + "' already");
  const TenantId id{state_.tenants.back().id.value + 1};
  state_.tenants.push_back({.id = id, .name = std::string(name), .created_at = now});
  return state_.tenants.back();
}

Result<Tenant> MemoryStore::find_tenant(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found =
      std::find_if(state_.tenants.begin(), state_.tenants.end(), [&](const auto& one) { return one.name == name; });
  if (found == state_.tenants.end())
    return failure(Errc::not_found, "there is no tenant '" + std::string(name.substr(0, 100)) + "'");
  return *found;
}

Result<std::vector<Tenant>> MemoryStore::list_tenants(TenantId after, int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Tenant> page;
  for (const auto& tenant : state_.tenants)
    if (tenant.id > after && page.size() < static_cast<std::size_t>(limit)) page.push_back(tenant);
  return page;
}

}  // namespace orgo
