#pragma once
#include "adapter/sql/connection.h"
#include "base/time.h"

namespace orgo::sql {

/// Version that this program writes: the number of migrations it knows.
int schema_version();
/// Brings the database to schema_version(), each step in a transaction of its own.
/// conflict: the database was written by a newer Orgo; nothing was changed.
Status migrate(Connection& connection, TimePoint now);
/// Version of the database; 0: empty.
Result<int> read_schema_version(Connection& connection);

}  // namespace orgo::sql
