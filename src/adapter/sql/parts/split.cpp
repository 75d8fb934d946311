#include "adapter/sql/parts/parts.h"

namespace orgo::sql {

Status check(Tx& tx, const MessageSplit& split) {
  Query query(tx.db, "SELECT split_to FROM decisions WHERE tenant = ? AND message = ?");
  query.with(tx.tenant.value, split.message.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, to_string(split.message) + " is not decided");
  if (query.integer(0) != 0) return failure(Errc::conflict, to_string(split.message) + " was split off already");
  return tx.check_task(split.into);
}

Status apply(Tx& tx, const MessageSplit& split) {
  Query update(tx.db, "UPDATE decisions SET split_to = ? WHERE tenant = ? AND message = ? AND split_to = 0");
  ORGO_CHECK(update.with(tx.number(split.into).value, tx.tenant.value, split.message.value).run());
  return must_have_changed(tx.db, to_string(split.message));
}

}  // namespace orgo::sql
