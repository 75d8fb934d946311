#include "adapter/sql/late_tables.h"
#include "adapter/sql/parts/parts.h"
#include "core/lineage/lineage.h"

namespace orgo::sql {

Status check(Tx& tx, const TimerChange& timer) {
  if (timer.kind != TimerChange::Kind::cleared) ORGO_CHECK(tx.check_task(timer.subject.task_ref()));
  if (timer.kind != TimerChange::Kind::fired) return {};
  if (tx.ahead != nullptr && tx.ahead->has_timer(tx.tenant, timer)) return {};
  ORGO_CHECK(tx.transaction.late().settle(late_timers(), tx.tenant.value, timer_key(timer.subject, timer.name)));
  Query query(tx.db,
              "SELECT (SELECT restored_at FROM lineage), CASE WHEN EXISTS (SELECT 1 FROM outbox o WHERE o.tenant = "
              "t.tenant AND "
              "o.subject_kind = t.subject_kind AND o.subject = t.subject AND o.subject <> 0 AND o.state = ?) THEN 1 "
              "ELSE 0 END FROM timers t WHERE "
              "t.tenant = ? AND t.subject_kind = ? AND t.subject = ? AND t.name = ? AND t.due_at = ?");
  query.with(static_cast<int>(SendState::restored), tx.tenant.value, static_cast<int>(timer.subject.kind()),
             timer.subject.id(), timer.name, to_ms(timer.due_at));
  ORGO_TRY(row, query.next());
  if (!row)
    return failure(Errc::conflict,
                   "the " + timer.name + " of " + to_string(timer.subject) + " has been dealt with already");
  if (is_timer_of_before(timer.due_at, from_ms(query.integer(0)), query.integer(1) == 1)) tx.hold_sends();
  return {};
}

Status apply(Tx& tx, const TimerChange& timer) {
  const auto subject = tx.subject(timer.subject);
  const auto kind = static_cast<int>(subject.kind());
  const auto key = timer_key(subject, timer.name);
  auto& late = tx.transaction.late();
  ORGO_CHECK(late.settle(late_timers(), tx.tenant.value, key));  // the same timer once in one statement
  switch (timer.kind) {
    case TimerChange::Kind::set: {
      const auto due = to_ms(timer.due_at);
      return late.add(late_timers(), tx.tenant.value, key, tx.tenant.value, kind, subject.id(), timer.name, due, due,
                      "");
    }
    case TimerChange::Kind::cleared: {
      Query remove(tx.db, "DELETE FROM timers WHERE tenant = ? AND subject_kind = ? AND subject = ? AND name = ?");
      return run_later(remove.with(tx.tenant.value, kind, subject.id(), timer.name));
    }
    case TimerChange::Kind::fired: {
      Query remove(
          tx.db,
          "DELETE FROM timers WHERE tenant = ? AND subject_kind = ? AND subject = ? AND name = ? AND due_at = ?");
      remove.with(tx.tenant.value, kind, subject.id(), timer.name, to_ms(timer.due_at));
      return run_and_change(tx.db, remove, "the " + timer.name + " of " + to_string(subject));
    }
  }
  return {};
}

}  // namespace orgo::sql
