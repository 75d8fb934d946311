#include "adapter/sql/postgres/postgres_lineage.h"

#include "base/planted.h"

namespace orgo::sql {

Result<Lineage> PostgresLineage::read(Connection& db) {
  Query query(db,
              "SELECT l.epoch, m.number, m.name, m.before_number, m.before_name, l.restored_at, m.is_ours FROM lineage "
              "AS l CROSS JOIN LATERAL (SELECT number, name, before_number, before_name, 1 AS is_ours, 0 AS place FROM "
              "node_marks WHERE node = ? AND epoch = l.epoch UNION ALL SELECT number, name, before_number, "
              "before_name, 0, 1 FROM node_marks UNION ALL SELECT l.number, l.name, l.before_number, l.before_name, "
              "CASE WHEN EXISTS (SELECT 1 FROM node_marks) THEN 0 ELSE 1 END, 2 ORDER BY is_ours DESC, number DESC, "
              "place LIMIT 1) AS m");
  ORGO_TRY(row, query.with(node_).next());
  if (!row) return failure(Errc::corrupt, "the database does not say how far it has come");
  return Lineage{.epoch = query.integer(0),
                 .last = {query.integer(1), query.string(2)},
                 .before = {query.integer(3), query.string(4)},
                 .restored_at = from_ms(query.integer(5)),
                 .is_of_this_node = query.integer(6) != 0};
}

Status PostgresLineage::write(Connection& db, const Lineage& lineage, bool begins_epoch) {
  const auto set = [&](Query& query) -> Query& {
    return query.with(lineage.last.number, lineage.last.name, lineage.before.number, lineage.before.name);
  };
  // The marks of all stand in the row of one server, too: whoever moves away takes that along. A name is random: the
  // same one is of this very call, whose answer was lost.
  Query row(db, begins_epoch
                    ? "UPDATE lineage SET number = ?, name = ?, before_number = ?, before_name = ?, epoch = ?, "
                      "restored_at = ? WHERE epoch = ? OR (epoch = ? AND name = ?)"
                    : "UPDATE lineage SET number = ?, name = ?, before_number = ?, before_name = ?, restored_at "
                      "= CASE WHEN epoch < ? THEN ? ELSE restored_at END, epoch = greatest(epoch, ?)");
  set(row);
  if (begins_epoch)
    row.with(lineage.epoch, to_ms(lineage.restored_at), lineage.epoch - 1, lineage.epoch, lineage.last.name);
  else row.with(lineage.epoch, to_ms(lineage.restored_at), lineage.epoch);
  ORGO_CHECK(row.run());
  if (begins_epoch && db.changed_rows() == 0 && !ORGO_PLANT(each_node_begins_an_epoch))
    return failure(Errc::conflict, "another node has found the database restored at the same moment");
  Query mark(db,
             "INSERT INTO node_marks (node, epoch, number, name, before_number, before_name) SELECT ?, epoch, ?, ?, ?, "
             "? FROM lineage ON CONFLICT (node) DO UPDATE SET epoch = excluded.epoch, number = excluded.number, name = "
             "excluded.name, before_number = excluded.before_number, before_name = excluded.before_name");
  mark.with(node_);
  return set(mark).run();
}

}  // namespace orgo::sql
