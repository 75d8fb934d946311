#include <algorithm>

#include "adapter/memory/memory_store.h"

namespace orgo {

Result<Tenant> MemoryStore::add_tenant(std::string_view name, TimePoint now) {
  const std::lock_guard lock(mutex_);
  for (const auto& tenant : tenants_)
    if (tenant.name == name) return failure(Errc::conflict, "there is a tenant '" + std::string(name) + "' already");
  const TenantId id{tenants_.back().id.value + 1};
  tenants_.push_back({.id = id, .name = std::string(name), .created_at = now});
  return tenants_.back();
}

Result<Tenant> MemoryStore::find_tenant(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(tenants_.begin(), tenants_.end(), [&](const auto& one) { return one.name == name; });
  if (found == tenants_.end())
    return failure(Errc::not_found, "there is no tenant '" + std::string(name.substr(0, 100)) + "'");
  return *found;
}

Result<std::vector<Tenant>> MemoryStore::list_tenants(TenantId after, int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Tenant> page;
  for (const auto& tenant : tenants_)
    if (tenant.id > after && page.size() < static_cast<std::size_t>(limit)) page.push_back(tenant);
  return page;
}

}  // namespace orgo
