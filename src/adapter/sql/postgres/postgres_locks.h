#pragma once
#include "adapter/sql/postgres/postgres_line.h"
#include "port/locks.h"

namespace orgo::sql {

/// Locks of all nodes of one database, in its table of locks. Who gets one is decided by the condition of the statement
/// that takes it. Tokens come from one row for all locks, which a taking statement holds until it is committed: so they
/// grow in the order of commits, over restarts, and also when the rows of locks are gone.
class PostgresLocks final : public Locks {
 public:
  explicit PostgresLocks(PostgresLine& line) : line_(line) {}

  Result<Lock> acquire(std::string_view name, std::string_view owner, TimePoint now, Millis ttl) override;
  Result<Lock> renew(const Lock& lock, TimePoint now, Millis ttl) override;
  Status release(const Lock& lock) override;
  Status release_all(const LeaseOwner& owner, LeasesOf which) override;

 private:
  PostgresLine& line_;
};

}  // namespace orgo::sql
