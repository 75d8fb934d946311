#include "adapter/sql/move/changed_rows.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>
#include <utility>

#include "adapter/sql/move/row_bytes.h"
#include "base/planted.h"

namespace orgo::sql {
namespace {

constexpr std::int64_t kNotesOfAPage = 5'000;
constexpr std::int64_t kRowsWithoutKeyMost = 1'000;

std::int64_t number_of(const std::string& text) {
  std::int64_t number = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

void bind_key(Query& query, const TableShape& shape, const std::vector<std::string>& key) {
  for (std::size_t i = 0; i < shape.key.size(); ++i) {
    if (shape.columns[shape.key[i]].kind == ParameterSets::Kind::number) query.with(number_of(key[i]));
    else query.with(key[i]);
  }
}

Status insert_all(Connection& connection, const char* sql, const ParameterSets& sets) {
  if (sets.empty()) return {};
  if (auto* const batching = connection.batching()) return batching->insert(sql, sets);
  Query query(connection, sql);
  for (std::size_t i = 0; i < sets.size(); ++i) {
    query.again();
    sets.bind(query, i);
    ORGO_CHECK(query.run());
  }
  return {};
}

std::vector<ParameterSets::Kind> kinds_of(const TableShape& shape) {
  std::vector<ParameterSets::Kind> kinds;
  for (const auto& column : shape.columns) kinds.push_back(column.kind);
  return kinds;
}

ChangedRows::ChangedRows(Connection& source, Connection& target, const Tables& tables)
    : source_(source), target_(target) {
  for (const auto& table : tables) tables_.emplace(table->shape.name, table.get());
}

Result<ChangedRows::Page> ChangedRows::page_behind(std::int64_t number) {
  Page page;
  std::set<std::pair<const TableStatements*, std::vector<std::string>>> known;
  Query notes(source_,
              "SELECT number, name, key1, key2, key3, key4 FROM move_changes WHERE number > ? ORDER BY number LIMIT ?");
  notes.with(number, kNotesOfAPage);
  for (;;) {
    ORGO_TRY(row, notes.next());
    if (!row) return page;
    page.last = notes.integer(0);
    page.numbers.push_back(page.last);
    const auto table = tables_.find(notes.text(1));
    if (table == tables_.end())
      return failure(Errc::corrupt, "a change of a table that is not moved: " + notes.string(1));
    std::vector<std::string> key;
    for (std::size_t i = 0; i < table->second->shape.key.size(); ++i)
      key.push_back(notes.string(static_cast<int>(i) + 2));
    if (known.emplace(table->second, key).second) page.keys[table->second].push_back(std::move(key));
  }
}

Status ChangedRows::remove(const Page& page) {
  for (const auto& [table, keys] : page.keys)
    for (const auto& key : keys) {
      Query query(target_, table->remove.c_str());
      bind_key(query, table->shape, key);
      ORGO_CHECK(run_later(query));
    }
  return {};
}

Result<std::int64_t> copy_without_key(Connection& source, Connection& target, const TableStatements& table) {
  {
    Query all(target, table.remove.c_str());
    ORGO_CHECK(run_later(all));
  }
  ParameterSets sets;
  Query rows(source, table.first.c_str());
  rows.with(kRowsWithoutKeyMost);
  for (;;) {
    ORGO_TRY(row, rows.next());
    if (!row) break;
    sets.add_row(rows, kinds_of(table.shape));
  }
  ORGO_CHECK(insert_all(target, table.insert.c_str(), sets));
  return static_cast<std::int64_t>(sets.size());
}

Status ChangedRows::insert(const Page& page, bool reads_back) {
  for (const auto& [table, keys] : page.keys) {
    if (table->shape.key.empty()) continue;  // once, behind all pages
    const auto kinds = kinds_of(table->shape);
    ParameterSets sets;
    std::vector<std::string> wanted;
    for (const auto& key : keys) {
      Query query(source_, table->one.c_str());
      bind_key(query, table->shape, key);
      ORGO_TRY(row, query.next());
      if (row) sets.add_row(query, kinds);
      if (reads_back) wanted.push_back(row ? bytes_of_row(query, kinds) : std::string());
    }
    ORGO_CHECK(insert_all(target_, table->insert.c_str(), sets));
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      Query query(target_, table->one.c_str());
      bind_key(query, table->shape, keys[i]);
      ORGO_TRY(row, query.next());
      if ((row ? bytes_of_row(query, kinds) : std::string()) != wanted[i])
        return failure(Errc::conflict, "a row of " + table->shape.name + " is not there as it was written");
    }
  }
  return {};
}

Result<std::int64_t> ChangedRows::take_over(bool reads_back) {
  std::int64_t changes = 0;
  std::set<const TableStatements*> without_key;
  const auto each_page = [&](const std::function<Status(const Page&)>& use) -> Status {
    for (std::int64_t last = 0;;) {
      ORGO_TRY(page, page_behind(last));
      if (page.last == 0) return {};
      ORGO_CHECK(use(page));
      last = page.last;
    }
  };
  ORGO_CHECK(each_page([&](const Page& page) {
    changes += static_cast<std::int64_t>(page.numbers.size());
    for (const auto& [table, keys] : page.keys)
      if (table->shape.key.empty()) without_key.insert(table);
    return remove(page);
  }));
  if (changes == 0 || ORGO_PLANT(changes_of_a_move_are_lost)) return changes;
  ORGO_CHECK(each_page([&](const Page& page) { return insert(page, reads_back); }));
  for (const auto* table : without_key) {
    ORGO_TRY(rows, copy_without_key(source_, target_, *table));
    (void)rows;
  }
  return changes;
}

Status ChangedRows::forget(Connection& noting) {
  for (std::int64_t last = 0;;) {
    ORGO_TRY(page, page_behind(last));
    if (page.last == 0) return {};
    ORGO_CHECK(noting.begin());
    for (const auto number : page.numbers) {
      Query query(noting, "DELETE FROM move_changes WHERE number = ?");
      query.with(number);
      if (auto done = run_later(query); !done) {
        noting.rollback();
        return done;
      }
    }
    ORGO_CHECK(noting.commit());
    last = page.last;
  }
}

}  // namespace orgo::sql
