#include "adapter/sql/tenant_store.h"

#include "adapter/sql/rows.h"

namespace orgo {

using sql::Query;

namespace {

#define ORGO_TENANT_COLUMNS "id, name, created_at"

Tenant tenant_from_row(Query& row) {
  return {.id = TenantId{row.integer(0)}, .name = row.string(1), .created_at = from_ms(row.integer(2))};
}

}  // namespace

Result<Tenant> SqlTenantStore::add_tenant(std::string_view name, TimePoint now) {
  return engine_.write({}, [&](sql::Transaction& tx) -> Result<Tenant> {
    auto& db = tx.connection();
    std::int64_t id = 1;
    {
      Query newest(db, "SELECT max(id) FROM tenants");
      ORGO_TRY(row, newest.next());
      if (row && !newest.is_null(0)) id = newest.integer(0) + 1;
    }
    Query insert(db, "INSERT INTO tenants (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING");
    ORGO_CHECK(insert.with(id, name, to_ms(now)).run());
    if (db.changed_rows() == 0) return failure(Errc::conflict, "there is a tenant '" + std::string(name) + "' already");
    return Tenant{.id = TenantId{id}, .name = std::string(name), .created_at = now};
  });
}

Result<Tenant> SqlTenantStore::find_tenant(std::string_view name) {
  ORGO_TRY(use, engine_.reader());
  Query query(*use, "SELECT " ORGO_TENANT_COLUMNS " FROM tenants WHERE name = ?");
  query.with(name);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no tenant '" + std::string(name.substr(0, 100)) + "'");
  return tenant_from_row(query);
}

Result<std::vector<Tenant>> SqlTenantStore::list_tenants(TenantId after, int limit) {
  ORGO_TRY(use, engine_.reader());
  Query query(*use, "SELECT " ORGO_TENANT_COLUMNS " FROM tenants WHERE id > ? ORDER BY id LIMIT ?");
  query.with(after.value, limit);
  std::vector<Tenant> page;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return page;
    page.push_back(tenant_from_row(query));
  }
}

}  // namespace orgo
