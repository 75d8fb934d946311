#include "adapter/memory/parts/parts.h"

namespace orgo::memory {

Status check(const Tx& tx, const AlarmOpened& alarm) {
  ORGO_CHECK(tx.check_task(alarm.task));
  if (!tx.state.alarms.contains({tx.tenant, alarm.source})) return {};
  return failure(Errc::conflict, "the alarm of " + alarm.source + " is open already");
}

void apply(Tx& tx, const AlarmOpened& alarm) {
  tx.state.alarms.insert_or_assign(
      InTenant<std::string>{tx.tenant, alarm.source},
      OpenAlarm{.source = alarm.source, .task = tx.number(alarm.task), .opened_at = tx.at});
}

Status check(const Tx& tx, const AlarmClosed& alarm) {
  if (tx.state.alarms.contains({tx.tenant, alarm.source})) return {};
  return failure(Errc::conflict, "the alarm of " + alarm.source + " is not open");
}

void apply(Tx& tx, const AlarmClosed& alarm) {
  tx.state.alarms.erase({tx.tenant, alarm.source});
}

Status check(const Tx& /*tx*/, const RhythmsLearned& /*learned*/) {
  return {};
}

void apply(Tx& tx, const RhythmsLearned& learned) {
  tx.state.rhythms_upto[tx.tenant] = learned.upto;
  for (const auto& rhythm : learned.rhythms) tx.state.rhythms[{tx.tenant, rhythm.source}] = rhythm.state;
}

}  // namespace orgo::memory
