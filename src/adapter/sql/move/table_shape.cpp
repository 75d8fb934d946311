#include "adapter/sql/move/table_shape.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <utility>

namespace orgo::sql {
namespace {

std::string is_key(const TableShape& table) {
  std::string text;
  for (const auto column : table.key) text += (text.empty() ? "" : " AND ") + table.columns[column].name + " = ?";
  return text;
}

/// Of the names that engines have for them.
ParameterSets::Kind kind_of(std::string_view type) {
  if (type == "TEXT" || type == "text") return ParameterSets::Kind::text;
  return type == "BLOB" || type == "bytea" ? ParameterSets::Kind::blob : ParameterSets::Kind::number;
}

std::string select(const TableShape& table) {
  return "SELECT " + names_of(table) + " FROM " + table.name;
}

std::string ordered(const TableShape& table) {
  return table.key.empty() ? " LIMIT ?" : " ORDER BY " + names_of(table, table.key) + " LIMIT ?";
}

}  // namespace

std::string names_of(const TableShape& table, std::span<const std::size_t> which, const std::string& before) {
  std::string text;
  for (const auto column : which) text += (text.empty() ? "" : ", ") + before + table.columns[column].name;
  return text;
}

std::string names_of(const TableShape& table) {
  std::vector<std::size_t> all(table.columns.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return names_of(table, all);
}

std::string question_marks(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += i == 0 ? "?" : ", ?";
  return text;
}

std::string in_quotes(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

Result<std::vector<TableShape>> read_shapes(Query& rows) {
  std::vector<TableShape> tables;
  std::vector<std::pair<std::int64_t, std::size_t>> key;  // place in it, column
  const auto end_table = [&] {
    std::ranges::sort(key);
    for (const auto& [place, column] : key) tables.back().key.push_back(column);
    key.clear();
  };
  for (;;) {
    ORGO_TRY(row, rows.next());
    if (!row) break;
    if (tables.empty() || tables.back().name != rows.text(0)) {
      if (!tables.empty()) end_table();
      tables.push_back({.name = rows.string(0), .columns = {}, .key = {}});
    }
    auto& table = tables.back();
    if (const auto place = rows.integer(3); place > 0) key.emplace_back(place, table.columns.size());
    table.columns.push_back({rows.string(1), kind_of(rows.text(2))});
  }
  if (!tables.empty()) end_table();
  return tables;
}

NotedRow noted_row(const TableShape& table, const std::string& row, const std::string& cast) {
  NotedRow noted{"name", in_quotes(table.name)};
  for (std::size_t i = 0; i < table.key.size(); ++i) {
    noted.columns += ", key" + std::to_string(i + 1);
    noted.values += ", " + row + "." + table.columns[table.key[i]].name + cast;
  }
  return noted;
}

TableStatements::TableStatements(TableShape given)
    : shape(std::move(given)), first(select(shape) + ordered(shape)),
      behind(select(shape) + " WHERE (" + names_of(shape, shape.key) + ") > (" + question_marks(shape.key.size()) +
             ")" + ordered(shape)),
      one(select(shape) + " WHERE " + is_key(shape)),
      insert("INSERT INTO " + shape.name + " (" + names_of(shape) + ") VALUES (" +
             question_marks(shape.columns.size()) + ") ON CONFLICT DO NOTHING"),
      remove("DELETE FROM " + shape.name + (shape.key.empty() ? "" : " WHERE " + is_key(shape))),
      count("SELECT count(*) FROM " + shape.name) {}

}  // namespace orgo::sql
