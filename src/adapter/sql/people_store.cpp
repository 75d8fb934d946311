#include "adapter/sql/people_store.h"

#include "adapter/sql/rows.h"
#include "base/text.h"
#include "core/contact/mail_address.h"

namespace orgo {

using sql::Query;

namespace {

#define ORGO_PERSON_COLUMNS                                                                      \
  "login, version, name, address, zone, teams, role, disabled, password, sessions_valid_after, " \
  "last_login, created_at, updated_at"

std::optional<TimePoint> time_or_none(Query& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return from_ms(row.integer(column));
}

Person person_from_row(Query& row, TenantId tenant) {
  return {.tenant = tenant,
          .login = row.string(0),
          .version = row.integer(1),
          .name = row.string(2),
          .address = row.string(3),
          .zone = row.string(4),
          .teams = sql::tags_from_text(row.text(5)),
          .role = static_cast<Role>(row.integer(6)),
          .disabled = row.integer(7) != 0,
          .password = row.string(8),
          .sessions_valid_after = from_ms(row.integer(9)),
          .last_login = time_or_none(row, 10),
          .created_at = from_ms(row.integer(11)),
          .updated_at = from_ms(row.integer(12))};
}

}  // namespace

Result<std::optional<Person>> SqlPeopleStore::find_person(TenantId tenant, std::string_view login) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use, "SELECT " ORGO_PERSON_COLUMNS " FROM people WHERE tenant = ? AND login = ?");
  query.with(tenant.value, login);
  ORGO_TRY(row, query.next());
  if (!row) return std::optional<Person>();
  return std::optional(person_from_row(query, tenant));
}

Result<std::optional<Person>> SqlPeopleStore::find_person_by_address(TenantId tenant, std::string_view address) {
  if (address.empty()) return std::optional<Person>();
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use,
              "SELECT " ORGO_PERSON_COLUMNS " FROM people WHERE tenant = ? AND address_key = ? AND address_key <> ''");
  const auto key =
      ascii_lower(address_for_people(std::string(address)));  // a statement keeps views of what it is given
  query.with(tenant.value, key);
  ORGO_TRY(row, query.next());
  if (!row) return std::optional<Person>();
  return std::optional(person_from_row(query, tenant));
}

Result<std::vector<Person>> SqlPeopleStore::list_people(TenantId tenant, std::string_view after, int limit) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use, "SELECT " ORGO_PERSON_COLUMNS " FROM people WHERE tenant = ? AND login > ? ORDER BY login LIMIT ?");
  query.with(tenant.value, after, limit);
  std::vector<Person> people;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return people;
    people.push_back(person_from_row(query, tenant));
  }
}

Result<int> SqlPeopleStore::count_administrators(TenantId tenant) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use, "SELECT count(*) FROM people WHERE tenant = ? AND role = ? AND disabled = 0");
  query.with(tenant.value, static_cast<int>(Role::administrator));
  ORGO_TRY(row, query.next());
  return row ? static_cast<int>(query.integer(0)) : 0;
}

Result<std::vector<LoginAttempts>> SqlPeopleStore::find_login_attempts(TenantId tenant,
                                                                       std::span<const std::string> names) {
  ORGO_TRY(use, engine_.reader(tenant));
  std::vector<LoginAttempts> found;
  for (const auto& name : names) {
    Query query(*use,
                "SELECT version, failures, last_at, locked_until FROM login_attempts WHERE tenant = ? AND name = ?");
    query.with(tenant.value, name);
    ORGO_TRY(row, query.next());
    if (!row) continue;
    found.push_back({.tenant = tenant,
                     .name = name,
                     .version = query.integer(0),
                     .failures = static_cast<int>(query.integer(1)),
                     .last_at = from_ms(query.integer(2)),
                     .locked_until = time_or_none(query, 3)});
  }
  return found;
}

}  // namespace orgo
