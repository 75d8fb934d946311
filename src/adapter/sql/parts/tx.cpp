#include <algorithm>

#include "adapter/sql/late_tables.h"
#include "adapter/sql/parts/parts.h"

namespace orgo::sql {

Status Tx::check_task(TaskRef ref) {
  if (!ref || ref.is_new() || std::ranges::find(tasks_found_, ref.id()) != tasks_found_.end()) return {};
  if (ahead != nullptr && ahead->has_task(tenant, ref.id())) return found(ref.id()), Status{};
  ORGO_CHECK(transaction.late().settle(late_tasks(), tenant.value, ref.id().value));
  Query query(db, "SELECT 1 FROM tasks WHERE tenant = ? AND number = ?");
  query.with(tenant.value, ref.id().value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no task " + to_string(ref.id()));
  found(ref.id());
  return {};
}

Status Tx::check_message(MessageId message) {
  if (std::ranges::find(messages_found_, message) != messages_found_.end()) return {};
  if (ahead != nullptr && ahead->has_message(tenant, message)) return found(message), Status{};
  Query query(db, "SELECT 1 FROM messages WHERE tenant = ? AND id = ?");
  query.with(tenant.value, message.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no message " + to_string(message));
  found(message);
  return {};
}

Status Tx::number_tasks() {
  for (auto left = count_new_tasks(changes_); left > 0; --left) {
    ORGO_TRY(number, transaction.next(tenant, Counter::task));  // one behind the other: nobody else counts here
    if (first_task_ == 0) first_task_ = number;
  }
  return {};
}

Status must_have_changed(Connection& db, const std::string& what) {
  if (db.changed_rows() != 0) return {};
  return failure(Errc::conflict, what + " was changed by somebody else at the same time");
}

Status run_and_change(Connection& db, Query& statement, const std::string& what) {
  ORGO_TRY(waits, statement.later(true));
  return waits ? Status{} : must_have_changed(db, what);
}

}  // namespace orgo::sql
