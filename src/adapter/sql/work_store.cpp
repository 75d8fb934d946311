#include "adapter/sql/work_store.h"

#include <string>

#include "adapter/sql/rows.h"
#include "adapter/sql/work_rows.h"
#include "base/stored_text.h"

namespace orgo {

using sql::Connection;
using sql::kWorkDead;
using sql::kWorkWaiting;
using sql::Query;

namespace {

#define ORGO_DEAD_COLUMNS "tenant, kind, reference, attempts, error, died_at"

WorkKey key_from_row(Query& row) {
  return {TenantId{row.integer(0)}, static_cast<WorkKind>(row.integer(1)), row.integer(2)};
}

/// Of a row of ORGO_DEAD_COLUMNS.
DeadLetter dead_from_row(Query& row) {
  return {key_from_row(row), static_cast<int>(row.integer(3)), row.string(4), from_ms(row.integer(5))};
}

Result<std::vector<DeadLetter>> read_dead(Query& query) {
  std::vector<DeadLetter> letters;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return letters;
    letters.push_back(dead_from_row(query));
  }
}

std::vector<TenantId> tenants_of(std::span<const WorkKey> keys) {
  std::vector<TenantId> tenants;
  for (const auto& key : keys)
    if (tenants.empty() || tenants.back() != key.tenant) tenants.push_back(key.tenant);
  return tenants;
}

std::vector<TenantId> tenants_of(std::span<const WorkLease> leases) {
  std::vector<TenantId> tenants;
  for (const auto& lease : leases)
    if (tenants.empty() || tenants.back() != lease.key.tenant) tenants.push_back(lease.key.tenant);
  return tenants;
}

Result<int> remove_leased(Connection& db, std::span<const WorkLease> leases) {
  int counted = 0;
  Query remove(db, "DELETE FROM work WHERE tenant = ? AND kind = ? AND reference = ? AND token = ? AND state = ?");
  for (const auto& [key, token, attempts] : leases) {
    remove.again();
    ORGO_CHECK(remove.with(key.tenant.value, static_cast<int>(key.kind), key.reference, token, kWorkWaiting).run());
    counted += static_cast<int>(db.changed_rows());
  }
  return counted;
}

}  // namespace

Status sql::insert_work(Connection& db, const WorkKey& key, TimePoint visible_at) {
  Query insert(db,
               "INSERT INTO work (tenant, kind, reference, state, visible_at, token, owner, attempts, error, died_at) "
               "VALUES (?, ?, ?, ?, ?, 0, '', 0, '', 0) ON CONFLICT (tenant, kind, reference) DO NOTHING");
  return insert.with(key.tenant.value, static_cast<int>(key.kind), key.reference, kWorkWaiting, to_ms(visible_at))
      .run();
}

Status SqlWorkStore::add(std::span<const WorkKey> keys, TimePoint visible_at) {
  return engine_.write(tenants_of(keys), [&](sql::Transaction& tx) -> Status {
    for (const auto& key : keys) ORGO_CHECK(sql::insert_work(tx.connection(), key, visible_at));
    return {};
  });
}

Result<std::vector<WorkLease>> SqlWorkStore::claim(const LeaseOwner& owner, std::span<const WorkKey> keys,
                                                   TimePoint now, Millis lease_time) {
  if (keys.empty()) return std::vector<WorkLease>();
  const auto name = to_string(owner);
  return engine_.write(tenants_of(keys), [&](sql::Transaction& tx) -> Result<std::vector<WorkLease>> {
    std::vector<WorkLease> leases;
    leases.reserve(keys.size());
    Query update(tx.connection(),
                 "UPDATE work SET visible_at = ?, token = ?, owner = ?, attempts = attempts + 1 WHERE tenant = ? AND "
                 "kind = ? AND reference = ? AND state = ? AND visible_at <= ? AND " ORGO_TENANT_IS_ACTIVE
                 " RETURNING attempts");
    // One number for all of a tenant in this claim: it is newer than any before, and the rows tell themselves apart.
    std::optional<TenantId> tenant;
    std::int64_t token = 0;
    for (const auto& key : keys) {
      if (tenant != key.tenant) {
        ORGO_TRY(next, tx.next(key.tenant, sql::Counter::lease));
        token = next;
        tenant = key.tenant;
      }
      update.again();
      update.with(to_ms(now + lease_time), token, name, key.tenant.value, static_cast<int>(key.kind), key.reference,
                  kWorkWaiting, to_ms(now));
      ORGO_TRY(row, update.next());
      if (!row) continue;
      leases.push_back({key, token, static_cast<int>(update.integer(0))});
      ORGO_TRY(more, update.next());  // runs the statement to its end
      (void)more;
    }
    return leases;
  });
}

Result<int> SqlWorkStore::complete(std::span<const WorkLease> leases) {
  return engine_.write(tenants_of(leases),
                       [&](sql::Transaction& tx) { return remove_leased(tx.connection(), leases); });
}

void SqlWorkStore::complete_without_waiting(std::span<const WorkLease> leases) {
  engine_.post(tenants_of(leases), [mine = std::vector(leases.begin(), leases.end())](sql::Transaction& tx) -> Status {
    ORGO_CHECK(remove_leased(tx.connection(), mine));
    return {};
  });
}

Status SqlWorkStore::retry(const WorkLease& lease, TimePoint visible_at, std::string_view error) {
  return give_back(lease, visible_at, error, 0);
}

Status SqlWorkStore::postpone(const WorkLease& lease, TimePoint visible_at, std::string_view error) {
  return give_back(lease, visible_at, error, 1);
}

Status SqlWorkStore::give_back(const WorkLease& lease, TimePoint visible_at, std::string_view error, int uncounted) {
  const StoredText why(error, kErrorBytes);
  return engine_.write({lease.key.tenant}, [&](sql::Transaction& tx) -> Status {
    // Without a token, so that the one who gave it back can't complete it afterwards.
    Query update(tx.connection(),
                 "UPDATE work SET visible_at = ?, error = ?, token = 0, owner = '', attempts = attempts - ? WHERE "
                 "tenant = ? AND kind = ? AND "
                 "reference = ? AND token = ? AND state = ?");
    return update
        .with(to_ms(visible_at), why.view(), uncounted, lease.key.tenant.value, static_cast<int>(lease.key.kind),
              lease.key.reference, lease.token, kWorkWaiting)
        .run();
  });
}

Status SqlWorkStore::bury(const WorkLease& lease, TimePoint now, std::string_view error) {
  const StoredText why(error, kErrorBytes);
  return engine_.write({lease.key.tenant}, [&](sql::Transaction& tx) -> Status {
    Query update(
        tx.connection(),
        "UPDATE work SET state = ?, died_at = ?, error = ?, token = 0, owner = '' WHERE tenant = ? AND kind = ? "
        "AND reference = ? AND token = ? AND state = ?");
    return update
        .with(kWorkDead, to_ms(now), why.view(), lease.key.tenant.value, static_cast<int>(lease.key.kind),
              lease.key.reference, lease.token, kWorkWaiting)
        .run();
  });
}

Status SqlWorkStore::release(const LeaseOwner& owner, LeasesOf which, TimePoint now) {
  return engine_.write({}, [&](sql::Transaction& tx) -> Status {
    ORGO_TRY(names, sql::owners_to_release(tx.connection(), "SELECT DISTINCT owner FROM work WHERE owner <> ''", owner,
                                           which));
    Query update(tx.connection(),
                 "UPDATE work SET visible_at = ?, token = 0, owner = '' WHERE owner = ? AND state = ? AND visible_at > "
                 "?");
    for (const auto& name : names) {
      update.again();
      ORGO_CHECK(update.with(to_ms(now), name, kWorkWaiting, to_ms(now)).run());
    }
    return {};
  });
}

Result<std::int64_t> SqlWorkStore::depth(WorkKind kind) {
  ORGO_TRY(use, engine_.reader());
  Query query(*use, "SELECT count(*) FROM work WHERE kind = ? AND state = 1");
  query.with(static_cast<int>(kind));
  ORGO_TRY(row, query.next());
  return row ? query.integer(0) : 0;
}

Result<std::vector<WorkKey>> SqlWorkStore::unclaimed(WorkKind kind, TimePoint now, int limit) {
  ORGO_TRY(use, engine_.reader());
  Query query(*use,
              "SELECT tenant, kind, reference FROM work WHERE kind = ? AND state = 1 AND visible_at <= ? "
              "AND " ORGO_TENANT_IS_ACTIVE " ORDER BY visible_at, tenant, reference LIMIT ?");
  query.with(static_cast<int>(kind), to_ms(now), limit);
  std::vector<WorkKey> keys;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return keys;
    keys.push_back(key_from_row(query));
  }
}

Result<std::optional<TimePoint>> SqlWorkStore::next_visible(WorkKind kind, TimePoint after) {
  ORGO_TRY(use, engine_.reader());
  Query query(*use,
              "SELECT visible_at FROM work WHERE kind = ? AND state = 1 AND visible_at > ? AND " ORGO_TENANT_IS_ACTIVE
              " ORDER BY visible_at LIMIT 1");
  query.with(static_cast<int>(kind), to_ms(after));
  ORGO_TRY(row, query.next());
  if (!row) return std::optional<TimePoint>();
  return std::optional(from_ms(query.integer(0)));
}

Result<std::vector<DeadLetter>> SqlWorkStore::dead(std::optional<TenantId> tenant, int limit) {
  ORGO_TRY(use, engine_.reader());
  if (!tenant) {
    Query query(*use, "SELECT " ORGO_DEAD_COLUMNS
                      " FROM work WHERE state = 2 ORDER BY died_at DESC, tenant, reference DESC LIMIT ?");
    return read_dead(query.with(limit));
  }
  Query query(*use, "SELECT " ORGO_DEAD_COLUMNS
                    " FROM work WHERE tenant = ? AND state = 2 ORDER BY died_at DESC, reference DESC LIMIT ?");
  return read_dead(query.with(tenant->value, limit));
}

Result<std::optional<DeadLetter>> SqlWorkStore::find_dead(const WorkKey& key) {
  ORGO_TRY(use, engine_.reader());
  Query query(*use,
              "SELECT " ORGO_DEAD_COLUMNS " FROM work WHERE tenant = ? AND kind = ? AND reference = ? AND state = ?");
  query.with(key.tenant.value, static_cast<int>(key.kind), key.reference, kWorkDead);
  ORGO_TRY(row, query.next());
  if (!row) return std::optional<DeadLetter>();
  return std::optional(dead_from_row(query));
}

}  // namespace orgo
