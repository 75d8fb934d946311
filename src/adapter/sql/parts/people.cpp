#include "adapter/sql/parts/parts.h"
#include "adapter/sql/rows.h"
#include "base/text.h"
#include "core/contact/mail_address.h"

namespace orgo::sql {
namespace {

void put_time(Query& query, const std::optional<TimePoint>& at) {
  if (at) query.with(to_ms(*at));
  else query.with(nullptr);
}

/// All columns but the key, in one order for both statements.
void put_person(Query& query, const Person& person, const std::string& teams, const std::string& address_key) {
  query.with(person.version, person.name, person.address, address_key, person.zone, teams,
             static_cast<int>(person.role), person.disabled, person.password, to_ms(person.sessions_valid_after));
  put_time(query, person.last_login);
  query.with(to_ms(person.created_at), to_ms(person.updated_at));
}

}  // namespace

Status check(Tx& tx, const PersonChange& change) {
  const auto& person = change.person;
  {
    Query query(tx.db, "SELECT version FROM people WHERE tenant = ? AND login = ?");
    query.with(tx.tenant.value, person.login);
    ORGO_TRY(row, query.next());
    const auto version = row ? query.integer(0) : 0;
    if (version + 1 != person.version)
      return failure(Errc::conflict, person.version == 1 ? "there is an account '" + person.login + "' already"
                                                         : "the account '" + person.login + "' has version " +
                                                               std::to_string(version) + " now");
  }
  if (change.needs_other_administrator) {
    Query query(tx.db,
                "SELECT 1 FROM people WHERE tenant = ? AND role = ? AND disabled = 0 AND login <> ? AND (? = 1 OR "
                "password <> '')");
    query.with(tx.tenant.value, static_cast<int>(Role::administrator), person.login, !change.other_needs_password);
    ORGO_TRY(row, query.next());
    if (!row)
      return failure(
          Errc::conflict,
          person.login + " is the last administrator who can get in: make another one, with a password, first");
  }
  if (person.address.empty()) return {};
  Query query(tx.db,
              "SELECT login FROM people WHERE tenant = ? AND address_key = ? AND address_key <> '' AND login <> ?");
  const auto address_key =
      ascii_lower(address_for_people(person.address));  // a statement keeps views of what it is given
  query.with(tx.tenant.value, address_key, person.login);
  ORGO_TRY(row, query.next());
  if (row) return failure(Errc::conflict, "the address " + person.address + " is that of " + query.string(0));
  return {};
}

Status apply(Tx& tx, const PersonChange& change) {
  const auto& person = change.person;
  const auto teams = tags_to_text(person.teams);
  const auto address_key = ascii_lower(address_for_people(person.address));
  if (person.version == 1) {
    Query insert(tx.db,
                 "INSERT INTO people (version, name, address, address_key, zone, teams, role, disabled, password, "
                 "sessions_valid_after, last_login, created_at, updated_at, tenant, login) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    put_person(insert, person, teams, address_key);
    return insert.with(tx.tenant.value, person.login).run();
  }
  // No statement may take the last administrator away, whatever else is written at the same time.
  Query update(tx.db,
               "UPDATE people SET version = ?, name = ?, address = ?, address_key = ?, zone = ?, "
               "teams = ?, role = ?, disabled = ?, password = ?, sessions_valid_after = ?, last_login = ?, "
               "created_at = ?, updated_at = ? WHERE tenant = ? AND login = ? AND version = ? AND (? = 0 OR EXISTS "
               "(SELECT 1 FROM people AS other WHERE other.tenant = ? AND other.role = ? AND other.disabled = 0 AND "
               "other.login <> ? AND (? = 1 OR other.password <> '')))");
  put_person(update, person, teams, address_key);
  update.with(tx.tenant.value, person.login, person.version - 1, change.needs_other_administrator, tx.tenant.value,
              static_cast<int>(Role::administrator), person.login, !change.other_needs_password);
  return run_and_change(tx.db, update, "the account '" + person.login + "'");
}

Status check(Tx& tx, const LoginAttemptsChange& change) {
  Query query(tx.db, "SELECT version FROM login_attempts WHERE tenant = ? AND name = ?");
  query.with(tx.tenant.value, change.attempts.name);
  ORGO_TRY(row, query.next());
  if ((row ? query.integer(0) : 0) + 1 == change.attempts.version) return {};
  return failure(Errc::conflict, "another attempt was counted meanwhile");
}

Status apply(Tx& tx, const LoginAttemptsChange& change) {
  const auto& attempts = change.attempts;
  const auto tenant = tx.tenant.value;
  if (attempts.version > 1) {
    Query update(tx.db,
                 "UPDATE login_attempts SET version = ?, failures = ?, last_at = ?, locked_until = ? WHERE tenant = ? "
                 "AND name = ? AND version = ?");
    update.with(attempts.version, attempts.failures, to_ms(attempts.last_at));
    put_time(update, attempts.locked_until);
    ORGO_CHECK(update.with(tenant, attempts.name, attempts.version - 1).run());
    return must_have_changed(tx.db, "the count of attempts");
  }
  Query forget(tx.db, "DELETE FROM login_attempts WHERE tenant = ? AND last_at < ?");
  ORGO_CHECK(forget.with(tenant, to_ms(attempts.last_at - kLoginAttemptsKept)).run());
  Query make_room(tx.db,
                  "DELETE FROM login_attempts WHERE tenant = ? AND name = (SELECT name FROM login_attempts WHERE "
                  "tenant = ? ORDER BY last_at, name LIMIT 1) AND (SELECT count(*) FROM login_attempts WHERE tenant = "
                  "?) >= ?");
  ORGO_CHECK(make_room.with(tenant, tenant, tenant, static_cast<std::int64_t>(kLoginAttemptsMost)).run());
  Query insert(tx.db,
               "INSERT INTO login_attempts (version, failures, last_at, locked_until, tenant, name) VALUES (?, ?, ?, "
               "?, ?, ?)");
  insert.with(attempts.version, attempts.failures, to_ms(attempts.last_at));
  put_time(insert, attempts.locked_until);
  return insert.with(tenant, attempts.name).run();
}

}  // namespace orgo::sql
