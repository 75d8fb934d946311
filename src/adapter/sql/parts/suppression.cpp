#include "adapter/sql/parts/parts.h"

namespace orgo::sql {
namespace {

Status insert_entry(Tx& tx, const Suppression& entry) {
  // Put on the list by somebody else meanwhile: the key says conflict.
  Query insert(tx.db,
               "INSERT INTO suppressions (active, reason, detail, failures, since, updated_at, message, actor, "
               "expires_at, version, tenant, address) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.with(entry.active, entry.reason, entry.detail, entry.count, to_ms(entry.since), to_ms(entry.updated_at),
              entry.message.value, entry.actor);
  if (entry.expires_at) insert.with(to_ms(*entry.expires_at));
  else insert.with(nullptr);
  return insert.with(entry.version, tx.tenant.value, entry.address).run();
}

Status update_entry(Tx& tx, const Suppression& entry) {
  Query update(tx.db,
               "UPDATE suppressions SET active = ?, reason = ?, detail = ?, failures = ?, since = ?, updated_at = ?, "
               "message = ?, actor = ?, expires_at = ?, version = ? WHERE tenant = ? AND address = ? AND version = ?");
  update.with(entry.active, entry.reason, entry.detail, entry.count, to_ms(entry.since), to_ms(entry.updated_at),
              entry.message.value, entry.actor);
  if (entry.expires_at) update.with(to_ms(*entry.expires_at));
  else update.with(nullptr);
  return update.with(entry.version, tx.tenant.value, entry.address, entry.version - 1).run();
}

}  // namespace

Status check(Tx& tx, const SuppressionChange& change) {
  Query query(tx.db, "SELECT version FROM suppressions WHERE tenant = ? AND address = ?");
  query.with(tx.tenant.value, change.entry.address);
  ORGO_TRY(row, query.next());
  const auto version = row ? query.integer(0) : 0;
  if (version + 1 == change.entry.version && (row || !change.removed)) return {};
  return failure(Errc::conflict,
                 "the entry of " + change.entry.address + " has version " + std::to_string(version) + " now");
}

Status apply(Tx& tx, const SuppressionChange& change) {
  const auto& entry = change.entry;
  if (change.removed) {
    Query remove(tx.db, "DELETE FROM suppressions WHERE tenant = ? AND address = ? AND version = ?");
    ORGO_CHECK(remove.with(tx.tenant.value, entry.address, entry.version - 1).run());
  } else if (entry.version == 1) {
    ORGO_CHECK(insert_entry(tx, entry));
  } else {
    ORGO_CHECK(update_entry(tx, entry));
  }
  return must_have_changed(tx.db, "the entry of " + entry.address);
}

}  // namespace orgo::sql
