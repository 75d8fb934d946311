#include "adapter/sql/work_store.h"

#include <algorithm>
#include <string>

#include "adapter/sql/late_tables.h"
#include "adapter/sql/rows.h"
#include "adapter/sql/work_rows.h"
#include "base/planted.h"
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

/// Pieces of work of one tenant and kind whose references follow each other: one statement takes them all, at a third
/// of the cost of one for each. They mostly do, since work is announced in the order in which it came.
struct Run {
  WorkKey first;
  std::int64_t last = 0;
  std::int64_t token = 0;  ///< of leases
};

void add_to_runs(std::vector<Run>& runs, const WorkKey& key, std::int64_t token = 0) {
  if (!runs.empty()) {
    auto& run = runs.back();
    if (run.first.tenant == key.tenant && run.first.kind == key.kind && run.token == token &&
        run.last + 1 == key.reference) {
      run.last = key.reference;
      return;
    }
  }
  runs.push_back({key, key.reference, token});
}

/// `waited_for`: how many there were; else 0.
Result<int> remove_leased(Connection& db, std::span<const WorkLease> leases, bool waited_for) {
  std::vector<Run> runs;
  for (const auto& lease : leases) add_to_runs(runs, lease.key, lease.token);
  int counted = 0;
  Query remove(db,
               "DELETE FROM work WHERE tenant = ? AND kind = ? AND reference BETWEEN ? AND ? AND token = ? AND state = "
               "?");
  for (const auto& run : runs) {
    remove.again();
    remove.with(run.first.tenant.value, static_cast<int>(run.first.kind), run.first.reference, run.last, run.token,
                kWorkWaiting);
    if (!waited_for) {
      ORGO_CHECK(sql::run_later(remove));
      continue;
    }
    ORGO_CHECK(remove.run());
    counted += static_cast<int>(db.changed_rows());
  }
  return counted;
}

/// Leases what waits of a run, under a number that no lease of it has had; nothing needs to be known of it before.
Status claim_run(Connection& db, const Run& run, const std::string& owner, TimePoint now, TimePoint until,
                 int attempts_below, std::vector<WorkLease>& leases) {
  const auto tenant = run.first.tenant.value;
  const auto kind = static_cast<int>(run.first.kind);
  Query update(db,
               "UPDATE work SET visible_at = ?, token = ?, owner = ?, attempts = attempts + 1 WHERE tenant = ? AND "
               "kind = ? AND reference BETWEEN ? AND ? AND state = ? AND visible_at <= ? AND attempts < ? "
               "AND " ORGO_TENANT_IS_ACTIVE);
  update.with(to_ms(until), run.token, owner, tenant, kind, run.first.reference, run.last, kWorkWaiting, to_ms(now),
              attempts_below);
  ORGO_TRY(waits, update.later());
  if (!waits && db.changed_rows() == 0) return {};
  Query claimed(db,
                "SELECT reference, attempts FROM work WHERE tenant = ? AND kind = ? AND reference BETWEEN ? AND ? AND "
                "token = ? ORDER BY reference");
  claimed.with(tenant, kind, run.first.reference, run.last, run.token);
  for (;;) {
    ORGO_TRY(row, claimed.next());
    if (!row) return {};
    auto key = run.first;
    key.reference = claimed.integer(0);
    leases.push_back({key, run.token, static_cast<int>(claimed.integer(1))});
  }
}

}  // namespace

Status sql::insert_work(Transaction& tx, const WorkKey& key, TimePoint visible_at) {
  return tx.late().add(late_work(), key.tenant.value, key.reference, key.tenant.value, static_cast<int>(key.kind),
                       key.reference, kWorkWaiting, to_ms(visible_at), 0, "", 0, "", 0);
}

Status sql::give_back_work(Connection& db, const std::string& owner, TimePoint now) {
  Query update(db,
               "UPDATE work SET visible_at = ?, token = 0, owner = '' WHERE owner = ? AND state = ? AND visible_at > "
               "?");
  return update.with(to_ms(now), owner, kWorkWaiting, to_ms(now)).run();
}

Status SqlWorkStore::add(std::span<const WorkKey> keys, TimePoint visible_at) {
  return engine_.write(tenants_of(keys), [&](sql::Transaction& tx) -> Status {
    for (const auto& key : keys) ORGO_CHECK(sql::insert_work(tx, key, visible_at));
    return {};
  });
}

Result<std::vector<WorkLease>> SqlWorkStore::claim(const LeaseOwner& owner, std::span<const WorkKey> keys,
                                                   TimePoint now, Millis lease_time, int attempts_below) {
  if (keys.empty()) return std::vector<WorkLease>();
  const auto name = to_string(owner);
  return engine_.write(tenants_of(keys), [&](sql::Transaction& tx) -> Result<std::vector<WorkLease>> {
    std::vector<Run> runs;
    for (const auto& key : keys) add_to_runs(runs, key);
    std::vector<WorkLease> leases;
    leases.reserve(keys.size());
    for (auto& run : runs) {
      ORGO_TRY(token, tx.next(run.first.tenant, sql::Counter::lease));
      run.token = token;
      ORGO_CHECK(claim_run(tx.connection(), run, name, now, now + lease_time, attempts_below, leases));
    }
    return leases;
  });
}

Result<std::vector<WorkKey>> SqlWorkStore::often_failed(std::span<const WorkKey> keys, TimePoint now,
                                                        int attempts_from) {
  ORGO_TRY(use, engine_.reader(sql::Scope::of(keys, &WorkKey::tenant)));
  Query query(
      *use,
      "SELECT attempts FROM work WHERE tenant = ? AND kind = ? AND reference = ? AND state = ? AND visible_at <= "
      "? AND attempts >= ?");
  std::vector<std::pair<std::int64_t, WorkKey>> found;
  for (const auto& key : keys) {
    query.again();
    query.with(key.tenant.value, static_cast<int>(key.kind), key.reference, kWorkWaiting, to_ms(now), attempts_from);
    ORGO_TRY(row, query.next());
    if (row) found.emplace_back(query.integer(0), key);
  }
  std::ranges::stable_sort(found, {}, &std::pair<std::int64_t, WorkKey>::first);
  std::vector<WorkKey> often;
  for (const auto& [attempts, key] : found) often.push_back(key);
  return often;
}

Result<int> SqlWorkStore::complete(std::span<const WorkLease> leases) {
  return engine_.write(tenants_of(leases),
                       [&](sql::Transaction& tx) { return remove_leased(tx.connection(), leases, true); });
}

void SqlWorkStore::complete_without_waiting(std::span<const WorkLease> leases) {
  engine_.post(tenants_of(leases), [mine = std::vector(leases.begin(), leases.end())](sql::Transaction& tx) -> Status {
    ORGO_CHECK(remove_leased(tx.connection(), mine, false));
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

Status SqlWorkStore::give_back(std::span<const WorkLease> leases, TimePoint now) {
  return engine_.write({}, [&](sql::Transaction& tx) -> Status {
    Query update(tx.connection(),
                 "UPDATE work SET visible_at = ?, token = 0, owner = '', attempts = attempts - 1 WHERE tenant = ? AND "
                 "kind = ? AND reference = ? AND token = ? AND state = ?");
    for (const auto& [key, token, attempts] : leases) {
      update.again();
      update.with(to_ms(now), key.tenant.value, static_cast<int>(key.kind), key.reference, token, kWorkWaiting);
      ORGO_CHECK(sql::run_later(update));
    }
    return {};
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
    for (const auto& name : names) ORGO_CHECK(sql::give_back_work(tx.connection(), name, now));
    return {};
  });
}

Result<int> SqlWorkStore::cap_waits(WorkKind kind, TimePoint now, Millis most) {
  {
    // Nearly always there is nothing to do, and then nothing is written; nor is looked through what waits as it may.
    ORGO_TRY(use, engine_.reader(sql::Scope::all()));
    Query found(*use, "SELECT 1 FROM work WHERE kind = ? AND state = 1 AND visible_at > ? LIMIT 1");
    ORGO_TRY(row, found.with(static_cast<int>(kind), to_ms(now + most)).next());
    if (!row) return 0;
  }
  return engine_.write({}, [&](sql::Transaction& tx) -> Result<int> {
    Query update(tx.connection(),
                 "UPDATE work SET visible_at = CASE WHEN owner = '' THEN ? ELSE ? END WHERE kind = ? AND state = 1 AND "
                 "visible_at > ?");
    update.with(to_ms(now), to_ms(now + most), static_cast<int>(kind), to_ms(now + most));
    ORGO_CHECK(update.run());
    return static_cast<int>(tx.connection().changed_rows());
  });
}

Result<std::int64_t> SqlWorkStore::depth(WorkKind kind) {
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
  Query query(*use, "SELECT count(*) FROM work WHERE kind = ? AND state = 1");
  query.with(static_cast<int>(kind));
  ORGO_TRY(row, query.next());
  return row ? query.integer(0) : 0;
}

Result<std::vector<WorkKey>> SqlWorkStore::unclaimed(WorkKind kind, TimePoint now, int limit) {
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
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
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
  Query query(*use,
              "SELECT visible_at FROM work WHERE kind = ? AND state = 1 AND visible_at > ? AND " ORGO_TENANT_IS_ACTIVE
              " ORDER BY visible_at LIMIT 1");
  query.with(static_cast<int>(kind), to_ms(after));
  ORGO_TRY(row, query.next());
  if (!row) return std::optional<TimePoint>();
  return std::optional(from_ms(query.integer(0)));
}

Result<std::vector<DeadLetter>> SqlWorkStore::dead(std::optional<TenantId> tenant, int limit) {
  ORGO_TRY(use, engine_.reader(tenant ? sql::Scope(*tenant) : sql::Scope::all()));
  if (!tenant || ORGO_PLANT(dead_letters_of_all_tenants)) {
    Query query(*use, "SELECT " ORGO_DEAD_COLUMNS
                      " FROM work WHERE state = 2 ORDER BY died_at DESC, tenant, reference DESC LIMIT ?");
    return read_dead(query.with(limit));
  }
  Query query(*use, "SELECT " ORGO_DEAD_COLUMNS
                    " FROM work WHERE tenant = ? AND state = 2 ORDER BY died_at DESC, reference DESC LIMIT ?");
  return read_dead(query.with(tenant->value, limit));
}

Result<std::optional<DeadLetter>> SqlWorkStore::find_dead(const WorkKey& key) {
  ORGO_TRY(use, engine_.reader(key.tenant));
  Query query(*use,
              "SELECT " ORGO_DEAD_COLUMNS " FROM work WHERE tenant = ? AND kind = ? AND reference = ? AND state = ?");
  query.with(key.tenant.value, static_cast<int>(key.kind), key.reference, kWorkDead);
  ORGO_TRY(row, query.next());
  if (!row) return std::optional<DeadLetter>();
  return std::optional(dead_from_row(query));
}

}  // namespace orgo
