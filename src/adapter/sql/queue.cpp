#include "adapter/sql/queue.h"

#include "adapter/sql/rows.h"

namespace orgo {

using sql::Connection;
using sql::Query;

namespace {

constexpr std::size_t kErrorBytes = 1024;

Result<int> remove_leased(Connection& db, std::span<const QueueLease> leases) {
  int counted = 0;
  Query remove(db, "DELETE FROM queue WHERE id = ? AND token = ?");
  for (const auto& lease : leases) {
    remove.again();
    ORGO_CHECK(remove.with(lease.item.value, lease.token).run());
    counted += static_cast<int>(db.changed_rows());
  }
  return counted;
}

}  // namespace

Status SqlQueue::publish(std::string_view topic, std::span<const QueueItem> items) {
  return engine_.write({}, [&](sql::Transaction& tx) -> Status {
    auto& db = tx.connection();
    Query insert(db,
                 "INSERT INTO queue (topic, tenant, reference, visible_at, token, attempts, error) VALUES (?, ?, ?, ?, "
                 "?, 0, '')");
    for (const auto& item : items) {
      insert.again();
      ORGO_CHECK(insert.with(topic, item.tenant.value, item.reference, to_ms(item.visible_at), tokens_.next()).run());
    }
    return {};
  });
}

Result<std::vector<QueueLease>> SqlQueue::lease(std::string_view topic, TimePoint now, Millis lease_time, int limit) {
  return engine_.write({}, [&](sql::Transaction& tx) -> Result<std::vector<QueueLease>> {
    auto& db = tx.connection();
    std::vector<QueueLease> leases;
    Query visible(db,
                  "SELECT id, tenant, reference, token, attempts FROM queue WHERE topic = ? AND visible_at <= ? ORDER "
                  "BY visible_at, id LIMIT ?");
    visible.with(topic, to_ms(now), limit);
    for (;;) {
      ORGO_TRY(row, visible.next());
      if (!row) break;
      leases.push_back({{visible.integer(0)},
                        TenantId{visible.integer(1)},
                        visible.integer(2),
                        visible.integer(3) + 1,
                        static_cast<int>(visible.integer(4)) + 1});
    }
    Query update(db, "UPDATE queue SET visible_at = ?, token = ?, attempts = ? WHERE id = ?");
    for (const auto& lease : leases) {
      update.again();
      ORGO_CHECK(update.with(to_ms(now + lease_time), lease.token, lease.attempts, lease.item.value).run());
    }
    return leases;
  });
}

Result<int> SqlQueue::complete(std::span<const QueueLease> leases) {
  return engine_.write({}, [&](sql::Transaction& tx) { return remove_leased(tx.connection(), leases); });
}

void SqlQueue::complete_without_waiting(std::span<const QueueLease> leases) {
  engine_.post({}, [mine = std::vector(leases.begin(), leases.end())](sql::Transaction& tx) -> Status {
    ORGO_CHECK(remove_leased(tx.connection(), mine));
    return {};
  });
}

Status SqlQueue::release_leases(TimePoint now) {
  return engine_.write({}, [&](sql::Transaction& tx) -> Status {
    auto& db = tx.connection();
    // A lease shows by its attempt without an error: a failed attempt has left one.
    Query work(
        db, "UPDATE queue SET visible_at = ?, token = token + 1 WHERE visible_at > ? AND attempts > 0 AND error = ''");
    return work.with(to_ms(now), to_ms(now)).run();
  });
}

Status SqlQueue::retry(const QueueLease& lease, TimePoint visible_at, std::string_view error) {
  return engine_.write({}, [&](sql::Transaction& tx) -> Status {
    auto& db = tx.connection();
    // The token grows, so that the one who gave it back can't complete it afterwards.
    Query update(db, "UPDATE queue SET visible_at = ?, error = ?, token = token + 1 WHERE id = ? AND token = ?");
    return update.with(to_ms(visible_at), error.substr(0, kErrorBytes), lease.item.value, lease.token).run();
  });
}

Status SqlQueue::bury(const QueueLease& lease, TimePoint now, std::string_view error) {
  return engine_.write({}, [&](sql::Transaction& tx) -> Status {
    auto& db = tx.connection();
    Query remove(db, "DELETE FROM queue WHERE id = ? AND token = ? RETURNING topic, tenant, reference, attempts");
    remove.with(lease.item.value, lease.token);
    ORGO_TRY(row, remove.next());
    if (!row) return {};
    const auto topic = remove.string(0);
    const auto tenant = remove.integer(1), reference = remove.integer(2), attempts = remove.integer(3);
    ORGO_TRY(more, remove.next());
    (void)more;
    Query insert(db,
                 "INSERT INTO dead_letters (id, topic, tenant, reference, attempts, error, died_at) VALUES (?, ?, ?, "
                 "?, ?, ?, ?)");
    return insert.with(lease.item.value, topic, tenant, reference, attempts, error.substr(0, kErrorBytes), to_ms(now))
        .run();
  });
}

Result<std::int64_t> SqlQueue::depth(std::string_view topic) {
  ORGO_TRY(use, engine_.reader());
  Query query(*use, "SELECT count(*) FROM queue WHERE topic = ?");
  query.with(topic);
  ORGO_TRY(row, query.next());
  return row ? query.integer(0) : 0;
}

Result<std::vector<DeadLetter>> SqlQueue::dead(int limit) {
  ORGO_TRY(use, engine_.reader());
  Query query(*use,
              "SELECT id, tenant, topic, reference, attempts, error, died_at FROM dead_letters WHERE dropped_at IS "
              "NULL ORDER BY id DESC LIMIT ?");
  query.with(limit);
  std::vector<DeadLetter> letters;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return letters;
    letters.push_back({{query.integer(0)},
                       TenantId{query.integer(1)},
                       query.string(2),
                       query.integer(3),
                       static_cast<int>(query.integer(4)),
                       query.string(5),
                       from_ms(query.integer(6))});
  }
}

Status SqlQueue::revive(QueueItemId item, TimePoint now) {
  return engine_.write({}, [&](sql::Transaction& tx) -> Status {
    auto& db = tx.connection();
    Query insert(
        db,
        "INSERT INTO queue (topic, tenant, reference, visible_at, token, attempts, error) "
        "SELECT topic, tenant, reference, ?, ?, 0, error FROM dead_letters WHERE id = ? AND dropped_at IS NULL");
    ORGO_CHECK(insert.with(to_ms(now), tokens_.next(), item.value).run());
    if (db.changed_rows() == 0) return failure(Errc::not_found, "there is no dead letter " + to_string(item));
    Query remove(db, "DELETE FROM dead_letters WHERE id = ?");
    return remove.with(item.value).run();
  });
}

Result<DeadLetter> SqlQueue::drop(QueueItemId item) {
  return engine_.write({}, [&](sql::Transaction& tx) -> Result<DeadLetter> {
    auto& db = tx.connection();
    // The row stays, marked: the ledger counts it as refused, and what was dropped can be named for ever.
    Query update(db,
                 "UPDATE dead_letters SET dropped_at = died_at WHERE id = ? AND dropped_at IS NULL "
                 "RETURNING id, tenant, topic, reference, attempts, error, died_at");
    update.with(item.value);
    ORGO_TRY(row, update.next());
    if (!row) return failure(Errc::not_found, "there is no dead letter " + to_string(item));
    DeadLetter letter{{update.integer(0)},       TenantId{update.integer(1)},         update.string(2),
                      update.integer(3),         static_cast<int>(update.integer(4)), update.string(5),
                      from_ms(update.integer(6))};
    ORGO_TRY(more, update.next());
    (void)more;
    return letter;
  });
}

}  // namespace orgo
