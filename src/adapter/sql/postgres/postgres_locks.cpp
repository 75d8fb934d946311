#include "adapter/sql/postgres/postgres_locks.h"

#include "base/hash.h"
#include "base/planted.h"

namespace orgo::sql {
namespace {

constexpr std::size_t kClaimBytes = 8;

// What is held is looked at first, so that asking in vain writes nothing; who was faster in between is met by the last
// condition. `claim` is of one call: said again because its answer was lost, it finds its own lock and takes that.
#define ORGO_TAKE(condition)                                                                                       \
  "WITH held AS (SELECT owner FROM locks WHERE name = ? AND ends_at > ? AND claim <> ?), next AS (UPDATE "         \
  "lock_tokens SET last = last + 1 WHERE NOT EXISTS (SELECT 1 FROM held) RETURNING last), taken AS (INSERT INTO "  \
  "locks (name, owner, claim, token, ends_at) SELECT ?, ?, ?, last, ? FROM next ON CONFLICT (name) DO UPDATE SET " \
  "owner = excluded.owner, claim = excluded.claim, token = excluded.token, ends_at = excluded.ends_at " condition  \
  " RETURNING token) SELECT token, '' FROM taken UNION ALL SELECT 0, owner FROM held"
constexpr const char* kTake = ORGO_TAKE("WHERE locks.ends_at <= ? OR locks.claim = excluded.claim");
constexpr const char* kTakeAnyway = ORGO_TAKE("WHERE ? IS NOT NULL");

std::string held_by(std::string_view name, std::string_view owner) {
  return "the lock " + std::string(name) + " is held by " + (owner.empty() ? "another" : std::string(owner));
}

}  // namespace

Result<Lock> PostgresLocks::acquire(std::string_view name, std::string_view owner, TimePoint now, Millis ttl) {
  ORGO_CHECK(check_lock(name, owner, ttl));
  auto claim = random_hex(kClaimBytes);
  return line_.say([&](Connection& db) -> Result<Lock> {
    if (ORGO_PLANT(lost_lock_is_nobodys)) claim = random_hex(kClaimBytes);
    Query take(db, ORGO_PLANT(lock_is_taken_anyway) ? kTakeAnyway : kTake);
    take.with(name, to_ms(now), claim, name, owner, claim, to_ms(now + ttl), to_ms(now));
    ORGO_TRY(row, take.next());
    if (!row) return failure(Errc::conflict, held_by(name, ""));
    if (take.integer(0) == 0) return failure(Errc::conflict, held_by(name, take.text(1)));
    return Lock{std::string(name), std::string(owner), take.integer(0), now + ttl};
  });
}

Result<Lock> PostgresLocks::renew(const Lock& lock, TimePoint now, Millis ttl) {
  ORGO_CHECK(check_lock(lock.name, lock.owner, ttl));
  return line_.say([&](Connection& db) -> Result<Lock> {
    Query renew(db,
                "UPDATE locks SET ends_at = greatest(ends_at, ?) WHERE name = ? AND owner = ? AND token = ? AND "
                "ends_at > ? RETURNING ends_at");
    ORGO_TRY(row, renew.with(to_ms(now + ttl), lock.name, lock.owner, lock.token, to_ms(now)).next());
    if (!row) return failure(Errc::conflict, "the lock " + lock.name + " is no longer held by " + lock.owner);
    auto renewed = lock;
    renewed.ends_at = from_ms(renew.integer(0));
    return renewed;
  });
}

Status PostgresLocks::release(const Lock& lock) {
  return line_.say([&](Connection& db) -> Status {
    Query release(db, "DELETE FROM locks WHERE name = ? AND owner = ? AND token = ?");
    return release.with(lock.name, lock.owner, lock.token).run();
  });
}

/// Neither a boot nor a node has an "@" in it.
Status PostgresLocks::release_all(const LeaseOwner& owner, LeasesOf which) {
  return line_.say([&](Connection& db) -> Status {
    Query release(db, which == LeasesOf::this_boot
                          ? "DELETE FROM locks WHERE split_part(owner, '@', 2) = ? AND split_part(owner, '@', 1) = ?"
                          : "DELETE FROM locks WHERE split_part(owner, '@', 2) = ? AND split_part(owner, '@', 1) <> ?");
    return release.with(owner.node, owner.boot).run();
  });
}

}  // namespace orgo::sql
