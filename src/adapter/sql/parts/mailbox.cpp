#include "adapter/sql/parts/parts.h"

namespace orgo::sql {
namespace {

void put_time(Query& query, const std::optional<TimePoint>& time) {
  if (time) query.with(to_ms(*time));
  else query.with(nullptr);
}

}  // namespace

Status check(Tx& /*tx*/, const MailboxChange& /*change*/) {
  return {};
}

Status apply(Tx& tx, const MailboxChange& change) {
  const auto& record = change.record;
  const auto position = to_text(record.position);
  Query query(tx.db,
              "INSERT INTO mailboxes (tenant, name, source, position, last_success, last_error_at, last_error, "
              "failures, taken, duplicates, refused, connection, updated_at) "
              "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, name) DO UPDATE SET "
              "source = excluded.source, position = excluded.position, last_success = excluded.last_success, "
              "last_error_at = excluded.last_error_at, last_error = excluded.last_error, failures = excluded.failures, "
              "taken = excluded.taken, duplicates = excluded.duplicates, refused = excluded.refused, "
              "connection = excluded.connection, updated_at = excluded.updated_at");
  query.with(tx.tenant.value, record.name, record.source, position);
  put_time(query, record.last_success);
  put_time(query, record.last_error_at);
  query.with(record.last_error, record.failures, record.taken, record.duplicates, record.refused, record.connection,
             to_ms(record.updated_at));
  return query.run();
}

}  // namespace orgo::sql
