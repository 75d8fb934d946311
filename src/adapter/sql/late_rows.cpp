#include "adapter/sql/late_rows.h"

#include <algorithm>

namespace orgo::sql {

LateTable::LateTable(std::string_view into, std::string_view conflict) {
  std::string row = "(?";
  for (const char c : into)
    if (c == ',') row += ", ?";
  row += ")";
  const auto statement = [&](std::size_t rows) {
    auto text = "INSERT INTO " + std::string(into) + " VALUES " + row;
    for (std::size_t i = 1; i < rows; ++i) text += ", " + row;
    return conflict.empty() ? text : text + " " + std::string(conflict);
  };
  one_ = statement(1);
  many_ = statement(kRows);
}

LateRows::Rows& LateRows::of(const LateTable& table) {
  for (auto& rows : tables_)
    if (rows.table == &table) return rows;
  return tables_.emplace_back(Rows{.table = &table});
}

Status LateRows::settle(const LateTable& table, std::int64_t tenant, std::int64_t key) {
  for (auto& rows : tables_)
    if (rows.table == &table && std::ranges::find(rows.keys, std::pair(tenant, key)) != rows.keys.end())
      return write(rows);
  return {};
}

Status LateRows::settle() {
  for (auto& rows : tables_) ORGO_CHECK(write(rows));
  return {};
}

bool LateRows::waits() const {
  return std::ranges::any_of(tables_, [](const Rows& rows) { return !rows.keys.empty(); });
}

bool LateRows::is_full(const Rows& rows) const {
  if (connection_.batching() == nullptr) return rows.keys.size() >= LateTable::kRows;
  return rows.keys.size() >= LateTable::kRowsOfMessage || rows.sets.size_of_bytes() >= LateTable::kBytesOfMessage;
}

Status LateRows::write(Rows& rows) {
  if (rows.keys.empty()) return {};
  const auto count = rows.keys.size();
  if (auto* const batching = connection_.batching()) {
    ORGO_CHECK(batching->insert(rows.table->one(), rows.sets));
  } else if (count == LateTable::kRows) {
    Query query(connection_, rows.table->many());
    for (std::size_t i = 0; i < count; ++i) rows.sets.bind(query, i);
    ORGO_CHECK(query.run());
  } else {
    Query query(connection_, rows.table->one());
    for (std::size_t i = 0; i < count; ++i) {
      query.again();
      rows.sets.bind(query, i);
      ORGO_CHECK(query.run());
    }
  }
  rows.keys.clear();
  rows.sets.clear();
  return {};
}

}  // namespace orgo::sql
