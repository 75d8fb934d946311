#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "adapter/sql/parameter_sets.h"

namespace orgo::sql {

/// A table as a move sees it: all columns, and those by which its rows are told apart.
struct TableShape {
  struct Column {
    std::string name;
    ParameterSets::Kind kind = ParameterSets::Kind::number;
    friend bool operator==(const Column&, const Column&) = default;
  };
  std::string name;
  std::vector<Column> columns;
  /// Places in `columns`, in the order of the key. Empty: some few rows without one, which are moved together.
  std::vector<std::size_t> key;
  friend bool operator==(const TableShape&, const TableShape&) = default;
};

/// Keys are kept as texts while a move goes on, in this many columns.
inline constexpr std::size_t kKeyColumnsMost = 4;

/// "tenant, id" of `which` columns.
std::string names_of(const TableShape& table, std::span<const std::size_t> which, const std::string& before = {});
std::string names_of(const TableShape& table);
/// "?, ?, ?"
std::string question_marks(std::size_t count);

/// 'it''s' as it stands in a statement.
std::string in_quotes(const std::string& text);
/// Shapes out of rows (table, column, its type, its place in the key from 1 or 0), in the order of tables and columns.
Result<std::vector<TableShape>> read_shapes(Query& rows);
/// What is noted of a changed row: columns of the notes, and the values for them. `row`: "OLD" or "NEW"; `cast`: behind
/// each value.
struct NotedRow {
  std::string columns, values;
};
NotedRow noted_row(const TableShape& table, const std::string& row, const std::string& cast = {});

/// The statements of a move about one table, of the dialect that all engines share. They stay where they are, since
/// connections know statements by their addresses.
class TableStatements {
 public:
  explicit TableStatements(TableShape shape);
  TableStatements(const TableStatements&) = delete;
  TableStatements& operator=(const TableStatements&) = delete;

  const TableShape shape;
  const std::string first;   ///< rows in the order of the key; last parameter: how many at most
  const std::string behind;  ///< the same behind a key
  const std::string one;     ///< the row of a key
  const std::string insert;  ///< leaves alone what is there
  const std::string remove;  ///< the row of a key; all, of a table without one
  const std::string count;
};

}  // namespace orgo::sql
