#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "adapter/sql/connection.h"
#include "base/time.h"

namespace orgo::sql {

/// How a session that writes says that it is there. Two of `beside_others` go together, and nothing else.
enum class Serving : std::uint8_t { not_at_all, alone, beside_others };

struct PostgresOptions {
  std::string url;                        ///< postgres://user@host:port/database?sslmode=..., or "host=... dbname=..."
  std::string schema = "orgo";            ///< where our tables are; made by the first start
  std::string password = {};              ///< empty: what PGPASSFILE, ~/.pgpass or the url say
  Millis patience{30'000};                ///< for one statement, for a lock, and to learn what became of a commit
  Serving serving = Serving::not_at_all;  ///< conflict when one that serves otherwise is connected to the schema
  /// The url leads to a pool that gives each transaction another session of the server (PgBouncer, pool_mode =
  /// transaction): nothing is kept by a session, no statement has a name. Only to read.
  bool is_pooled = false;
  bool only_reads = false;  ///< who reads one instant may take their time in between
  /// Counts messages whose answer is waited for; outlives the connection.
  std::atomic<std::uint64_t>* round_trips = nullptr;
};

/// Opens a connection to the server that writes.
/// unavailable: it can't be reached; invalid_input: who we are, or what is configured there (the database must be UTF8,
/// and keep what it commits: fsync, synchronous_commit).
/// `closing`, when it becomes true, ends the wait for a server that may know what became of a commit.
Result<std::unique_ptr<Connection>> open_postgres_connection(const PostgresOptions& options,
                                                             const std::atomic<bool>* closing = nullptr);

}  // namespace orgo::sql
