#include "adapter/sql/rows.h"
#include "adapter/sql/store.h"

namespace orgo {

using sql::Connection;
using sql::Query;

namespace {

constexpr std::size_t kErrorBytes = 1024;

Status remove_leased(Connection& db, std::span<const QueueLease> leases, int& counted) {
  Query remove(db, "DELETE FROM queue WHERE id = ? AND token = ?");
  for (const auto& lease : leases) {
    remove.again();
    ORGO_CHECK(remove.with(lease.item.value, lease.token).run());
    counted += static_cast<int>(db.changed_rows());
  }
  return {};
}

}  // namespace

Status SqlStore::publish(std::string_view topic, std::span<const QueueItem> items) {
  return write([&](Connection& db) -> Status {
    Query insert(db,
                 "INSERT INTO queue (topic, tenant, reference, visible_at, token, attempts, error) VALUES (?, ?, ?, ?, "
                 "?, 0, '')");
    for (const auto& item : items) {
      insert.again();
      ORGO_CHECK(
          insert.with(topic, item.tenant.value, item.reference, to_ms(item.visible_at), first_lease_token()).run());
    }
    return {};
  });
}

Result<std::vector<QueueLease>> SqlStore::lease(std::string_view topic, TimePoint now, Millis lease_time, int limit) {
  std::vector<QueueLease> leases;
  ORGO_CHECK(write([&](Connection& db) -> Status {
    Query visible(db,
                  "SELECT id, tenant, reference, token, attempts FROM queue WHERE topic = ? AND visible_at <= ? ORDER "
                  "BY visible_at, id LIMIT ?");
    visible.with(topic, to_ms(now), limit);
    for (;;) {
      ORGO_TRY(row, visible.next());
      if (!row) break;
      leases.push_back({{visible.integer(0)},
                        {visible.integer(1)},
                        visible.integer(2),
                        visible.integer(3) + 1,
                        static_cast<int>(visible.integer(4)) + 1});
    }
    Query update(db, "UPDATE queue SET visible_at = ?, token = ?, attempts = ? WHERE id = ?");
    for (const auto& lease : leases) {
      update.again();
      ORGO_CHECK(update.with(to_ms(now + lease_time), lease.token, lease.attempts, lease.item.value).run());
    }
    return {};
  }));
  return leases;
}

Result<int> SqlStore::complete(std::span<const QueueLease> leases) {
  int counted = 0;
  ORGO_CHECK(write([&](Connection& db) { return remove_leased(db, leases, counted); }));
  return counted;
}

void SqlStore::complete_without_waiting(std::span<const QueueLease> leases) {
  if (!writer_) return;
  writer_->post(
      [mine = std::vector(leases.begin(), leases.end())](Connection& db) {
        int counted = 0;
        return remove_leased(db, mine, counted);
      },
      [this](const Status& status) { remember(status); });
}

Status SqlStore::release_leases(TimePoint now) {
  return write([&](Connection& db) -> Status {
    // A lease shows by its attempt without an error: a failed attempt has left one.
    Query work(
        db, "UPDATE queue SET visible_at = ?, token = token + 1 WHERE visible_at > ? AND attempts > 0 AND error = ''");
    ORGO_CHECK(work.with(to_ms(now), to_ms(now)).run());
    Query sends(db,
                "UPDATE outbox SET visible_at = ?, lease = lease + 1 WHERE state = 1 AND visible_at > ? AND attempts > "
                "0 AND detail = ''");
    return sends.with(to_ms(now), to_ms(now)).run();
  });
}

Status SqlStore::retry(const QueueLease& lease, TimePoint visible_at, std::string_view error) {
  return write([&](Connection& db) -> Status {
    // The token grows, so that the one who gave it back can't complete it afterwards.
    Query update(db, "UPDATE queue SET visible_at = ?, error = ?, token = token + 1 WHERE id = ? AND token = ?");
    return update.with(to_ms(visible_at), error.substr(0, kErrorBytes), lease.item.value, lease.token).run();
  });
}

Status SqlStore::bury(const QueueLease& lease, TimePoint now, std::string_view error) {
  return write([&](Connection& db) -> Status {
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

Result<std::int64_t> SqlStore::depth(std::string_view topic) {
  ORGO_TRY(use, reader());
  Query query(**use, "SELECT count(*) FROM queue WHERE topic = ?");
  query.with(topic);
  ORGO_TRY(row, query.next());
  return row ? query.integer(0) : 0;
}

Result<std::vector<DeadLetter>> SqlStore::dead(int limit) {
  ORGO_TRY(use, reader());
  Query query(**use,
              "SELECT id, tenant, topic, reference, attempts, error, died_at FROM dead_letters WHERE dropped_at IS "
              "NULL ORDER BY id DESC LIMIT ?");
  query.with(limit);
  std::vector<DeadLetter> letters;
  for (;;) {
    ORGO_TRY(row, query.next());
    if (!row) return letters;
    letters.push_back({{query.integer(0)},
                       {query.integer(1)},
                       query.string(2),
                       query.integer(3),
                       static_cast<int>(query.integer(4)),
                       query.string(5),
                       from_ms(query.integer(6))});
  }
}

Status SqlStore::revive(QueueItemId item, TimePoint now) {
  return write([&](Connection& db) -> Status {
    Query insert(
        db,
        "INSERT INTO queue (topic, tenant, reference, visible_at, token, attempts, error) "
        "SELECT topic, tenant, reference, ?, ?, 0, error FROM dead_letters WHERE id = ? AND dropped_at IS NULL");
    ORGO_CHECK(insert.with(to_ms(now), first_lease_token(), item.value).run());
    if (db.changed_rows() == 0) return failure(Errc::not_found, "there is no dead letter " + to_string(item));
    Query remove(db, "DELETE FROM dead_letters WHERE id = ?");
    return remove.with(item.value).run();
  });
}

Result<DeadLetter> SqlStore::drop(QueueItemId item) {
  DeadLetter letter;
  ORGO_CHECK(write([&](Connection& db) -> Status {
    // The row stays, marked: the ledger counts it as refused, and what was dropped can be named for ever.
    Query update(db,
                 "UPDATE dead_letters SET dropped_at = died_at WHERE id = ? AND dropped_at IS NULL "
                 "RETURNING id, tenant, topic, reference, attempts, error, died_at");
    update.with(item.value);
    ORGO_TRY(row, update.next());
    if (!row) return failure(Errc::not_found, "there is no dead letter " + to_string(item));
    letter = {{update.integer(0)},
              {update.integer(1)},
              update.string(2),
              update.integer(3),
              static_cast<int>(update.integer(4)),
              update.string(5),
              from_ms(update.integer(6))};
    ORGO_TRY(more, update.next());
    (void)more;
    return {};
  }));
  return letter;
}

}  // namespace orgo
