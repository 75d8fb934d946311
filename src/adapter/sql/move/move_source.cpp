#include "adapter/sql/move/move_source.h"

namespace orgo::sql {
namespace {

constexpr int kTries = 10;

}  // namespace

Result<Begun> read_source(Connection& connection) {
  Query query(connection, "SELECT id, target, begun_at, moved_at, notes FROM move_source");
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::corrupt, "move_source is empty");
  return Begun{query.string(0), query.string(1), query.integer(2), query.integer(3), query.integer(4) != 0};
}

Status in_transaction(Connection& connection, const std::function<Status()>& run) {
  for (int left = kTries;; --left) {
    ORGO_CHECK(connection.begin());
    const Undo undo(connection);
    auto done = run();
    if (done) done = connection.commit();
    if (done || left <= 1 || !connection.is_worth_another_run()) return done;
  }
}

Status each_table(Connection& connection, const std::vector<std::unique_ptr<TableStatements>>& tables,
                  const std::function<std::string(const TableShape&)>& steps) {
  for (const auto& table : tables)
    ORGO_CHECK(in_transaction(connection, [&] { return connection.execute(steps(table->shape)); }));
  return {};
}

Result<std::int64_t> count_of(Connection& connection, const TableStatements& table) {
  Query query(connection, table.count.c_str());
  ORGO_TRY(row, query.next());
  return row ? query.integer(0) : 0;
}

}  // namespace orgo::sql
