#include "adapter/sql/parts/parts.h"
#include "adapter/sql/rows.h"

namespace orgo::sql {
namespace {

Status check_person(Tx& tx, const std::string& login) {
  if (login.empty()) return {};
  Query query(tx.db, "SELECT 1 FROM people WHERE tenant = ? AND login = ?");
  query.with(tx.tenant.value, login);
  ORGO_TRY(row, query.next());
  if (row) return {};
  return failure(Errc::not_found, "there is nobody called '" + login + "'");
}

}  // namespace

Status check(Tx& tx, const TokenMade& made) {
  Query query(tx.db, "SELECT 1 FROM tokens WHERE tenant = ? AND name = ? AND revoked_at IS NULL");
  query.with(tx.tenant.value, made.token.name);
  ORGO_TRY(row, query.next());
  if (!row) return check_person(tx, made.token.person);
  return failure(Errc::conflict,
                 "there is a token named '" + made.token.name + "' already; revoke it first, or take another name");
}

Status apply(Tx& tx, const TokenMade& made) {
  ORGO_TRY(id, tx.transaction.next(tx.tenant, Counter::token));
  Query insert(tx.db,
               "INSERT INTO tokens (tenant, id, name, role, secret, created_at, person) SELECT ?, ?, ?, ?, ?, ?, ? "
               "WHERE NOT EXISTS "
               "(SELECT 1 FROM tokens WHERE tenant = ? AND name = ? AND revoked_at IS NULL)");
  insert.with(tx.tenant.value, id, made.token.name, static_cast<int>(made.token.role),
              Query::Blob{bytes_of(made.secret_hash)}, to_ms(made.token.created_at), made.token.person, tx.tenant.value,
              made.token.name);
  ORGO_CHECK(insert.run());
  ORGO_CHECK(must_have_changed(tx.db, "the token '" + made.token.name + "'"));
  tx.token = id;
  return {};
}

Status check(Tx& tx, const TokenRevoked& revoked) {
  Query query(tx.db, "SELECT 1 FROM tokens WHERE tenant = ? AND id = ? AND revoked_at IS NULL");
  query.with(tx.tenant.value, revoked.id);
  ORGO_TRY(row, query.next());
  if (row) return {};
  return failure(Errc::not_found, "there is no live token " + std::to_string(revoked.id));
}

Status apply(Tx& tx, const TokenRevoked& revoked) {
  Query update(tx.db, "UPDATE tokens SET revoked_at = ? WHERE tenant = ? AND id = ? AND revoked_at IS NULL");
  return run_and_change(tx.db, update.with(to_ms(tx.at), tx.tenant.value, revoked.id),
                        "token " + std::to_string(revoked.id));
}

}  // namespace orgo::sql
