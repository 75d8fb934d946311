#include "adapter/sql/tenant_store.h"

#include "adapter/sql/rows.h"

namespace orgo {

using sql::Connection;
using sql::Query;

namespace {

#define ORGO_TENANT_COLUMNS "id, version, name, state, created_at"

/// Its recipients stand in a table of their own.
Tenant tenant_from_row(Query& row) {
  return {.id = TenantId{row.integer(0)},
          .version = row.integer(1),
          .name = row.string(2),
          .state = static_cast<TenantState>(row.integer(3)),
          .created_at = from_ms(row.integer(4))};
}

Status read_recipients(Connection& db, Tenant& tenant) {
  Query query(db, "SELECT recipient FROM tenant_recipients WHERE tenant = ? ORDER BY recipient");
  query.with(tenant.id.value);
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return {};
    tenant.recipients.push_back(query.string(0));
  }
}

/// The tenant of a row that is there or not.
Result<std::optional<Tenant>> read_one(Connection& db, Query& query) {
  ORGO_TRY(row, query.next());
  if (!row) return std::optional<Tenant>();
  auto tenant = tenant_from_row(query);
  ORGO_CHECK(read_recipients(db, tenant));
  return std::optional(std::move(tenant));
}

tl::unexpected<Error> no_such(std::string_view name) {
  return failure(Errc::not_found, "there is no tenant '" + std::string(name.substr(0, 100)) + "'");
}

/// All that can refuse the update, before anything is written.
Status check(Connection& db, const Tenant& next) {
  {
    Query named(db, "SELECT 1 FROM tenants WHERE name = ? AND id <> ?");
    ORGO_TRY(row, named.with(next.name, next.id.value).next());
    if (row) return failure(Errc::conflict, "there is a tenant '" + next.name + "' already");
  }
  Query whose(db, "SELECT 1 FROM tenant_recipients WHERE recipient = ? AND tenant <> ?");
  for (const auto& one : next.recipients) {
    whose.again();
    ORGO_TRY(row, whose.with(one, next.id.value).next());
    if (row) return failure(Errc::conflict, "'" + one + "' is another tenant's");
  }
  return {};
}

Status insert(Connection& db, Tenant& next) {
  std::int64_t id = 1;
  {
    Query newest(db, "SELECT max(id) FROM tenants");
    ORGO_TRY(row, newest.next());
    if (row && !newest.is_null(0)) id = newest.integer(0) + 1;
  }
  next.id = TenantId{id};
  Query insert(db, "INSERT INTO tenants (" ORGO_TENANT_COLUMNS ") VALUES (?, ?, ?, ?, ?)");
  return insert.with(id, next.version, next.name, static_cast<int>(next.state), to_ms(next.created_at)).run();
}

Status update(Connection& db, const Tenant& next) {
  Query update(db, "UPDATE tenants SET version = ?, state = ? WHERE id = ? AND version = ?");
  ORGO_CHECK(update.with(next.version, static_cast<int>(next.state), next.id.value, next.version - 1).run());
  if (db.changed_rows() == 0) return failure(Errc::conflict, "tenant '" + next.name + "' was changed meanwhile");
  Query remove(db, "DELETE FROM tenant_recipients WHERE tenant = ?");
  return remove.with(next.id.value).run();
}

}  // namespace

Result<Tenant> SqlTenantStore::put_tenant(TenantId operators, const TenantUpdate& given) {
  return engine_.write({operators}, [&](sql::Transaction& tx) -> Result<Tenant> {
    auto& db = tx.connection();
    db.see(sql::Scope::all());  // no other one has the name or an address
    auto next = given.tenant;
    ORGO_CHECK(check(db, next));
    if (next.id == TenantId{0}) {
      ORGO_CHECK(insert(db, next));
    } else {
      ORGO_CHECK(update(db, next));
    }
    Query recipient(db, "INSERT INTO tenant_recipients (recipient, tenant) VALUES (?, ?)");
    for (const auto& one : next.recipients) {
      recipient.again();
      ORGO_CHECK(recipient.with(one, next.id.value).run());
    }
    ORGO_CHECK(sql::insert_event(tx, operators, given.event));
    return next;
  });
}

Result<Tenant> SqlTenantStore::find_tenant(std::string_view name) {
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
  Query query(*use, "SELECT " ORGO_TENANT_COLUMNS " FROM tenants WHERE name = ?");
  ORGO_TRY(found, read_one(*use, query.with(name)));
  if (!found) return no_such(name);
  return *std::move(found);
}

Result<Tenant> SqlTenantStore::read_tenant(TenantId id) {
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
  Query query(*use, "SELECT " ORGO_TENANT_COLUMNS " FROM tenants WHERE id = ?");
  ORGO_TRY(found, read_one(*use, query.with(id.value)));
  if (!found) return no_such(to_string(id));
  return *std::move(found);
}

Result<std::optional<Tenant>> SqlTenantStore::find_recipient(std::string_view address) {
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
  const auto sign = address.rfind('@');
  const auto domain = sign == std::string_view::npos ? address : address.substr(sign + 1);
  for (const auto one : {address, domain}) {
    Query query(*use,
                "SELECT t.id, t.version, t.name, t.state, t.created_at FROM tenant_recipients r JOIN tenants t "
                "ON t.id = r.tenant WHERE r.recipient = ?");
    ORGO_TRY(found, read_one(*use, query.with(one)));
    if (found) return found;
  }
  return std::optional<Tenant>();
}

Result<std::vector<Tenant>> SqlTenantStore::list_tenants(TenantId after, int limit) {
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
  std::vector<Tenant> page;
  {
    Query query(*use, "SELECT " ORGO_TENANT_COLUMNS " FROM tenants WHERE id > ? ORDER BY id LIMIT ?");
    query.with(after.value, limit);
    for (;;) {
      ORGO_TRY(row, query.next());
      if (!row) break;
      page.push_back(tenant_from_row(query));
    }
  }
  if (page.empty()) return page;
  Query recipients(*use,
                   "SELECT tenant, recipient FROM tenant_recipients WHERE tenant > ? AND tenant <= ? ORDER BY tenant, "
                   "recipient");
  recipients.with(after.value, page.back().id.value);
  for (auto whose = page.begin();;) {
    ORGO_TRY(row, recipients.next());
    if (!row) return page;
    while (whose != page.end() && whose->id.value < recipients.integer(0)) ++whose;
    if (whose == page.end()) return page;
    if (whose->id.value == recipients.integer(0)) whose->recipients.push_back(recipients.string(1));
  }
}

}  // namespace orgo
