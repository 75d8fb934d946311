#include "adapter/sql/late_tables.h"
#include "adapter/sql/parts/parts.h"
#include "core/lineage/lineage.h"

namespace orgo::sql {

Status check(Tx& tx, const MessageDecision& decision) {
  if (tx.ahead != nullptr && tx.ahead->is_undecided(tx.tenant, decision.message)) {
    tx.found(decision.message);
    return tx.check_task(decision.task);
  }
  ORGO_CHECK(tx.transaction.late().settle(late_decisions(), tx.tenant.value, decision.message.value));
  Query query(tx.db,
              "SELECT d.message, m.received_at, (SELECT restored_at FROM lineage) FROM messages m LEFT JOIN decisions "
              "d ON d.tenant = m.tenant AND d.message = m.id WHERE "
              "m.tenant = ? AND m.id = ?");
  query.with(tx.tenant.value, decision.message.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no message " + to_string(decision.message));
  if (!query.is_null(0))
    return failure(Errc::conflict, "message " + to_string(decision.message) + " is decided already");
  tx.found(decision.message);
  if (is_before_restore(from_ms(query.integer(1)), from_ms(query.integer(2)))) tx.hold_sends();
  return tx.check_task(decision.task);
}

Status apply(Tx& tx, const MessageDecision& decision) {
  const auto outcome = static_cast<int>(decision.outcome);
  const auto task = tx.number(decision.task).value;
  if (tx.db.batching() != nullptr)
    return tx.transaction.late().add(late_decisions(), tx.tenant.value, decision.message.value, decision.message.value,
                                     tx.tenant.value, outcome, task, to_ms(tx.at), decision.subject, decision.from,
                                     decision.reason, decision.rules_version, decision.trace);
  // Decided by somebody else meanwhile: the key says conflict.
  Query insert(tx.db, late_decisions().one());
  insert.with(decision.message.value, tx.tenant.value, outcome, task, to_ms(tx.at), decision.subject, decision.from,
              decision.reason, decision.rules_version, decision.trace);
  return insert.run();
}

}  // namespace orgo::sql
