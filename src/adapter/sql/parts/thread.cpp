#include "adapter/sql/parts/parts.h"

namespace orgo::sql {

Status check(Tx& tx, const ThreadAlias& alias) {
  ORGO_CHECK(tx.check_task(alias.task));
  if (!alias.task.is_new()) return {};
  Query query(tx.db, "SELECT task FROM thread_aliases WHERE tenant = ? AND id_hash = ?");
  query.with(tx.tenant.value, alias.id_hash);
  ORGO_TRY(row, query.next());
  if (row)
    return failure(Errc::conflict,
                   "task " + to_string(TaskNumber{query.integer(0)}) + " has a mail that is named here");
  return {};
}

Status apply(Tx& tx, const ThreadAlias& alias) {
  const auto task = tx.number(alias.task).value;
  if (!alias.task.is_new()) {
    Query insert(tx.db,
                 "INSERT INTO thread_aliases (tenant, id_hash, task, send) VALUES (?, ?, ?, ?) ON CONFLICT (tenant, "
                 "id_hash) DO NOTHING");
    return insert.with(tx.tenant.value, alias.id_hash, task, alias.send.value).run();
  }
  // A second alias of this very task does no harm; one that another task has got meanwhile meets no row.
  Query insert(tx.db,
               "INSERT INTO thread_aliases (tenant, id_hash, task, send) VALUES (?, ?, ?, ?) ON CONFLICT (tenant, "
               "id_hash) DO UPDATE SET send = thread_aliases.send WHERE thread_aliases.task = excluded.task");
  ORGO_CHECK(insert.with(tx.tenant.value, alias.id_hash, task, alias.send.value).run());
  return must_have_changed(tx.db, "a mail that is named here");
}

}  // namespace orgo::sql
