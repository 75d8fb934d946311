#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "adapter/sql/connection.h"

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
/// frames in the log. `restart`: also waits for readers and starts the log anew, so that it does not grow for ever.
Result<int> checkpoint_sqlite(Connection& connection, bool restart);

}  // namespace orgo::sql
