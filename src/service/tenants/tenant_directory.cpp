#include "service/tenants/tenant_directory.h"

#include <optional>

#include "base/planted.h"
#include "core/tenant/commands.h"

namespace orgo {
namespace {

Status standing(const Tenant& tenant, Errc code) {
  if (tenant.state == TenantState::active) return {};
  return failure(code, "tenant '" + tenant.name + "' is suspended");
}

}  // namespace

template <typename Key, typename Answer, typename Ask>
Result<Answer> TenantDirectory::remembered(std::map<Key, std::pair<Deadline, Answer>, std::less<>>& memory,
                                           const Key& key, Ask ask) {
  const auto now = clock_.steady();  // before asking: the answer is at least as new
  std::int64_t seen = 0;
  {
    const std::lock_guard lock(mutex_);
    seen = changes_;
    if (const auto known = memory.find(key); known != memory.end() && now - known->second.first < kAge)
      return known->second.second;
  }
  ORGO_TRY(answer, ask());
  const std::lock_guard lock(mutex_);
  if (seen != changes_) return answer;  // it may be older than the change
  if (memory.size() >= kMost && !ORGO_PLANT(recipients_are_kept_for_ever)) memory.clear();
  memory.insert_or_assign(key, std::pair(now, answer));
  return answer;
}

Result<TenantId> TenantDirectory::of_recipient(std::string_view recipient) {
  const auto address = recipient_key(recipient);
  ORGO_TRY(tenant, remembered(recipients_, address, [&] { return store_.find_recipient(address); }));
  if (!tenant) return failure(Errc::not_found, "no tenant takes mail for this recipient");
  ORGO_CHECK(standing(*tenant, Errc::unavailable));
  return tenant->id;
}

Status TenantDirectory::check_active(TenantId id) {
  ORGO_TRY(tenant, remembered(tenants_, id, [&]() -> Result<std::optional<Tenant>> {
             auto read = store_.read_tenant(id);
             if (read) return std::optional(*std::move(read));
             if (read.error().code == Errc::not_found) return std::optional<Tenant>();
             return tl::unexpected(std::move(read).error());
           }));
  if (!tenant) return failure(Errc::not_found, "there is no such tenant");
  return standing(*tenant, Errc::not_permitted);
}

void TenantDirectory::tenants_changed() {
  const std::lock_guard lock(mutex_);
  ++changes_;
  recipients_.clear();
  tenants_.clear();
}

}  // namespace orgo
