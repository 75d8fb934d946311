#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "adapter/sql/postgres/pq.h"

namespace orgo::sql {

/// The rows of an answer, read as columns of what all engines share.
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
  void go_to(int row) {
    row_ = row;
    blobs_.clear();
  }

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  std::string_view blob(int column);
  [[nodiscard]] bool is_null(int column) const;

 private:
  PqResult rows_;
  int row_ = -1;
  std::deque<std::string> blobs_;  ///< of this row
};

}  // namespace orgo::sql
