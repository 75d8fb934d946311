#pragma once
#include <string>

#include "adapter/sql/connection.h"
#include "base/time.h"

namespace orgo::sql {

int postgres_schema_version();
/// 0: our tables are not there.
Result<int> read_postgres_schema_version(Connection& connection);
/// Makes the schema, and brings its tables up to date, in one transaction; of two that do it at once, one waits.
/// conflict: written by a newer Orgo, nothing was changed.
Status migrate_postgres(Connection& connection, const std::string& schema, TimePoint now);

}  // namespace orgo::sql
