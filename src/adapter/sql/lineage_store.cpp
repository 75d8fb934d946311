#include "adapter/sql/lineage_store.h"

#include "core/changes/send.h"

namespace orgo {

using sql::Query;

namespace {

Status leave_a_gap(sql::Connection& db, sql::Counter counter, std::int64_t gap) {
  Query update(db, "UPDATE counters SET last = last + ? WHERE kind = ?");
  return update.with(gap, static_cast<int>(counter)).run();
}

}  // namespace

Status SqlLineageStore::write(sql::Connection& db, const Lineage& lineage, bool /*begins_epoch*/) {
  Query update(
      db, "UPDATE lineage SET epoch = ?, number = ?, name = ?, before_number = ?, before_name = ?, restored_at = ?");
  return update
      .with(lineage.epoch, lineage.last.number, lineage.last.name, lineage.before.number, lineage.before.name,
            to_ms(lineage.restored_at))
      .run();
}

Result<Lineage> SqlLineageStore::read_lineage() {
  ORGO_TRY(use, engine_.reader(sql::Scope::all()));
  return read(*use);
}

Result<Lineage> SqlLineageStore::read(sql::Connection& db) {
  Query query(db, "SELECT epoch, number, name, before_number, before_name, restored_at FROM lineage");
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::corrupt, "the database does not say how far it has come");
  return Lineage{.epoch = query.integer(0),
                 .last = {query.integer(1), query.string(2)},
                 .before = {query.integer(3), query.string(4)},
                 .restored_at = from_ms(query.integer(5))};
}

Status SqlLineageStore::keep(const Lineage& lineage) {
  return engine_.write({}, [&](sql::Transaction& tx) { return write(tx.connection(), lineage, false); });
}

Result<std::int64_t> SqlLineageStore::begin_epoch(const Lineage& lineage) {
  return engine_.write({}, [&](sql::Transaction& tx) -> Result<std::int64_t> {
    auto& db = tx.connection();
    ORGO_CHECK(write(db, lineage, true));
    Query hold(db, "UPDATE outbox SET state = ?, owner = '', lease = lease + 1 WHERE state = 1");
    ORGO_CHECK(hold.with(static_cast<int>(SendState::restored)).run());
    const auto held = db.changed_rows();
    ORGO_CHECK(leave_a_gap(db, sql::Counter::send, kSendGap));
    ORGO_CHECK(leave_a_gap(db, sql::Counter::task, kTaskGap));
    return held;
  });
}

}  // namespace orgo
