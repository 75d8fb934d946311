#include <string>

#include "adapter/sql/sqlite/schema.h"

namespace orgo::sql {

int schema_version() {
  return static_cast<int>(schema_steps().size());
}

Result<int> read_schema_version(Connection& connection) {
  {
    Query exists(connection, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_steps'");
    ORGO_TRY(row, exists.next());
    if (!row) return 0;
  }
  Query query(connection, "SELECT max(step) FROM schema_steps");
  ORGO_TRY(row, query.next());
  return row ? static_cast<int>(query.integer(0)) : 0;
}

Status migrate(Connection& connection, TimePoint now) {
  ORGO_TRY(version, read_schema_version(connection));
  if (version > schema_version())
    return failure(Errc::conflict, "the database has schema version " + std::to_string(version) +
                                       ", but this Orgo knows only up to " + std::to_string(schema_version()) +
                                       ": it was written by a newer Orgo. Start that one, or restore a backup made "
                                       "before the upgrade; nothing was changed");
  for (int step = version; step < schema_version(); ++step) {
    ORGO_CHECK(connection.begin());
    auto status =
        step == 0
            ? connection.execute("CREATE TABLE schema_steps (step INTEGER PRIMARY KEY, applied_at BIGINT NOT NULL)")
            : Status{};
    if (status) status = connection.execute(schema_steps()[static_cast<std::size_t>(step)]);
    if (status)
      status = connection.execute("INSERT INTO schema_steps VALUES (" + std::to_string(step + 1) + ", " +
                                  std::to_string(to_ms(now)) + ")");
    if (status && step == 0)
      status = connection.execute("INSERT INTO tenants VALUES (1, 'default', " + std::to_string(to_ms(now)) +
                                  "); INSERT INTO task_numbers VALUES (1, 0)");
    if (status) status = connection.commit();
    if (!status) {
      connection.rollback();
      return tl::unexpected(status.error().in("schema step " + std::to_string(step + 1)));
    }
  }
  return {};
}

}  // namespace orgo::sql
