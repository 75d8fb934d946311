#include <algorithm>

#include "adapter/memory/memory_store.h"

namespace orgo {

bool memory::State::is_suspended(TenantId tenant) const {
  const auto known = tenants.find(tenant);
  return known != tenants.end() && known->second.state == TenantState::suspended;
}

Result<Tenant> MemoryStore::put_tenant(TenantId operators, const TenantUpdate& update) {
  const std::lock_guard lock(mutex_);
  auto next = update.tenant;
  const bool is_new = next.id == TenantId{0};
  const auto known = state_.tenants.find(next.id);
  if (!is_new && known == state_.tenants.end())
    return failure(Errc::not_found, "there is no tenant '" + next.name + "'");
  if (next.version != (is_new ? 0 : known->second.version) + 1)
    return failure(Errc::conflict, "tenant '" + next.name + "' was changed meanwhile");
  for (const auto& [id, tenant] : state_.tenants) {
    if (id == next.id) continue;
    if (tenant.name == next.name) return failure(Errc::conflict, "there is a tenant '" + next.name + "' already");
    for (const auto& one : next.recipients)
      if (std::find(tenant.recipients.begin(), tenant.recipients.end(), one) != tenant.recipients.end())
        return failure(Errc::conflict, "'" + one + "' is another tenant's");
  }
  if (is_new) next.id = TenantId{state_.tenants.rbegin()->first.value + 1};
  std::sort(next.recipients.begin(), next.recipients.end());
  state_.tenants.insert_or_assign(next.id, next);
  state_.append_event(operators, update.event);
  return next;
}

Result<Tenant> MemoryStore::find_tenant(std::string_view name) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, tenant] : state_.tenants)
    if (tenant.name == name) return tenant;
  return failure(Errc::not_found, "there is no tenant '" + std::string(name.substr(0, 100)) + "'");
}

Result<Tenant> MemoryStore::read_tenant(TenantId id) {
  const std::lock_guard lock(mutex_);
  const auto known = state_.tenants.find(id);
  if (known == state_.tenants.end()) return failure(Errc::not_found, "there is no tenant " + to_string(id));
  return known->second;
}

Result<std::optional<Tenant>> MemoryStore::find_recipient(std::string_view address) {
  const std::lock_guard lock(mutex_);
  const auto sign = address.rfind('@');
  const auto whose = [&](std::string_view recipient) -> std::optional<Tenant> {
    for (const auto& [id, tenant] : state_.tenants)
      if (std::find(tenant.recipients.begin(), tenant.recipients.end(), recipient) != tenant.recipients.end())
        return tenant;
    return std::nullopt;
  };
  auto found = whose(address);
  if (!found && sign != std::string_view::npos) found = whose(address.substr(sign + 1));
  return found;
}

Result<std::vector<Tenant>> MemoryStore::list_tenants(TenantId after, int limit) {
  const std::lock_guard lock(mutex_);
  std::vector<Tenant> page;
  for (auto at = state_.tenants.upper_bound(after);
       at != state_.tenants.end() && page.size() < static_cast<std::size_t>(limit); ++at)
    page.push_back(at->second);
  return page;
}

}  // namespace orgo
