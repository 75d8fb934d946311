#include "adapter/sql/parts/parts.h"

namespace orgo::sql {
namespace {

Result<bool> alarm_is_open(Tx& tx, const std::string& source) {
  Query query(tx.db, "SELECT 1 FROM alarms WHERE tenant = ? AND source = ?");
  return query.with(tx.tenant.value, source).next();
}

}  // namespace

Status check(Tx& tx, const AlarmOpened& alarm) {
  ORGO_CHECK(tx.check_task(alarm.task));
  ORGO_TRY(open, alarm_is_open(tx, alarm.source));
  if (open) return failure(Errc::conflict, "the alarm of " + alarm.source + " is open already");
  return {};
}

Status apply(Tx& tx, const AlarmOpened& alarm) {
  // Opened by somebody else meanwhile: the key says conflict.
  Query insert(tx.db, "INSERT INTO alarms (tenant, source, task, opened_at) VALUES (?, ?, ?, ?)");
  return insert.with(tx.tenant.value, alarm.source, tx.number(alarm.task).value, to_ms(tx.at)).run();
}

Status check(Tx& tx, const AlarmClosed& alarm) {
  ORGO_TRY(open, alarm_is_open(tx, alarm.source));
  if (!open) return failure(Errc::conflict, "the alarm of " + alarm.source + " is not open");
  return {};
}

Status apply(Tx& tx, const AlarmClosed& alarm) {
  Query remove(tx.db, "DELETE FROM alarms WHERE tenant = ? AND source = ?");
  ORGO_CHECK(remove.with(tx.tenant.value, alarm.source).run());
  return must_have_changed(tx.db, "the alarm of " + alarm.source);
}

}  // namespace orgo::sql
