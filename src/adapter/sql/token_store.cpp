#include "adapter/sql/token_store.h"

#include "adapter/sql/rows.h"

namespace orgo {

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

}  // namespace

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

}  // namespace orgo
