#include "adapter/sql/token_store.h"

#include "adapter/sql/rows.h"

namespace orgo {

using sql::Connection;
using sql::Query;

namespace {

ApiToken token_from_row(Query& row) {
  ApiToken token{.id = row.integer(0), .tenant = TenantId{row.integer(1)}};
  token.name = row.string(2);
  token.role = static_cast<Role>(row.integer(3));
  token.created_at = from_ms(row.integer(4));
  if (!row.is_null(5)) token.revoked_at = from_ms(row.integer(5));
  return token;
}

#define ORGO_TOKEN_COLUMNS "id, tenant, name, role, created_at, revoked_at"

Status record(sql::Transaction& tx, EventKind kind, TenantId tenant, TimePoint at, std::int64_t id) {
  Event event;
  event.kind = kind;
  event.at = at;
  event.actor = "administrator";
  event.data = "{\"token\":" + std::to_string(id) + "}";
  return sql::insert_event(tx, tenant, event);
}

}  // namespace

Result<ApiToken> SqlTokenStore::add_token(const ApiToken& token, const Sha256& secret_hash) {
  auto made = engine_.write({token.tenant}, [&](sql::Transaction& tx) -> Result<ApiToken> {
    auto& db = tx.connection();
    auto added = token;
    {
      Query query(db, "SELECT 1 FROM tokens WHERE tenant = ? AND name = ? AND revoked_at IS NULL");
      query.with(token.tenant.value, token.name);
      ORGO_TRY(row, query.next());
      if (row)
        return failure(Errc::conflict,
                       "there is a token named '" + token.name + "' already; revoke it first, or take another name");
    }
    Query insert(db, "INSERT INTO tokens (tenant, id, name, role, secret, created_at) VALUES (?, ?, ?, ?, ?, ?)");
    ORGO_TRY(id, tx.next(token.tenant, sql::Counter::token));
    added.id = id;
    insert.with(token.tenant.value, id, token.name, static_cast<int>(token.role),
                Query::Blob{sql::bytes_of(secret_hash)}, to_ms(token.created_at));
    ORGO_CHECK(insert.run());
    ORGO_CHECK(record(tx, EventKind::token_made, token.tenant, token.created_at, added.id));
    return added;
  });
  ++token_changes_;  // also when it is not known how it ended
  return made;
}

Result<std::optional<ApiToken>> SqlTokenStore::find_token(const Sha256& secret_hash) {
  ORGO_TRY(use, engine_.reader());
  Query query(*use, "SELECT " ORGO_TOKEN_COLUMNS " FROM tokens WHERE secret = ? AND revoked_at IS NULL");
  query.with(Query::Blob{sql::bytes_of(secret_hash)});
  ORGO_TRY(row, query.next());
  if (!row) return std::optional<ApiToken>();
  return std::optional(token_from_row(query));
}

Result<std::vector<ApiToken>> SqlTokenStore::list_tokens(TenantId tenant) {
  ORGO_TRY(use, engine_.reader());
  Query query(*use, "SELECT " ORGO_TOKEN_COLUMNS " FROM tokens WHERE tenant = ? ORDER BY id");
  query.with(tenant.value);
  std::vector<ApiToken> tokens;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return tokens;
    tokens.push_back(token_from_row(query));
  }
}

Status SqlTokenStore::revoke_token(TenantId tenant, std::int64_t id, TimePoint now) {
  auto revoked = engine_.write({tenant}, [&](sql::Transaction& tx) -> Status {
    auto& db = tx.connection();
    Query update(db, "UPDATE tokens SET revoked_at = ? WHERE tenant = ? AND id = ? AND revoked_at IS NULL");
    ORGO_CHECK(update.with(to_ms(now), tenant.value, id).run());
    if (db.changed_rows() == 0) return failure(Errc::not_found, "there is no live token " + std::to_string(id));
    return record(tx, EventKind::token_revoked, tenant, now, id);
  });
  ++token_changes_;
  return revoked;
}

}  // namespace orgo
