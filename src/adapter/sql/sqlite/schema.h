#pragma once
#include <span>

#include "adapter/sql/connection.h"
#include "base/time.h"

namespace orgo::sql {

/// The steps that lead from nothing to the schema of today, each a text of statements.
std::span<const char* const> schema_steps();
/// The last of them; only schema_steps() asks.
std::span<const char* const> later_schema_steps();
/// Version that this program writes: the number of migrations it knows.
int schema_version();
/// Brings the database to schema_version(), each step in a transaction of its own.
/// conflict: the database was written by a newer Orgo; nothing was changed.
Status migrate(Connection& connection, TimePoint now);
/// Version of the database; 0: empty.
Result<int> read_schema_version(Connection& connection);

}  // namespace orgo::sql
