#include "adapter/sql/token_store.h"

#include <chrono>

#include "adapter/sql/rows.h"
#include "base/planted.h"

namespace orgo {

using sql::Query;

namespace {

ApiToken token_from_row(Query& row) {
  ApiToken token{.id = row.integer(0), .tenant = TenantId{row.integer(1)}};
  token.name = row.string(2);
  token.role = static_cast<Role>(row.integer(3));
  token.created_at = from_ms(row.integer(4));
  if (!row.is_null(5)) token.revoked_at = from_ms(row.integer(5));
  token.person = row.string(6);
  if (!row.is_null(7)) token.role = static_cast<Role>(row.integer(7));
  return token;
}

#define ORGO_TOKEN_COLUMNS                                                                                    \
  "tokens.id, tokens.tenant, tokens.name, tokens.role, tokens.created_at, tokens.revoked_at, tokens.person, " \
  "people.role FROM tokens LEFT JOIN people ON people.tenant = tokens.tenant AND people.login = tokens.person "

}  // namespace

Result<std::optional<ApiToken>> SqlTokenStore::find_token(const Sha256& secret_hash) {
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
  Query query(*use, "SELECT " ORGO_TOKEN_COLUMNS
                    "WHERE tokens.secret = ? AND tokens.revoked_at IS NULL AND (tokens.person = '' OR people.disabled "
                    "= 0)");
  query.with(Query::Blob{sql::bytes_of(secret_hash)});
  ORGO_TRY(row, query.next());
  if (!row) return std::optional<ApiToken>();
  return std::optional(token_from_row(query));
}

Result<std::vector<ApiToken>> SqlTokenStore::list_tokens(TenantId tenant) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use, "SELECT " ORGO_TOKEN_COLUMNS "WHERE tokens.tenant = ? ORDER BY tokens.id");
  query.with(tenant.value);
  std::vector<ApiToken> tokens;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return tokens;
    tokens.push_back(token_from_row(query));
  }
}

std::optional<std::uint64_t> SqlTokenStore::token_changes() const {
  auto number = changes_.token_changes();
  if (engine_.is_shared() && !ORGO_PLANT(tokens_of_others_are_kept))
    number += static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch() / kOthersUnknown);
  return number;
}

}  // namespace orgo
