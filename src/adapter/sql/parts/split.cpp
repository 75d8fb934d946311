#include "adapter/sql/late_tables.h"
#include "adapter/sql/parts/parts.h"

namespace orgo::sql {

Status check(Tx& tx, const MessageSplit& split) {
  ORGO_CHECK(tx.transaction.late().settle(late_decisions(), tx.tenant.value, split.message.value));
  Query query(tx.db, "SELECT split_to FROM decisions WHERE tenant = ? AND message = ?");
  query.with(tx.tenant.value, split.message.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, to_string(split.message) + " is not decided");
  if (query.integer(0) != 0) return failure(Errc::conflict, to_string(split.message) + " was split off already");
  return tx.check_task(split.into);
}

Status apply(Tx& tx, const MessageSplit& split) {
  ORGO_CHECK(tx.transaction.late().settle(late_decisions(), tx.tenant.value, split.message.value));
  Query update(tx.db, "UPDATE decisions SET split_to = ? WHERE tenant = ? AND message = ? AND split_to = 0");
  return run_and_change(tx.db, update.with(tx.number(split.into).value, tx.tenant.value, split.message.value),
                        to_string(split.message));
}

}  // namespace orgo::sql
