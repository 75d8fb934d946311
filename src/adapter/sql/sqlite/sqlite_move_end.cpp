#include "adapter/sql/sqlite/sqlite_move_end.h"

#include <array>
#include <filesystem>
#include <system_error>

#include "adapter/sql/sqlite/sqlite_connection.h"
#include "adapter/sql/sqlite/sqlite_engine.h"

namespace orgo::sql {
namespace {

constexpr std::array<const char*, 3> kChanges{"insert", "update", "delete"};

/// "INSERT INTO move_changes ..." of the row as it was (OLD) or is (NEW).
std::string note(const TableShape& table, const std::string& row, const std::string& condition = {}) {
  const auto noted = noted_row(table, row);
  return "INSERT INTO " + std::string(kChangedRows) + " (" + noted.columns + ") SELECT " + noted.values +
         (condition.empty() ? "" : " WHERE " + condition) + ";";
}

std::string key_differs(const TableShape& table) {
  std::string text = "0";
  for (const auto column : table.key)
    text += " OR OLD." + table.columns[column].name + " IS NOT NEW." + table.columns[column].name;
  return text;
}

}  // namespace

/// One that was moved away, and comes back now: it is kept under another name.
Status SqliteMoveEnd::set_aside() {
  namespace fs = std::filesystem;
  if (!fs::exists(path_)) return {};
  {
    ORGO_TRY(connection, connect(true));
    ORGO_TRY(was_left, has_table(*connection, "move_source"));
    if (!was_left) return {};
    {
      Query query(*connection, "SELECT 1 FROM move_source WHERE moved_at <> 0");
      ORGO_TRY(row, query.next());
      if (!row) return {};
    }
    ORGO_TRY(left, checkpoint_sqlite(*connection, true));
    if (left > 0)
      return failure(Errc::conflict,
                     "another program reads " + path_ + ", which is to be kept under another name: end it");
  }
  auto aside = path_ + ".moved";
  for (int i = 2; fs::exists(aside); ++i) aside = path_ + ".moved" + std::to_string(i);
  // Its log stays with it, also where somebody has it open; and that is empty, so that one without it is whole, too.
  for (const std::string suffix : {"-wal", "-shm", ""}) {
    std::error_code error;
    fs::rename(path_ + suffix, aside + suffix, error);
    if (error && error != std::errc::no_such_file_or_directory)
      return failure(Errc::unavailable, path_ + suffix + ": " + error.message());
  }
  return {};
}

Status SqliteMoveEnd::make_ready(bool to_write) {
  if (to_write) ORGO_CHECK(set_aside());
  ORGO_TRY(engine, SqliteEngine::open({.path = path_, .read_only = !to_write}));
  engine->close();
  return {};
}

Result<std::unique_ptr<Connection>> SqliteMoveEnd::connect(bool to_write) {
  return open_sqlite_connection({.path = path_, .read_only = !to_write});
}

Result<std::vector<TableShape>> SqliteMoveEnd::tables(Connection& connection) {
  Query query(
      connection,
      "SELECT m.name, c.name, c.type, c.pk FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type "
      "= 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'move\\_%' ESCAPE '\\' AND m.name <> "
      "'schema_steps' ORDER BY m.name, c.name");
  return read_shapes(query);
}

Result<bool> SqliteMoveEnd::has_table(Connection& connection, const std::string& name) {
  Query query(connection, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
  return query.with(name).next();
}

std::string SqliteMoveEnd::counted_table(const std::string& name, const std::string& columns) const {
  return "CREATE TABLE " + name + " (number INTEGER PRIMARY KEY AUTOINCREMENT, " + columns + ");";
}

std::string SqliteMoveEnd::note_changes(const TableShape& table) const {
  const auto trigger = [&](const std::string& change, const std::string& steps) {
    return "CREATE TRIGGER move_" + table.name + "_" + change + " AFTER " + change + " ON " + table.name + " BEGIN " +
           steps + " END;";
  };
  return trigger("insert", note(table, "NEW")) + trigger("delete", note(table, "OLD")) +
         trigger("update", note(table, "OLD") + note(table, "NEW", key_differs(table)));
}

std::string SqliteMoveEnd::refuse_changes(const TableShape& table, const std::string& words) const {
  std::string text;
  for (const std::string change : kChanges)
    text += "CREATE TRIGGER move_" + table.name + "_no_" + change + " BEFORE " + change + " ON " + table.name +
            " BEGIN SELECT RAISE(ABORT, " + in_quotes(words) + "); END;";
  return text;
}

std::string SqliteMoveEnd::let_be(const TableShape& table) const {
  std::string text;
  for (const std::string change : kChanges)
    text += "DROP TRIGGER IF EXISTS move_" + table.name + "_" + change + ";DROP TRIGGER IF EXISTS move_" + table.name +
            "_no_" + change + ";";
  return text;
}

}  // namespace orgo::sql
