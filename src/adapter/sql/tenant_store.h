#pragma once
#include <vector>

#include "adapter/sql/engine.h"
#include "port/tenant_store.h"

namespace orgo {

class SqlTenantStore final : public TenantStore {
 public:
  explicit SqlTenantStore(sql::Engine& engine) : engine_(engine) {}

  Result<Tenant> put_tenant(TenantId operators, const TenantUpdate& update) override;
  Result<Tenant> find_tenant(std::string_view name) override;
  Result<Tenant> read_tenant(TenantId id) override;
  Result<std::optional<Tenant>> find_recipient(std::string_view address) override;
  Result<std::vector<Tenant>> list_tenants(TenantId after, int limit) override;

 private:
  sql::Engine& engine_;
};

}  // namespace orgo
