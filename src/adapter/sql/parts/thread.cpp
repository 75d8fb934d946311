#include "adapter/sql/late_tables.h"
#include "adapter/sql/parts/parts.h"

namespace orgo::sql {

Status check(Tx& tx, const ThreadAlias& alias) {
  ORGO_CHECK(tx.check_task(alias.task));
  if (!alias.task.is_new()) return {};
  if (tx.ahead != nullptr && tx.ahead->is_no_alias(tx.tenant, alias.id_hash)) return {};
  ORGO_CHECK(tx.transaction.late().settle(late_aliases(), tx.tenant.value, alias.id_hash));
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
    if (tx.db.batching() != nullptr)
      return tx.transaction.late().add(late_aliases(), tx.tenant.value, alias.id_hash, tx.tenant.value, alias.id_hash,
                                       task, alias.send.value);
    Query insert(tx.db, late_aliases().one());
    return insert.with(tx.tenant.value, alias.id_hash, task, alias.send.value).run();
  }
  ORGO_CHECK(tx.transaction.late().settle(late_aliases(), tx.tenant.value, alias.id_hash));
  // A second alias of this very task does no harm; one that another task has got meanwhile meets no row.
  Query insert(tx.db,
               "INSERT INTO thread_aliases (tenant, id_hash, task, send) VALUES (?, ?, ?, ?) ON CONFLICT (tenant, "
               "id_hash) DO UPDATE SET send = thread_aliases.send WHERE thread_aliases.task = excluded.task");
  return run_and_change(tx.db, insert.with(tx.tenant.value, alias.id_hash, task, alias.send.value),
                        "a mail that is named here");
}

}  // namespace orgo::sql
