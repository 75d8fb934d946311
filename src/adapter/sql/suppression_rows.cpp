#include "adapter/sql/outbox.h"

#include "adapter/sql/rows.h"

namespace orgo {

using sql::Connection;
using sql::Query;

Suppression sql::suppression_from_row(Query& row, TenantId tenant) {
  Suppression entry{.tenant = tenant};
  entry.address = row.string(0);
  entry.version = row.integer(1);
  entry.active = row.integer(2) != 0;
  entry.reason = row.string(3);
  entry.detail = row.string(4);
  entry.count = row.integer(5);
  entry.since = from_ms(row.integer(6));
  entry.updated_at = from_ms(row.integer(7));
  entry.message = {row.integer(8)};
  entry.actor = row.string(9);
  if (!row.is_null(10)) entry.expires_at = from_ms(row.integer(10));
  return entry;
}

Result<std::vector<Suppression>> SqlOutbox::find_suppressions(TenantId tenant, std::span<const std::string> addresses) {
  ORGO_TRY(use, engine_.reader(tenant));
  std::vector<Suppression> found;
  Query query(*use, "SELECT " ORGO_SUPPRESSION_COLUMNS " FROM suppressions WHERE tenant = ? AND address = ?");
  for (const auto& address : addresses) {
    query.again();
    query.with(tenant.value, address);
    ORGO_TRY(row, query.next());
    if (row) found.push_back(sql::suppression_from_row(query, tenant));
  }
  return found;
}

Result<std::vector<Suppression>> SqlOutbox::list_suppressions(TenantId tenant, std::string_view after, bool active,
                                                              int limit) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use, "SELECT " ORGO_SUPPRESSION_COLUMNS
                    " FROM suppressions WHERE tenant = ? AND address > ? AND active >= ? ORDER BY address LIMIT ?");
  query.with(tenant.value, after, active, limit);
  std::vector<Suppression> page;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return page;
    page.push_back(sql::suppression_from_row(query, tenant));
  }
}

}  // namespace orgo
