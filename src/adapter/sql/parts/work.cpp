#include "adapter/sql/parts/parts.h"
#include "adapter/sql/work_rows.h"

namespace orgo::sql {

Status check(Tx& tx, const DeadLetterMoved& moved) {
  Query query(tx.db, "SELECT 1 FROM work WHERE tenant = ? AND kind = ? AND reference = ? AND state = ?");
  query.with(tx.tenant.value, static_cast<int>(moved.kind), moved.reference, kWorkDead);
  ORGO_TRY(row, query.next());
  if (row) return {};
  return failure(Errc::not_found,
                 "there is no dead letter of " + to_string(WorkKey{tx.tenant, moved.kind, moved.reference}));
}

Status apply(Tx& tx, const DeadLetterMoved& moved) {
  if (moved.to == DeadLetterMoved::To::dropped) {
    Query drop(tx.db, "UPDATE work SET state = ? WHERE tenant = ? AND kind = ? AND reference = ? AND state = ?");
    drop.with(kWorkDropped, tx.tenant.value, static_cast<int>(moved.kind), moved.reference, kWorkDead);
    ORGO_CHECK(drop.run());
  } else {
    Query revive(tx.db,
                 "UPDATE work SET state = ?, visible_at = ?, attempts = 0 WHERE tenant = ? AND kind = ? AND "
                 "reference = ? AND state = ?");
    revive.with(kWorkWaiting, to_ms(tx.at), tx.tenant.value, static_cast<int>(moved.kind), moved.reference, kWorkDead);
    ORGO_CHECK(revive.run());
  }
  return must_have_changed(tx.db, moved.key());
}

}  // namespace orgo::sql
