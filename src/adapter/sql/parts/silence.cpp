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
  return run_and_change(tx.db, remove.with(tx.tenant.value, alarm.source), "the alarm of " + alarm.source);
}

namespace {

constexpr const char* kUpto = "";  ///< row of `rhythms` that says how far arrivals were counted

Status put_rhythm(Tx& tx, std::string_view source, std::string_view state) {
  Query query(tx.db,
              "INSERT INTO rhythms (tenant, source, state) VALUES (?, ?, ?) ON CONFLICT (tenant, source) DO UPDATE SET "
              "state = excluded.state");
  return query.with(tx.tenant.value, source, state).run();
}

}  // namespace

Status check(Tx& /*tx*/, const RhythmsLearned& /*learned*/) {
  return {};
}

Status apply(Tx& tx, const RhythmsLearned& learned) {
  const auto upto = std::to_string(learned.upto.value);
  ORGO_CHECK(put_rhythm(tx, kUpto, upto));
  for (const auto& rhythm : learned.rhythms) ORGO_CHECK(put_rhythm(tx, rhythm.source, rhythm.state));
  return {};
}

}  // namespace orgo::sql
