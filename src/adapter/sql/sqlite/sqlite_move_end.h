#pragma once
#include <string>
#include <vector>

#include "adapter/sql/move/move_end.h"

namespace orgo::sql {

/// The database file of a data folder, as an end of a move.
class SqliteMoveEnd final : public MoveEnd {
 public:
  explicit SqliteMoveEnd(std::string path) : path_(std::move(path)) {}

  Status make_ready(bool to_write) override;
  Result<std::unique_ptr<Connection>> connect(bool to_write) override;
  Result<std::vector<TableShape>> tables(Connection& connection) override;
  Result<bool> has_table(Connection& connection, const std::string& name) override;
  [[nodiscard]] std::string counted_table(const std::string& name, const std::string& columns) const override;
  [[nodiscard]] std::string note_changes(const TableShape& table) const override;
  [[nodiscard]] std::string refuse_changes(const TableShape& table, const std::string& words) const override;
  [[nodiscard]] std::string let_be(const TableShape& table) const override;
  [[nodiscard]] std::string measure() const override { return "ANALYZE"; }

 private:
  Status set_aside();
  std::string path_;
};

}  // namespace orgo::sql
