#pragma once
#include <string>
#include <vector>

#include "adapter/sql/move/move_end.h"
#include "adapter/sql/postgres/postgres_connection.h"

namespace orgo::sql {

/// A schema of a PostgreSQL database, as an end of a move.
class PostgresMoveEnd final : public MoveEnd {
 public:
  explicit PostgresMoveEnd(PostgresOptions options) : options_(std::move(options)) {}

  Status make_ready(bool to_write) override;
  Result<std::string> what_stays(Connection& connection) override;
  Result<std::unique_ptr<Connection>> connect(bool to_write) override;
  Result<std::unique_ptr<Connection>> keep_servers_away() override;
  Result<std::vector<TableShape>> tables(Connection& connection) override;
  Result<bool> has_table(Connection& connection, const std::string& name) override;
  [[nodiscard]] std::string counted_table(const std::string& name, const std::string& columns) const override;
  [[nodiscard]] std::string note_changes(const TableShape& table) const override;
  [[nodiscard]] std::string refuse_changes(const TableShape& table, const std::string& words) const override;
  [[nodiscard]] std::string let_be(const TableShape& table) const override;
  [[nodiscard]] std::string measure() const override { return "ANALYZE"; }

 private:
  PostgresOptions options_;
};

}  // namespace orgo::sql
