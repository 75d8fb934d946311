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

Status LateRows::write(Rows& rows) {
  if (rows.keys.empty()) return {};
  const auto count = rows.keys.size(), columns = rows.values.size() / count;
  if (count == LateTable::kRows) {
    Query query(connection_, rows.table->many());
    ORGO_CHECK(run(query, rows, 0, rows.values.size()));
  } else {
    Query query(connection_, rows.table->one());
    for (std::size_t i = 0; i < count; ++i) {
      query.again();
      ORGO_CHECK(run(query, rows, i * columns, (i + 1) * columns));
    }
  }
  rows.keys.clear();
  rows.values.clear();
  rows.texts.clear();
  return {};
}

Status LateRows::run(Query& query, const Rows& rows, std::size_t from, std::size_t to) {
  for (auto i = from; i < to; ++i) {
    const auto& value = rows.values[i];
    switch (value.kind) {
      case Value::Kind::number:
        query.with(value.number);
        break;
      case Value::Kind::text:
        query.with(std::string_view(rows.texts).substr(static_cast<std::size_t>(value.number), value.size));
        break;
      case Value::Kind::null:
        query.with(nullptr);
        break;
    }
  }
  return query.run();
}

}  // namespace orgo::sql
