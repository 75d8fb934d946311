#include "adapter/sql/send_lanes.h"

#include <limits>
#include <utility>

#include "adapter/sql/rows.h"
#include "core/changes/send.h"

namespace orgo::sql {
namespace {

/// A condition that an index with the same condition serves: the number must stand in the text.
const std::string& queued() {
  static const std::string kText = "state = " + std::to_string(static_cast<int>(SendState::queued));
  return kText;
}

constexpr std::int64_t kNoTenant = std::numeric_limits<std::int64_t>::min();

/// The first active tenant behind `after` with something that waits, due or not; kNoTenant: there is none. The order
/// names all that the index of what waits is sorted by: by the tenant alone a planner may walk all sends there ever
/// were.
Result<std::int64_t> next_tenant(Connection& db, const std::string& lane, Priority priority, std::int64_t after) {
  static const std::string kText = "SELECT tenant FROM outbox WHERE " + queued() +
                                   " AND channel = ? AND priority = ? AND tenant > ? AND " ORGO_TENANT_IS_ACTIVE
                                   " ORDER BY tenant, visible_at LIMIT 1";
  Query query(db, kText.c_str());
  query.with(lane, static_cast<int>(priority), after);
  ORGO_TRY(row, query.next());
  return row ? query.integer(0) : kNoTenant;
}

Result<int> count_due(Connection& db, const std::string& lane, Priority priority, std::int64_t tenant, std::int64_t now,
                      int count_max) {
  static const std::string kText =
      "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE " + queued() +
      " AND channel = ? AND priority = ? AND tenant = ? AND visible_at <= ? LIMIT ?) AS due";
  Query query(db, kText.c_str());
  query.with(lane, static_cast<int>(priority), tenant, now, count_max);
  ORGO_TRY(row, query.next());
  return row ? static_cast<int>(query.integer(0)) : 0;
}

}  // namespace

Result<std::vector<std::string>> SendLanes::waiting(Connection& db) {
  static const std::string kText =
      "SELECT channel FROM outbox WHERE " + queued() + " AND channel > ? ORDER BY channel LIMIT 1";
  std::vector<std::string> lanes;
  std::string after;
  for (;;) {
    Query query(db, kText.c_str());
    query.with(after);
    ORGO_TRY(row, query.next());
    if (!row) return lanes;
    after = query.string(0);
    lanes.push_back(after);
  }
}

Result<std::vector<DueSends>> SendLanes::due(Connection& db, std::string_view lane, Priority priority, std::int64_t now,
                                             int count_max) {
  std::vector<std::string> lanes{std::string(lane)};
  if (lane.empty()) {
    ORGO_TRY(all, waiting(db));
    lanes = std::move(all);
  }
  std::vector<DueSends> found;
  for (const auto& one : lanes) ORGO_CHECK(add_due(db, one, priority, now, count_max, found));
  return found;
}

void SendLanes::keep(const SendLanes& before, const SendLanes& later) {
  for (const auto& [turn, tenant] : later.last_tenant_) {
    const auto known = before.last_tenant_.find(turn);
    if (known == before.last_tenant_.end() || known->second != tenant) last_tenant_.insert_or_assign(turn, tenant);
  }
}

Status SendLanes::add_due(Connection& db, const std::string& lane, Priority priority, std::int64_t now, int count_max,
                          std::vector<DueSends>& found) {
  auto& last = last_tenant_.try_emplace({lane, priority}, kNoTenant).first->second;
  const auto first = last;
  auto at = first;
  bool wrapped = first == kNoTenant;
  for (int looked_at = 0, due = 0; looked_at < kTenantsMax && due < count_max; ++looked_at) {
    ORGO_TRY(tenant, next_tenant(db, lane, priority, at));
    if (tenant == kNoTenant && !wrapped) {
      wrapped = true;
      at = kNoTenant;
      continue;
    }
    if (tenant == kNoTenant || (first != kNoTenant && wrapped && tenant > first)) break;
    at = last = tenant;
    ORGO_TRY(count, count_due(db, lane, priority, tenant, now, count_max));
    if (count == 0) continue;
    ++due;
    found.push_back({lane, TenantId{tenant}, count});
  }
  return {};
}

}  // namespace orgo::sql
