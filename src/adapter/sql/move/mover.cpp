#include "adapter/sql/move/mover.h"

#include <algorithm>
#include <utility>

#include "adapter/sql/move/changed_rows.h"
#include "adapter/sql/move/move_source.h"
#include "adapter/sql/move/table_digest.h"
#include "base/planted.h"

namespace orgo::sql {
namespace {

constexpr std::int64_t kRowsOfARound = 5'000;

}  // namespace

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
  Progress progress;
  ORGO_CHECK(in_transaction(*target_, [&]() -> Status {
    ORGO_TRY(taken, changed.take_over(is_compared_));
    changes = taken;
    if (table == nullptr) return {};
    progress = progress_[table->shape.name];  // anew each time that this runs
    ORGO_TRY(rows, copy_some(*table, progress));
    *copied = rows;
    return {};
  }));
  if (table != nullptr) progress_[table->shape.name] = std::move(progress);
  if (changes > 0) ORGO_CHECK(changed.forget(*noting_));
  return changes;
}

Result<std::int64_t> Mover::copy_some(const TableStatements& table, Progress& progress) {
  if (table.shape.key.empty()) {
    ORGO_TRY(copied, copy_without_key(*source_, *target_, table));
    progress.done = true;
    ORGO_CHECK(write_progress(table, progress));
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
  ORGO_CHECK(write_progress(table, progress));
  return static_cast<std::int64_t>(sets.size());
}

Status Mover::write_progress(const TableStatements& table, const Progress& progress) {
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
  return now.run();
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

Status Mover::keep_servers_away() {
  ORGO_TRY(alone, ends_.from->keep_servers_away());
  source_is_alone_ = std::move(alone);
  return {};
}

Status Mover::finish(TimePoint now) {
  ORGO_CHECK(refuse_changes("the move of this database to " + ends_.to_name +
                            " is not finished: end it by `orgo move "
                            "--to`, as it was begun, or give it up by `orgo move --cancel`"));
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
  // Not before all is there: whoever reads it goes there.
  ORGO_CHECK(refuse_changes("this database was moved to " + ends_.to_name + " on " + to_rfc3339(now) +
                            ": set database.url to that, and start again"));
  ORGO_CHECK(in_transaction(*noting_, [&]() -> Status {
    Query query(*noting_, "UPDATE move_source SET moved_at = ?");
    return query.with(to_ms(now)).run();
  }));
  ORGO_CHECK(
      in_transaction(*target_, [&] { return target_->execute("DROP TABLE move_progress; DROP TABLE move_target"); }));
  is_done_ = true;
  return {};
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

/// The notes go on: triggers that were at work when the refusal came have written, and nothing is written behind it.
Status Mover::refuse_changes(const std::string& words) {
  return each_table(*noting_, tables_, [&](const TableShape& table) {
    return ends_.from->let_be(table) + ends_.from->note_changes(table) + ends_.from->refuse_changes(table, words);
  });
}

Status Mover::serve_again() {
  ORGO_CHECK(each_table(*noting_, tables_, [this](const TableShape& table) {
    return ends_.from->let_be(table) + ends_.from->note_changes(table);
  }));
  return in_transaction(*noting_, [this] { return noting_->execute("UPDATE move_source SET moved_at = 0"); });
}

}  // namespace orgo::sql
