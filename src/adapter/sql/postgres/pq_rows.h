#pragma once
#include <cstdint>
#include <string_view>

#include "adapter/sql/postgres/pq.h"

namespace orgo::sql {

/// The rows of an answer in binary form, read as columns of what all engines share.
class PqRows {
 public:
  void take(PqResult rows) {
    rows_ = std::move(rows);
    go_to(-1);
  }
  void clear() { take(nullptr); }
  [[nodiscard]] bool is_here() const { return rows_ != nullptr; }
  [[nodiscard]] int size() const { return PQntuples(rows_.get()); }
  [[nodiscard]] int columns() const { return PQnfields(rows_.get()); }
  [[nodiscard]] int row() const { return row_; }
  void go_to(int row) { row_ = row; }

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::string_view blob(int column) const { return text(column); }
  [[nodiscard]] bool is_null(int column) const;

 private:
  PqResult rows_;
  int row_ = -1;
};

}  // namespace orgo::sql
