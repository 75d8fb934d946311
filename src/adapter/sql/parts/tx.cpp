#include <algorithm>

#include "adapter/sql/parts/parts.h"

namespace orgo::sql {

Status Tx::check_task(TaskRef ref) {
  if (!ref || ref.is_new() || std::ranges::find(tasks_found_, ref.id()) != tasks_found_.end()) return {};
  Query query(db, "SELECT 1 FROM tasks WHERE tenant = ? AND number = ?");
  query.with(tenant.value, ref.id().value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no task " + to_string(ref.id()));
  found(ref.id());
  return {};
}

Status Tx::check_message(MessageId message) {
  if (std::ranges::find(messages_found_, message) != messages_found_.end()) return {};
  Query query(db, "SELECT 1 FROM messages WHERE id = ? AND tenant = ?");
  query.with(message.value, tenant.value);
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::not_found, "there is no message " + to_string(message));
  found(message);
  return {};
}

Status Tx::number_tasks() {
  const auto count = static_cast<std::int64_t>(count_new_tasks(changes_));
  if (count == 0) return {};
  Query update(db, "UPDATE task_numbers SET last = last + ? WHERE tenant = ? RETURNING last");
  update.with(count, tenant.value);
  ORGO_TRY(row, update.next());
  if (!row) return failure(Errc::not_found, "there is no tenant " + to_string(tenant));
  first_task_ = update.integer(0) - count + 1;
  ORGO_TRY(more, update.next());  // runs the statement to its end
  (void)more;
  return {};
}

Status must_have_changed(Connection& db, const std::string& what) {
  if (db.changed_rows() != 0) return {};
  return failure(Errc::conflict, what + " was changed by somebody else at the same time");
}

}  // namespace orgo::sql
