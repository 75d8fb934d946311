#include "adapter/sql/move/mover.h"

#include <algorithm>
#include <utility>

#include "adapter/sql/move/changed_rows.h"
#include "adapter/sql/move/table_digest.h"
#include "base/hash.h"
#include "base/planted.h"

namespace orgo::sql {
namespace {

constexpr std::int64_t kRowsOfARound = 5'000;
constexpr const char* kSource = "move_source";
constexpr const char* kTarget = "move_target";

/// Undone at its end, unless it was committed.
class Undo {
 public:
  explicit Undo(Connection& connection) : connection_(connection) {}
  ~Undo() { connection_.rollback(); }
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;

 private:
  Connection& connection_;
};

Status in_transaction(Connection& connection, const std::function<Status()>& run) {
  ORGO_CHECK(connection.begin());
  const Undo undo(connection);
  ORGO_CHECK(run());
  return connection.commit();
}

struct Begun {
  std::string id, to;
  std::int64_t begun_at = 0, moved_at = 0;
};
Result<Begun> read_source(Connection& connection) {
  Query query(connection, "SELECT id, target, begun_at, moved_at FROM move_source");
  ORGO_TRY(row, query.next());
  if (!row) return failure(Errc::corrupt, "move_source is empty");
  return Begun{query.string(0), query.string(1), query.integer(2), query.integer(3)};
}

Result<std::int64_t> count_of(Connection& connection, const TableStatements& table) {
  Query query(connection, table.count.c_str());
  ORGO_TRY(row, query.next());
  return row ? query.integer(0) : 0;
}

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
  ORGO_TRY(source, ends.from->connect());
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
  ORGO_TRY(known, ends_.to->has_table(*target_, kTarget));
  if (!known && begun.moved_at != 0) {
    is_done_ = true;
    return {};
  }
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
  ORGO_TRY(known, ends_.from->has_table(*source_, kSource));
  if (known) return {};
  ORGO_TRY(half, ends_.to->has_table(*target_, kTarget));
  if (half)
    return failure(Errc::conflict, ends_.to_name +
                                       " holds a part of a move that was given up: remove it (DROP SCHEMA "
                                       "orgo CASCADE) or name an empty database");
  ORGO_CHECK(check_target_is_empty());
  return in_transaction(*noting_, [&]() -> Status {
    ORGO_CHECK(
        noting_->execute("CREATE TABLE move_source (id TEXT NOT NULL, target TEXT NOT NULL, begun_at BIGINT NOT "
                         "NULL, moved_at BIGINT NOT NULL)"));
    ORGO_CHECK(noting_->execute(
        ends_.from->counted_table(kChangedRows, "name TEXT NOT NULL, key1 TEXT, key2 TEXT, key3 TEXT, key4 TEXT")));
    for (const auto& table : tables_) ORGO_CHECK(noting_->execute(ends_.from->note_changes(table->shape)));
    Query query(*noting_, "INSERT INTO move_source (id, target, begun_at, moved_at) VALUES (?, ?, ?, 0)");
    return query.with(random_hex(16), ends_.to_name, to_ms(now)).run();
  });
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

Status Mover::copy(const MoveWatch& watch, const std::function<bool()>& go_on) {
  MoveProgress shown;
  ORGO_TRY(all, count_all());
  shown.of = all;
  for (const auto& table : tables_) {
    if (progress_[table->shape.name].done) {
      ORGO_TRY(rows, count_of(*source_, *table));
      shown.done += rows;
    }
    while (!progress_[table->shape.name].done) {
      if (!go_on()) return {};
      std::int64_t copied = 0;
      ORGO_TRY(changes, round(table.get(), &copied));
      (void)changes;
      shown.done += copied;
      if (watch) watch(shown);
    }
  }
  return in_transaction(*target_, [&] { return target_->execute(ends_.to->measure()); });
}

Result<std::int64_t> Mover::follow() {
  return round(nullptr, nullptr);
}

Result<std::int64_t> Mover::round(const TableStatements* table, std::int64_t* copied) {
  ORGO_CHECK(source_->begin_reading());
  const Undo end_of_instant(*source_);
  ChangedRows changed(*source_, *target_, tables_);
  std::int64_t changes = 0;
  ORGO_CHECK(in_transaction(*target_, [&]() -> Status {
    ORGO_TRY(taken, changed.take_over(is_compared_));
    changes = taken;
    if (table == nullptr) return {};
    ORGO_TRY(rows, copy_some(*table));
    *copied = rows;
    return {};
  }));
  if (changes > 0) ORGO_CHECK(changed.forget(*noting_));
  return changes;
}

Result<std::int64_t> Mover::copy_some(const TableStatements& table) {
  auto progress = progress_[table.shape.name];
  if (table.shape.key.empty()) {
    ORGO_TRY(copied, copy_without_key(*source_, *target_, table));
    progress.done = true;
    ORGO_CHECK(keep_progress(table, progress));
    return copied;
  }
  const auto kinds = kinds_of(table.shape);
  ParameterSets sets;
  {
    Query rows(*source_, progress.last.empty() ? table.first.c_str() : table.behind.c_str());
    if (!progress.last.empty()) bind_key(rows, table.shape, progress.last);
    rows.with(kRowsOfARound);
    for (;;) {
      ORGO_TRY(row, rows.next());
      if (!row) break;
      sets.add_row(rows, kinds);
      progress.last = key_of_row(rows, table.shape);
    }
  }
  progress.done = static_cast<std::int64_t>(sets.size()) < kRowsOfARound;
  if (ORGO_PLANT(a_move_leaves_a_row_out) && progress.done) sets.clear();
  ORGO_CHECK(insert_all(*target_, table.insert.c_str(), sets));
  ORGO_CHECK(keep_progress(table, progress));
  return static_cast<std::int64_t>(sets.size());
}

Status Mover::keep_progress(const TableStatements& table, const Progress& progress) {
  {
    Query before(*target_, "DELETE FROM move_progress WHERE name = ?");
    ORGO_CHECK(run_later(before.with(table.shape.name)));
  }
  Query now(*target_, "INSERT INTO move_progress (name, done, key1, key2, key3, key4) VALUES (?, ?, ?, ?, ?, ?)");
  now.with(table.shape.name, progress.done);
  for (std::size_t i = 0; i < kKeyColumnsMost; ++i) {
    if (i < progress.last.size()) now.with(progress.last[i]);
    else now.with(nullptr);
  }
  ORGO_CHECK(now.run());
  progress_[table.shape.name] = progress;
  return {};
}

Result<std::int64_t> Mover::count_all() {
  std::int64_t all = 0;
  for (const auto& table : tables_) {
    ORGO_TRY(rows, count_of(*source_, *table));
    all += rows;
  }
  return all;
}

Result<MoveComparison> Mover::compare(const MoveWatch& watch) {
  MoveProgress shown{.doing = MoveProgress::Doing::comparing};
  ORGO_TRY(all, count_all());
  shown.of = 2 * all;
  ORGO_CHECK(source_->begin_reading());
  const Undo end_of_instant(*source_);
  ChangedRows changed(*source_, *target_, tables_);
  std::int64_t changes = 0;
  ORGO_CHECK(in_transaction(*target_, [&]() -> Status {
    ORGO_TRY(taken, changed.take_over(false));
    changes = taken;
    return {};
  }));
  ORGO_CHECK(target_->begin_reading());
  const Undo end_there(*target_);
  MoveComparison comparison;
  const auto count = [&](std::int64_t rows) {
    shown.done += rows;
    if (watch) watch(shown);
  };
  for (const auto& table : tables_) {
    ORGO_TRY(here, digests_of(*source_, *table, count));
    ORGO_TRY(there, digests_of(*target_, *table, count));
    if (here != there)
      return failure(Errc::conflict, "the copy differs: " + difference(table->shape.name, here, there) +
                                         ". Nothing was changed here; report it, and begin with an empty database");
    ++comparison.tables;
    comparison.tenants = std::max(comparison.tenants, static_cast<std::int64_t>(here.size()));
    for (const auto& one : here) comparison.rows += one.rows;
  }
  if (changes > 0) ORGO_CHECK(changed.forget(*noting_));
  is_compared_ = true;
  return comparison;
}

Status Mover::finish(TimePoint now) {
  ORGO_CHECK(refuse_changes(now));
  auto last = [&]() -> Status {
    for (;;) {
      ORGO_TRY(changes, follow());
      if (changes == 0) return compare_counts();
    }
  }();
  if (!last) {
    if (last.error().code == Errc::conflict) ORGO_CHECK(serve_again());
    return last;
  }
  ORGO_CHECK(
      in_transaction(*target_, [&] { return target_->execute("DROP TABLE move_progress; DROP TABLE move_target"); }));
  is_done_ = true;
  return {};
}

/// The notes go on: triggers that were at work when the refusal came have written, and nothing is written behind it.
Status Mover::refuse_changes(TimePoint now) {
  ORGO_TRY(begun, read_source(*source_));
  if (begun.moved_at != 0) return {};
  const auto words = "this database was moved to " + ends_.to_name + " on " + to_rfc3339(now) +
                     ": set database.url to that, and start again";
  return in_transaction(*noting_, [&]() -> Status {
    for (const auto& table : tables_) ORGO_CHECK(noting_->execute(ends_.from->refuse_changes(table->shape, words)));
    Query query(*noting_, "UPDATE move_source SET moved_at = ?");
    return query.with(to_ms(now)).run();
  });
}

Status Mover::serve_again() {
  return in_transaction(*noting_, [&]() -> Status {
    for (const auto& table : tables_)
      ORGO_CHECK(noting_->execute(ends_.from->let_be(table->shape) + ends_.from->note_changes(table->shape)));
    Query query(*noting_, "UPDATE move_source SET moved_at = 0");
    return query.run();
  });
}

Status Mover::compare_counts() {
  for (const auto& table : tables_) {
    ORGO_TRY(here, count_of(*source_, *table));
    ORGO_TRY(there, count_of(*target_, *table));
    if (here != there)
      return failure(Errc::conflict, "the copy differs: " + table->shape.name + ": " + std::to_string(here) +
                                         " rows here, " + std::to_string(there) +
                                         " there. The server can be started here as before");
  }
  return {};
}

Result<bool> Mover::cancel(MoveEnd& from) {
  ORGO_CHECK(from.make_ready(false));
  ORGO_TRY(connection, from.connect());
  ORGO_TRY(known, from.has_table(*connection, kSource));
  if (!known) return false;
  ORGO_TRY(begun, read_source(*connection));
  if (begun.moved_at != 0)
    return failure(Errc::conflict, "the move to " + begun.to +
                                       " is done, and that one may have gone on since: to come back, move from there");
  ORGO_TRY(shapes, from.tables(*connection));
  ORGO_CHECK(in_transaction(*connection, [&]() -> Status {
    for (const auto& shape : shapes) ORGO_CHECK(connection->execute(from.let_be(shape)));
    return connection->execute("DROP TABLE move_changes; DROP TABLE move_source");
  }));
  return true;
}

Result<std::optional<MoveState>> Mover::state(MoveEnd& from) {
  ORGO_TRY(connection, from.connect(false));
  ORGO_TRY(known, from.has_table(*connection, kSource));
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
