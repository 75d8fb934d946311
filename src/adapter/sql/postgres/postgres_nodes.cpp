#include "adapter/sql/postgres/postgres_nodes.h"

#include <algorithm>

#include "adapter/sql/postgres/postgres_schema.h"
#include "adapter/sql/rows.h"
#include "base/planted.h"
#include "port/lease_owner.h"

namespace orgo::sql {
namespace {

#define ORGO_NOW "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
#define ORGO_SINCE(time) "(extract(epoch FROM " time ") * 1000000)::bigint"
#define ORGO_OWN_SINCE "(SELECT " ORGO_SINCE("backend_start") " FROM pg_stat_activity WHERE pid = pg_backend_pid())"

// A session whose beginning the server does not show us is one of another role: it counts as there.
#define ORGO_LOOK \
  "SELECT n.name, n.boot, n.address, n.version, n.roles, n.secret, n.mails, n.schema_step, n.load, n.draining, " \
  "n.started_at, "        \
  ORGO_NOW " - n.heard_at AS silent, n.beats, CASE WHEN a.pid IS NULL THEN 0 WHEN a.backend_start IS NULL THEN 1 " \
  "WHEN " ORGO_SINCE("a.backend_start") " = n.session_since THEN 1 ELSE 0 END AS connected, n.dead FROM nodes AS " \
  "n LEFT JOIN pg_stat_activity AS a ON a.pid = n.session"
constexpr int kColumns = 15;

#define ORGO_SAYS                                                                                                  \
  "address = ?, version = ?, roles = ?, secret = ?, mails = ?, schema_step = ?, load = ?, draining = ?, heard_at " \
  "= " ORGO_NOW ", session = pg_backend_pid(), session_since = " ORGO_OWN_SINCE ", dead = 0"
#define ORGO_GOES_AFTER "86400000"  // ms; until then people see that it died

NodeSeen seen_in(Query& row) {
  NodeSeen seen;
  auto& info = seen.info;
  info = {.name = row.string(0),
          .boot = row.string(1),
          .address = row.string(2),
          .version = row.string(3),
          .roles = row.string(4),
          .secret = row.string(5),
          .mails = row.string(6)};
  info.schema = static_cast<int>(row.integer(7));
  info.load = row.integer(8);
  info.draining = row.integer(9) != 0;
  seen.started_at = from_ms(row.integer(10));
  seen.silent = Millis{row.integer(11)};
  seen.beats = row.integer(12);
  seen.is_connected = row.integer(13) != 0;
  seen.is_dead = row.integer(14) != 0;
  return seen;
}

Result<std::vector<NodeSeen>> all_in(Query& query) {
  std::vector<NodeSeen> nodes;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return nodes;
    nodes.push_back(seen_in(query));
  }
}

Query& says(Query& query, const NodeInfo& self) {
  return query.with(self.address, self.version, self.roles, self.secret, self.mails, postgres_schema_version(),
                    self.load, self.draining);
}

Result<bool> insert(Connection& db, const NodeInfo& self) {
  Query forget(db, "DELETE FROM nodes WHERE dead = 1 AND heard_at < " ORGO_NOW " - " ORGO_GOES_AFTER);
  ORGO_CHECK(forget.run());
  Query insert(
      db,
      "INSERT INTO nodes (name, boot, address, version, roles, secret, mails, schema_step, load, draining, "
      "started_at, heard_at, beats, session, session_since, dead) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, " ORGO_NOW
      ", " ORGO_NOW ", 1, pg_backend_pid(), " ORGO_OWN_SINCE ", 0 ON CONFLICT (name) DO NOTHING RETURNING 1");
  insert.with(self.name, self.boot);
  return says(insert, self).next();
}

/// Only from the one who was seen there, and as long as nobody has heard of him since.
Result<bool> take_over(Connection& db, const NodeInfo& self, const NodeSeen& holder) {
  Query take(db, "UPDATE nodes SET boot = ?, started_at = " ORGO_NOW ", beats = 1, " ORGO_SAYS
                 " WHERE name = ? AND boot = ? AND beats = ? RETURNING 1");
  take.with(self.boot);
  return says(take, self).with(self.name, holder.info.boot, holder.beats).next();
}

Error taken_by_another(const NodeInfo& self) {
  return {Errc::conflict, "another process works on this database as node " + self.name +
                              ": give each node a name of its own (node.name)"};
}

}  // namespace

Result<std::optional<NodeSeen>> PostgresNodes::join(const NodeInfo& self, const std::optional<NodeSeen>& before) {
  return line_.say([&](Connection& db) -> Result<std::optional<NodeSeen>> {
    Query look(db, ORGO_LOOK " WHERE n.name = ?");
    ORGO_TRY(found, look.with(self.name).next());
    if (!found) {
      ORGO_TRY(is_ours, insert(db, self));
      if (is_ours) return std::optional<NodeSeen>();
      return failure(Errc::unavailable, "another process took the name of node " + self.name + " at the same moment");
    }
    auto holder = seen_in(look);
    if (holder.info.boot == self.boot) return std::optional<NodeSeen>();  // said before, and the answer was lost
    switch (ORGO_PLANT(name_is_always_free) ? NameTaking::free : take_name(holder, before)) {
      case NameTaking::refused:
        return tl::unexpected(taken_by_another(self));
      case NameTaking::wait:
        return std::optional(std::move(holder));
      case NameTaking::free:
        break;
    }
    ORGO_TRY(is_ours, take_over(db, self, holder));
    if (is_ours) return std::optional<NodeSeen>();
    return std::optional(std::move(holder));
  });
}

Result<std::vector<NodeSeen>> PostgresNodes::beat(const NodeInfo& self) {
  return line_.say([&](Connection& db) -> Result<std::vector<NodeSeen>> {
    // All of one statement see the rows as they were before it.
    Query beat(db, "WITH heard AS (UPDATE nodes SET beats = beats + 1, " ORGO_SAYS
                   " WHERE name = ? AND boot = ? RETURNING 1), seen AS (" ORGO_LOOK
                   " ORDER BY n.name LIMIT 1000) SELECT seen.*, (SELECT count(*) FROM heard) FROM seen");
    says(beat, self).with(self.name, self.boot);
    std::vector<NodeSeen> all;
    std::int64_t heard = 0;
    for (;;) {
      ORGO_TRY(row, beat.next());
      if (!row) break;
      heard = beat.integer(kColumns);
      all.push_back(seen_in(beat));
    }
    if (heard == 1) return all;
    if (std::ranges::any_of(all, [&](const NodeSeen& one) { return one.info.name == self.name; }))
      return tl::unexpected(taken_by_another(self));
    ORGO_CHECK(insert(db, self));  // somebody has taken the row away, or put an older database back
    return all;
  });
}

Result<TimePoint> PostgresNodes::time() {
  return line_.say([](Connection& db) -> Result<TimePoint> {
    Query look(db, "SELECT " ORGO_NOW);
    ORGO_TRY(row, look.next());
    return row ? Result<TimePoint>(from_ms(look.integer(0))) : failure(Errc::corrupt, "the server tells no time");
  });
}

Result<Standbys> PostgresNodes::standbys() {
  return line_.say([](Connection& db) -> Result<Standbys> {
    // Of those that may confirm, as many do as the setting asks for: "ANY 2 (a, b, c)", "FIRST 1 (*)", "a" alone is
    // one.
    Query look(db,
               "SELECT CASE WHEN current_setting('synchronous_standby_names') = '' THEN 0 ELSE "
               "least(count(*) FILTER (WHERE sync_state IN ('sync', 'quorum') AND state = 'streaming'), "
               "coalesce(substring(current_setting('synchronous_standby_names') from '([0-9]+) *[(]'), '1')::bigint) "
               "END, count(*), count(*) - count(sync_state) FROM pg_stat_replication");
    ORGO_TRY(row, look.next());
    if (!row) return Standbys{};
    return Standbys{.confirming = static_cast<int>(look.integer(0)),
                    .following = static_cast<int>(look.integer(1)),
                    .is_known = look.integer(2) == 0};
  });
}

Result<std::vector<NodeSeen>> PostgresNodes::list() {
  return line_.say([](Connection& db) -> Result<std::vector<NodeSeen>> {
    Query look(db, ORGO_LOOK " ORDER BY n.name LIMIT 1000");
    return all_in(look);
  });
}

Result<bool> PostgresNodes::bury(const NodeSeen& dead, TimePoint now) {
  const auto owner = to_string(LeaseOwner{dead.info.name, dead.info.boot});
  return engine_.write({}, [&](Transaction& tx) -> Result<bool> {
    auto& db = tx.connection();
    Query mark(db, ORGO_PLANT(woken_node_is_buried)
                       ? "UPDATE nodes SET dead = 1 WHERE name = ? AND boot = ? AND beats >= 0 * ? AND dead = 0"
                       : "UPDATE nodes SET dead = 1 WHERE name = ? AND boot = ? AND beats = ? AND dead = 0");
    ORGO_CHECK(mark.with(dead.info.name, dead.info.boot, dead.beats).run());
    if (db.changed_rows() == 0) return false;
    ORGO_CHECK(give_back_work(db, owner, now));
    if (!ORGO_PLANT(sends_of_the_dead_wait)) ORGO_CHECK(give_back_sends(db, owner, now));
    ORGO_CHECK(give_back_timers(db, owner));
    Query locks(db, "DELETE FROM locks WHERE owner = ?");
    ORGO_CHECK(locks.with(owner).run());
    return true;
  });
}

Status PostgresNodes::leave(const NodeInfo& self) {
  return line_.say([&](Connection& db) -> Status {
    Query leave(db, "DELETE FROM nodes WHERE name = ? AND boot = ?");
    return leave.with(self.name, self.boot).run();
  });
}

}  // namespace orgo::sql
