#include "adapter/sql/move/move_source.h"
#include "adapter/sql/move/mover.h"
#include "base/hash.h"

namespace orgo::sql {
namespace {

/// Made by the first start of any server.
bool is_there_from_the_beginning(const std::string& table) {
  return table == "tenants" || table == "counters" || table == "lineage";
}

}  // namespace

Mover::Mover(MoveEnds ends, std::vector<TableShape> shapes) : ends_(std::move(ends)) {
  for (auto& shape : shapes) tables_.push_back(std::make_unique<TableStatements>(std::move(shape)));
}

Result<std::unique_ptr<Mover>> Mover::open(MoveEnds ends, TimePoint now) {
  ORGO_CHECK(ends.from->make_ready(false));
  ORGO_CHECK(ends.to->make_ready(true));
  ORGO_TRY(source, ends.from->connect(false));
  ORGO_TRY(noting, ends.from->connect());
  ORGO_TRY(target, ends.to->connect());
  ORGO_TRY(stays, ends.from->what_stays(*source));
  if (!stays.empty()) return failure(Errc::conflict, stays);
  ORGO_TRY(here, ends.from->tables(*source));
  ORGO_TRY(there, ends.to->tables(*target));
  if (here != there)
    return failure(Errc::conflict, "the two databases have different tables: they are of two versions");
  for (const auto& table : here)
    if (table.key.size() > kKeyColumnsMost)
      return failure(Errc::corrupt, table.name + " has a key of more columns than a move knows");
  auto mover = std::unique_ptr<Mover>(new Mover(std::move(ends), std::move(here)));
  mover->source_ = std::move(source);
  mover->noting_ = std::move(noting);
  mover->target_ = std::move(target);
  ORGO_CHECK(mover->begin(now));
  return mover;
}

Status Mover::begin(TimePoint now) {
  ORGO_CHECK(begin_at_source(now));
  ORGO_TRY(begun, read_source(*source_));
  if (begun.to != ends_.to_name)
    return failure(Errc::conflict,
                   begun.moved_at != 0
                       ? "this database was moved to " + begun.to
                       : "a move to " + begun.to + " has begun; `orgo move --cancel` gives it up, then begin this one");
  ORGO_TRY(known, ends_.to->has_table(*target_, kMoveTarget));
  if (!known && begun.moved_at != 0) {
    if (check_target_is_empty())
      return failure(Errc::conflict, "this database was moved to " + begun.to +
                                         ", and there is nothing there any more: "
                                         "put its last backup back");
    is_done_ = true;
    return {};
  }
  ORGO_TRY(alone, ends_.to->keep_servers_away());
  target_is_alone_ = std::move(alone);
  if (!known) return begin_at_target();
  Query query(*target_, "SELECT id FROM move_target");
  ORGO_TRY(row, query.next());
  if (!row || query.text(0) != begun.id)
    return failure(Errc::conflict, ends_.to_name +
                                       " holds a part of another move: remove it (DROP SCHEMA orgo CASCADE) "
                                       "or name an empty database");
  Query progress(*target_, "SELECT name, done, key1, key2, key3, key4 FROM move_progress");
  for (;;) {
    ORGO_TRY(more, progress.next());
    if (!more) return {};
    auto& one = progress_[progress.string(0)];
    one.done = progress.integer(1) != 0;
    for (int i = 0; i < static_cast<int>(kKeyColumnsMost) && !progress.is_null(2 + i); ++i)
      one.last.push_back(progress.string(2 + i));
  }
}

/// The triggers first: what was read before them could change unseen.
Status Mover::begin_at_source(TimePoint now) {
  ORGO_TRY(known, ends_.from->has_table(*source_, kMoveSource));
  if (known) return note_changes();
  ORGO_TRY(half, ends_.to->has_table(*target_, kMoveTarget));
  if (half)
    return failure(Errc::conflict, ends_.to_name +
                                       " holds a part of a move that was given up: remove it (DROP SCHEMA "
                                       "orgo CASCADE) or name an empty database");
  ORGO_CHECK(check_target_is_empty());
  ORGO_CHECK(in_transaction(*noting_, [&]() -> Status {
    ORGO_CHECK(
        noting_->execute("CREATE TABLE move_source (id TEXT NOT NULL, target TEXT NOT NULL, begun_at BIGINT NOT "
                         "NULL, moved_at BIGINT NOT NULL, notes SMALLINT NOT NULL)"));
    ORGO_CHECK(noting_->execute(
        ends_.from->counted_table(kChangedRows, "name TEXT NOT NULL, key1 TEXT, key2 TEXT, key3 TEXT, key4 TEXT")));
    Query query(*noting_, "INSERT INTO move_source (id, target, begun_at, moved_at, notes) VALUES (?, ?, ?, 0, 0)");
    return query.with(random_hex(16), ends_.to_name, to_ms(now)).run();
  }));
  return note_changes();
}

Status Mover::note_changes() {
  ORGO_TRY(begun, read_source(*source_));
  if (begun.notes) return {};
  ORGO_CHECK(each_table(*noting_, tables_, [this](const TableShape& table) {
    return ends_.from->let_be(table) + ends_.from->note_changes(table);
  }));
  return in_transaction(*noting_, [this] { return noting_->execute("UPDATE move_source SET notes = 1"); });
}

Status Mover::check_target_is_empty() {
  for (const auto& table : tables_) {
    ORGO_TRY(rows, count_of(*target_, *table));
    if (rows > (is_there_from_the_beginning(table->shape.name) ? 1 : 0))
      return failure(Errc::conflict, ends_.to_name + " has data of its own (" + std::to_string(rows) + " rows in " +
                                         table->shape.name + "): name an empty database");
  }
  return {};
}

Status Mover::begin_at_target() {
  ORGO_CHECK(check_target_is_empty());
  ORGO_TRY(begun, read_source(*source_));
  return in_transaction(*target_, [&]() -> Status {
    for (const auto& table : tables_) ORGO_CHECK(target_->execute("DELETE FROM " + table->shape.name));
    ORGO_CHECK(target_->execute("CREATE TABLE move_target (id TEXT NOT NULL)"));
    ORGO_CHECK(
        target_->execute("CREATE TABLE move_progress (name TEXT PRIMARY KEY, done SMALLINT NOT NULL, key1 TEXT, "
                         "key2 TEXT, key3 TEXT, key4 TEXT)"));
    Query query(*target_, "INSERT INTO move_target (id) VALUES (?)");
    return query.with(begun.id).run();
  });
}

Result<bool> Mover::cancel(MoveEnd& from) {
  ORGO_CHECK(from.make_ready(false));
  ORGO_TRY(connection, from.connect());
  ORGO_TRY(known, from.has_table(*connection, kMoveSource));
  if (!known) return false;
  ORGO_TRY(begun, read_source(*connection));
  if (begun.moved_at != 0)
    return failure(Errc::conflict, "the move to " + begun.to +
                                       " is done, and that one may have gone on since: to come back, move from there");
  ORGO_TRY(shapes, from.tables(*connection));
  for (const auto& shape : shapes)
    ORGO_CHECK(in_transaction(*connection, [&] { return connection->execute(from.let_be(shape)); }));
  ORGO_CHECK(in_transaction(*connection,
                            [&] { return connection->execute("DROP TABLE move_changes; DROP TABLE move_source"); }));
  return true;
}

Result<std::optional<MoveState>> Mover::state(MoveEnd& from) {
  ORGO_TRY(connection, from.connect(false));
  ORGO_TRY(known, from.has_table(*connection, kMoveSource));
  if (!known) return std::optional<MoveState>{};
  ORGO_TRY(begun, read_source(*connection));
  Query notes(*connection, "SELECT count(*) FROM move_changes");
  ORGO_TRY(row, notes.next());
  return MoveState{.to = begun.to,
                   .begun_at = from_ms(begun.begun_at),
                   .is_done = begun.moved_at != 0,
                   .noted = row ? notes.integer(0) : 0};
}

}  // namespace orgo::sql
