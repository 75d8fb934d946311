#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "adapter/sql/connection.h"

struct sqlite3;

namespace orgo::sql {

struct SqliteOptions {
  std::string path;
  bool read_only = false;
  std::int64_t cache_bytes = 16 << 20;  ///< page cache of this connection
  bool in_memory = false;               ///< no file: gone with the connection; nothing of it is durable
  std::atomic<bool>* damage = nullptr;  ///< set when a statement finds the file damaged; outlives the connection
  StatementWatch watch{};               ///< for tests
};

/// Opens with WAL and synchronous=FULL, and reads both back: a store that is not durable is an error, not a warning
/// (R4). unavailable: can't open; corrupt: not a database.
Result<std::unique_ptr<Connection>> open_sqlite_connection(const SqliteOptions& options);

/// Moves what it can from the log into the database file without stopping readers or the writer; returns the number of
/// frames in the log. `restart`: also waits a moment for readers, and starts the log anew when none stands in the way
/// (then 0), so that it does not grow for ever. A backup reads for minutes: the writer can't wait for its end.
Result<int> checkpoint_sqlite(Connection& connection, bool restart);

/// The engine's own handle of a connection that open_sqlite_connection() has made, for what only this engine can do.
sqlite3* sqlite_handle(Connection& connection);
/// What one of its codes means for a caller. `db` may be null.
Error sqlite_error(sqlite3* db, int code);

}  // namespace orgo::sql
