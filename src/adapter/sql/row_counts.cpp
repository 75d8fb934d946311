#include "adapter/sql/row_counts.h"

namespace orgo::sql {
namespace {

Status count(Connection& db, const char* statement, std::int64_t& into) {
  Query query(db, statement);
  ORGO_TRY(row, query.next());
  into = row ? query.integer(0) : 0;
  return {};
}

}  // namespace

Result<BackupCounts> count_rows(Engine& engine) {
  ORGO_TRY(use, engine.snapshot(Scope::all()));
  BackupCounts counts;
  ORGO_CHECK(count(*use, "SELECT count(*) FROM tenants", counts.tenants));
  ORGO_CHECK(count(*use, "SELECT count(*) FROM messages", counts.messages));
  ORGO_CHECK(count(*use, "SELECT count(*) FROM tasks", counts.tasks));
  ORGO_CHECK(count(*use, "SELECT count(*) FROM events", counts.events));
  ORGO_CHECK(count(*use, "SELECT count(*) FROM outbox WHERE state = 1", counts.waiting_sends));
  return counts;
}

}  // namespace orgo::sql
