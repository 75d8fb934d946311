#include "adapter/sql/outbox.h"

#include <algorithm>
#include <limits>

#include "adapter/sql/rows.h"
#include "base/text.h"
#include "core/delivery/fair_share.h"

namespace orgo {

using sql::Query;

namespace {

/// Of a row of ORGO_SEND_COLUMNS, state, detail, updated_at.
StoredSend stored_send_from_row(Query& row) {
  constexpr int kState = sql::kSendColumns;
  return {{row.integer(0)},
          sql::send_from_row(row),
          static_cast<SendState>(row.integer(kState)),
          sql::send_attempts(row),
          row.string(kState + 1),
          from_ms(row.integer(13)),
          from_ms(row.integer(kState + 2))};
}

Result<std::vector<StoredSend>> stored_sends(Query& query) {
  std::vector<StoredSend> sends;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return sends;
    sends.push_back(stored_send_from_row(query));
  }
}

}  // namespace

Send sql::send_from_row(Query& row) {
  Send send;
  send.kind = static_cast<SendKind>(row.integer(2));
  send.channel = row.string(3);
  send.recipient = parse_contact(row.string(4));
  send.priority = static_cast<Priority>(row.integer(5));
  send.subject = sql::subject_from_row(row, 6);
  send.message = {row.integer(8)};
  send.template_name = row.string(9);
  send.note = row.string(10);
  send.due_at = from_ms(row.integer(11));
  send.cause = row.string(14);
  send.rule = row.string(15);
  send.content = {row.integer(16)};
  if (const auto sender = row.text(17); !sender.empty()) send.sender = parse_contact(std::string(sender));
  return send;
}

int sql::send_attempts(Query& row) {
  return static_cast<int>(row.integer(12));
}

namespace {

/// A condition that an index with the same condition serves: the number must stand in the text.
std::string is_queued() {
  return "state = " + std::to_string(static_cast<int>(SendState::queued));
}

/// Stops by itself at `limit`: what is under way is passed over, and only a jump of the clock makes that due.
Status read_due(sql::Connection& db, const sql::DueSends& due, Priority priority, TimePoint now, int limit,
                const LeaseChoice& choice, std::vector<LeasedSend>& leased) {
  static const std::string kText = "SELECT " ORGO_SEND_COLUMNS ", lease, share FROM outbox WHERE " + is_queued() +
                                   " AND channel = ? AND priority = ? AND tenant = ? AND visible_at <= ? ORDER BY "
                                   "visible_at, id";
  Query query(db, kText.c_str());
  query.with(due.lane, static_cast<int>(priority), due.tenant.value, to_ms(now));
  while (limit > 0) {
    ORGO_TRY(row, query.next());
    if (!row) return {};
    const SendId id{query.integer(0)};
    const TenantId tenant{query.integer(1)};
    if (choice.under_way != nullptr && choice.under_way->contains({tenant, id})) continue;
    --limit;
    leased.push_back({id, tenant, sql::send_from_row(query), query.integer(sql::kSendColumns) + 1,
                      sql::send_attempts(query) + 1, from_ms(query.integer(13)),
                      sql::is_held(query.integer(sql::kSendColumns + 1))});
  }
  return {};
}

/// Of one priority, fairly between tenants and lanes, as many as there is room for.
Status read_fairly(sql::Connection& db, const std::vector<sql::DueSends>& due, Priority priority, TimePoint now,
                   int limit, const LeaseChoice& choice, std::vector<LeasedSend>& leased) {
  std::vector<int> waiting;
  for (const auto& one : due) waiting.push_back(one.count);
  const auto shares = fair_share(waiting, limit);
  for (std::size_t i = 0; i < due.size(); ++i)
    if (shares[i] > 0) ORGO_CHECK(read_due(db, due[i], priority, now, shares[i], choice, leased));
  return {};
}

/// The earliest of each tenant stands first in the index: a seek for each that has something to send, whatever waits.
Status find_earliest(sql::Connection& db, std::string_view lane, Priority priority,
                     std::optional<TimePoint>& earliest) {
  static const std::string kText = "SELECT tenant, visible_at FROM outbox WHERE " + is_queued() +
                                   " AND channel = ? AND priority = ? AND tenant > ? AND " ORGO_TENANT_IS_ACTIVE
                                   " ORDER BY tenant, visible_at LIMIT "
                                   "1";
  Query query(db, kText.c_str());
  for (auto tenant = std::numeric_limits<std::int64_t>::min();;) {
    query.again();
    query.with(lane, static_cast<int>(priority), tenant);
    ORGO_TRY(row, query.next());
    if (!row) return {};
    tenant = query.integer(0);
    if (const auto at = from_ms(query.integer(1)); !earliest || at < *earliest) earliest = at;
  }
}

/// The newest sends tell it: to look at all that wait would cost what waits, each time.
Result<bool> newest_are_of_a_clock_ahead(sql::Connection& db, std::int64_t tenant, TimePoint now) {
  constexpr int kNewest = 100;
  Query newest(db, "SELECT created_at FROM outbox WHERE tenant = ? ORDER BY id DESC LIMIT ?");
  newest.with(tenant, kNewest);
  for (;;) {
    ORGO_TRY(row, newest.next());
    if (!row || newest.integer(0) > to_ms(now)) return row;
  }
}

/// Who has a send that waits until after `at` for its next attempt, and nobody tries it now; or one that a clock which
/// was ahead of `now` has made, and nobody has tried.
Status find_waits_beyond(sql::Connection& db, std::string_view lane, Priority priority, TimePoint at, TimePoint now,
                         std::vector<std::pair<Priority, TenantId>>& found) {
  static const std::string kTenant = "SELECT tenant FROM outbox WHERE " + is_queued() +
                                     " AND channel = ? AND priority = ? AND tenant > ? ORDER BY "
                                     "tenant, visible_at LIMIT 1";
  static const std::string kLate = "SELECT 1 FROM outbox WHERE " + is_queued() +
                                   " AND channel = ? AND priority = ? AND tenant = ? AND visible_at > ? AND owner = "
                                   "'' AND detail <> '' LIMIT 1";
  Query next(db, kTenant.c_str());
  Query late(db, kLate.c_str());
  for (auto tenant = std::numeric_limits<std::int64_t>::min();;) {
    next.again();
    next.with(lane, static_cast<int>(priority), tenant);
    ORGO_TRY(row, next.next());
    if (!row) return {};
    tenant = next.integer(0);
    late.again();
    late.with(lane, static_cast<int>(priority), tenant, to_ms(at));
    ORGO_TRY(is_late, late.next());
    ORGO_TRY(is_ahead, newest_are_of_a_clock_ahead(db, tenant, now));
    if (is_late || is_ahead) found.emplace_back(priority, TenantId{tenant});
  }
}

}  // namespace

Result<std::vector<LeasedSend>> SqlOutbox::lease_sends(const LeaseOwner& owner, TimePoint now, Millis lease_time,
                                                       int limit, std::string_view lane, const LeaseChoice& choice) {
  const auto name = to_string(owner);
  const auto before = turns();
  auto lanes = before;
  auto answer = engine_.write({}, [&](sql::Transaction& tx) -> Result<std::vector<LeasedSend>> {
    auto& db = tx.connection();
    lanes = before;
    std::vector<LeasedSend> found;
    for (const auto priority : kMostUrgentFirst) {
      const int room = limit - static_cast<int>(found.size());
      if (room <= 0 || priority < choice.least) break;
      ORGO_TRY(due, lanes.due(db, lane, priority, to_ms(now), room));
      ORGO_CHECK(read_fairly(db, due, priority, now, room, choice, found));
    }
    // Whoever was faster has raised the token.
    std::vector<LeasedSend> leased;
    Query update(db,
                 "UPDATE outbox SET visible_at = ?, lease = ?, owner = ?, attempts = ? WHERE tenant = ? AND id = ? AND "
                 "lease = ? AND state = ?");
    for (auto& send : found) {
      update.again();
      update.with(to_ms(now + lease_time), send.lease, name, send.attempts, send.tenant.value, send.id.value,
                  send.lease - 1, static_cast<int>(SendState::queued));
      ORGO_TRY(waits, update.later(true));
      if (waits || db.changed_rows() == 1) leased.push_back(std::move(send));
    }
    return leased;
  });
  if (answer) {
    const std::lock_guard lock(mutex_);
    lanes_.keep(before, lanes);
  }
  return answer;
}

Status SqlOutbox::give_back(std::span<const LeasedSend> leases, TimePoint now) {
  return engine_.write({}, [&](sql::Transaction& tx) -> Status {
    Query update(tx.connection(),
                 "UPDATE outbox SET visible_at = ?, lease = lease + 1, owner = '', attempts = ? WHERE tenant = ? AND "
                 "id = ? AND lease = ? AND state = ?");
    for (const auto& one : leases) {
      update.again();
      update.with(to_ms(now), one.attempts - 1, one.tenant.value, one.id.value, one.lease,
                  static_cast<int>(SendState::queued));
      ORGO_CHECK(sql::run_later(update));
    }
    return {};
  });
}

Result<int> SqlOutbox::cap_waits(TimePoint now, Millis most, Millis to, std::string_view lane) {
  std::vector<std::pair<Priority, TenantId>> found;
  {
    // Nearly always there is nothing to do, and then nothing is written.
    ORGO_TRY(use, engine_.reader(sql::Scope::all()));
    for (const auto priority : kMostUrgentFirst)
      ORGO_CHECK(find_waits_beyond(*use, lane, priority, now + most, now, found));
  }
  if (found.empty()) return 0;
  return engine_.write({}, [&](sql::Transaction& tx) -> Result<int> {
    static const std::string kText = "UPDATE outbox SET visible_at = ? WHERE " + is_queued() +
                                     " AND channel = ? AND priority = ? AND tenant = ? AND visible_at > ? AND owner = "
                                     "'' AND detail <> ''";
    // `created_at` goes with it, so that the next look finds nothing to do.
    static const std::string kAhead =
        "UPDATE outbox SET visible_at = ? + visible_at - created_at, created_at = ? WHERE " + is_queued() +
        " AND channel = ? AND priority = ? AND tenant = ? AND visible_at > ? AND owner = "
        "'' AND detail = '' AND attempts = 0 AND created_at > ?";
    Query update(tx.connection(), kText.c_str());
    Query ahead(tx.connection(), kAhead.c_str());
    int capped = 0;
    for (const auto& [priority, tenant] : found) {
      update.again();
      update.with(to_ms(now + to), lane, static_cast<int>(priority), tenant.value, to_ms(now + most));
      ORGO_CHECK(update.run());
      capped += static_cast<int>(tx.connection().changed_rows());
      ahead.again();
      ahead.with(to_ms(now), to_ms(now), lane, static_cast<int>(priority), tenant.value, to_ms(now), to_ms(now));
      ORGO_CHECK(ahead.run());
      capped += static_cast<int>(tx.connection().changed_rows());
    }
    return capped;
  });
}

sql::SendLanes SqlOutbox::turns() {
  const std::lock_guard lock(mutex_);
  return lanes_;
}

Status sql::give_back_sends(Connection& db, const std::string& owner, TimePoint now) {
  Query update(db,
               "UPDATE outbox SET visible_at = ?, lease = lease + 1, owner = '' WHERE state = 1 AND owner = ? AND "
               "visible_at > ?");
  return update.with(to_ms(now), owner, to_ms(now)).run();
}

Status SqlOutbox::release_sends(const LeaseOwner& owner, LeasesOf which, TimePoint now) {
  return engine_.write({}, [&](sql::Transaction& tx) -> Status {
    ORGO_TRY(names,
             sql::owners_to_release(tx.connection(),
                                    "SELECT DISTINCT owner FROM outbox WHERE state = 1 AND owner <> ''", owner, which));
    for (const auto& one : names) ORGO_CHECK(sql::give_back_sends(tx.connection(), one, now));
    return {};
  });
}

Result<std::optional<TimePoint>> SqlOutbox::next_send(std::string_view lane) {
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
  std::vector<std::string> lanes{std::string(lane)};
  if (lane.empty()) {
    ORGO_TRY(all, sql::SendLanes::waiting(*use));
    lanes = std::move(all);
  }
  std::optional<TimePoint> earliest;
  for (const auto& one : lanes)
    for (const auto priority : kMostUrgentFirst) ORGO_CHECK(find_earliest(*use, one, priority, earliest));
  return earliest;
}

Result<std::vector<StoredSend>> SqlOutbox::sends_of_task(TenantId tenant, TaskNumber task) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use, "SELECT " ORGO_SEND_COLUMNS
                    ", state, detail, updated_at FROM outbox WHERE tenant = ? AND subject_kind = ? AND subject = ? AND "
                    "subject <> 0 ORDER BY id DESC LIMIT 1000");
  query.with(tenant.value, static_cast<int>(SubjectKind::task), task.value);
  ORGO_TRY(sends, stored_sends(query));
  std::ranges::reverse(sends);
  return sends;
}

Result<StoredSend> SqlOutbox::read_send(TenantId tenant, SendId id) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use, "SELECT " ORGO_SEND_COLUMNS ", state, detail, updated_at FROM outbox WHERE tenant = ? AND id = ?");
  query.with(tenant.value, id.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no send " + to_string(id));
  return stored_send_from_row(query);
}

Result<std::vector<StoredSend>> SqlOutbox::restored_sends(TenantId tenant, SendId after, int limit) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use, "SELECT " ORGO_SEND_COLUMNS
                    ", state, detail, updated_at FROM outbox WHERE tenant = ? AND id > ? AND state = 6 ORDER BY id "
                    "LIMIT ?");
  query.with(tenant.value, after.value, limit);
  return stored_sends(query);
}

Result<std::map<TenantId, std::int64_t>> SqlOutbox::count_restored() {
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
  Query query(*use, "SELECT tenant, count(*) FROM outbox WHERE state = 6 GROUP BY tenant");
  std::map<TenantId, std::int64_t> counts;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return counts;
    counts.emplace(TenantId{query.integer(0)}, query.integer(1));
  }
}

Result<std::vector<StoredSend>> SqlOutbox::held_sends(TenantId tenant, SendId after, int limit) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query query(*use, "SELECT " ORGO_SEND_COLUMNS
                    ", state, detail, updated_at FROM outbox WHERE tenant = ? AND id > ? AND state = 1 AND share > 1 "
                    "ORDER BY id LIMIT ?");
  query.with(tenant.value, after.value, limit);
  return stored_sends(query);
}

Result<std::vector<StoredSend>> SqlOutbox::answers_to(TenantId tenant, std::string_view recipient, TimePoint since,
                                                      SendId upto, int limit) {
  ORGO_TRY(use, engine_.reader(tenant));
  static const std::string kText = "SELECT " ORGO_SEND_COLUMNS
                                   ", state, detail, updated_at FROM outbox WHERE tenant = ? AND recipient_key = ? AND "
                                   "kind = " +
                                   std::to_string(static_cast<int>(SendKind::reply)) +
                                   " AND created_at >= ? AND id <= ? ORDER BY created_at DESC, id DESC LIMIT ?";
  const auto key = ascii_lower(recipient);  // bound text lives until the statement has run
  Query query(*use, kText.c_str());
  query.with(tenant.value, key, to_ms(since), upto ? upto.value : std::numeric_limits<std::int64_t>::max(), limit);
  return stored_sends(query);
}

Result<std::int64_t> SqlOutbox::count_sends(TenantId tenant, TaskNumber task, TimePoint since,
                                            std::string_view recipient, SendId upto) {
  ORGO_TRY(use, engine_.reader(tenant));
  Query of_task(*use,
                "SELECT count(*) FROM (SELECT created_at, recipient_key FROM outbox WHERE tenant = ? AND subject_kind "
                "= ? AND subject = ? AND subject <> 0 AND id <= ? ORDER BY id DESC LIMIT 1000) AS counted WHERE "
                "created_at >= ? AND (? = '' OR recipient_key = ?)");
  const auto key = ascii_lower(recipient);
  of_task.with(tenant.value, static_cast<int>(SubjectKind::task), task.value,
               upto ? upto.value : std::numeric_limits<std::int64_t>::max(), to_ms(since), key, key);
  ORGO_TRY(row, of_task.next());
  return row ? of_task.integer(0) : 0;
}

namespace {

/// Whoever sends more than this within the window is past every limit anyhow.
const char* counting(CountedBy by) {
  switch (by) {
    case CountedBy::cause:
      return "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE tenant = ? AND cause <> '' AND cause = ? AND share = ? "
             "AND counted_at >= ? AND id <= ? LIMIT 20000) AS counted";
    case CountedBy::rule:
      return "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE tenant = ? AND rule <> '' AND rule = ? AND share = ? "
             "AND counted_at >= ? AND id <= ? LIMIT 20000) AS counted";
    case CountedBy::lane:
      break;
  }
  return "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE tenant = ? AND channel = ? AND share = ? AND counted_at >= "
         "? AND id <= ? LIMIT 20000) AS counted";
}

}  // namespace

Result<std::int64_t> SqlOutbox::count_for_brake(const BrakeQuery& query) {
  ORGO_TRY(use, engine_.reader(query.tenant));
  const auto upto = query.upto ? query.upto.value : std::numeric_limits<std::int64_t>::max();
  const auto share = static_cast<int>(query.urgent ? sql::Share::urgent : sql::Share::ordinary);
  Query count(*use, counting(query.by));
  count.with(query.tenant.value, query.name, share, to_ms(query.since), upto);
  ORGO_TRY(row, count.next());
  return row ? count.integer(0) : 0;
}

}  // namespace orgo
