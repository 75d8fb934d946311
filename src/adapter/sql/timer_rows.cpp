#include "adapter/sql/rows.h"
#include "adapter/sql/task_store.h"

namespace orgo {

using sql::Query;

namespace {

#define ORGO_TIMER_COLUMNS "tenant, subject_kind, subject, due_at, visible_at"

Result<std::vector<PendingTimer>> read_timers(Query& query) {
  std::vector<PendingTimer> timers;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return timers;
    timers.push_back({TenantId{query.integer(0)}, sql::subject_from_row(query, 1), from_ms(query.integer(3)),
                      from_ms(query.integer(4))});
  }
}

}  // namespace

Result<std::vector<PendingTimer>> SqlTaskStore::due_timers(std::string_view name, TimePoint now, int limit) {
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
  Query query(*use, "SELECT " ORGO_TIMER_COLUMNS " FROM timers WHERE name = ? AND due_at <= ? ORDER BY due_at LIMIT ?");
  return read_timers(query.with(name, to_ms(now), limit));
}

Result<std::vector<PendingTimer>> SqlTaskStore::claim_timers(const LeaseOwner& owner, std::string_view name,
                                                             TimePoint now, Millis lease_time, int limit) {
  {  // nearly always nothing is due, and then nothing is written
    ORGO_TRY(next, next_timer(name));
    if (!next || *next > now) return std::vector<PendingTimer>();
  }
  const auto holder = to_string(owner);
  return engine_.write({}, [&](sql::Transaction& tx) -> Result<std::vector<PendingTimer>> {
    auto& db = tx.connection();
    Query due(db,
              "SELECT " ORGO_TIMER_COLUMNS " FROM timers WHERE name = ? AND visible_at <= ? AND " ORGO_TENANT_IS_ACTIVE
              " ORDER BY visible_at LIMIT ?");
    ORGO_TRY(timers, read_timers(due.with(name, to_ms(now), limit)));
    std::vector<PendingTimer> claimed;
    Query update(
        db,
        "UPDATE timers SET visible_at = ?, owner = ? WHERE tenant = ? AND subject_kind = ? AND subject = ? AND "
        "name = ? AND due_at = ? AND visible_at <= ?");
    for (const auto& timer : timers) {
      update.again();
      update.with(to_ms(now + lease_time), holder, timer.tenant.value, static_cast<int>(timer.subject.kind()),
                  timer.subject.id(), name, to_ms(timer.due_at), to_ms(now));
      ORGO_TRY(waits, update.later(true));
      if (waits || db.changed_rows() == 1) {
        claimed.push_back(timer);
        claimed.back().visible_at = now + lease_time;
      }
    }
    return claimed;
  });
}

Status sql::give_back_timers(Connection& db, const std::string& owner) {
  Query update(db, "UPDATE timers SET visible_at = due_at, owner = '' WHERE owner = ?");
  return update.with(owner).run();
}

Status SqlTaskStore::release_timers(const LeaseOwner& owner, LeasesOf which) {
  return engine_.write({}, [&](sql::Transaction& tx) -> Status {
    ORGO_TRY(holders, sql::owners_to_release(tx.connection(), "SELECT DISTINCT owner FROM timers WHERE owner <> ''",
                                             owner, which));
    for (const auto& holder : holders) ORGO_CHECK(sql::give_back_timers(tx.connection(), holder));
    return {};
  });
}

Result<std::optional<TimePoint>> SqlTaskStore::next_timer(std::string_view name) {
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
  Query query(*use,
              "SELECT visible_at FROM timers WHERE name = ? AND " ORGO_TENANT_IS_ACTIVE " ORDER BY visible_at LIMIT 1");
  query.with(name);
  ORGO_TRY(row, query.next());
  if (!row) return std::optional<TimePoint>();
  return std::optional(from_ms(query.integer(0)));
}

Result<std::vector<PendingTimer>> SqlTaskStore::latest_timers(std::string_view name,
                                                              const std::optional<PendingTimer>& after, int limit) {
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
  // The order is that of the index, backwards.
  Query query(*use, "SELECT " ORGO_TIMER_COLUMNS
                    " FROM timers WHERE name = ? AND visible_at <= ? AND (visible_at < ? OR tenant < ? OR (tenant = ? "
                    "AND (subject_kind < ? OR (subject_kind = ? AND subject < ?)))) AND " ORGO_TENANT_IS_ACTIVE
                    " ORDER BY visible_at DESC, tenant DESC, subject_kind DESC, subject DESC LIMIT ?");
  const auto at = after ? to_ms(after->visible_at) : INT64_MAX;
  const auto tenant = after ? after->tenant.value : INT64_MAX;
  const auto kind = after ? static_cast<int>(after->subject.kind()) : 0;
  query.with(name, at, at, tenant, tenant, kind, kind, after ? after->subject.id() : 0, limit);
  return read_timers(query);
}

}  // namespace orgo
