#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapter/sql/move/move_end.h"
#include "adapter/sql/move/table_shape.h"

namespace orgo::sql {

inline constexpr const char* kMoveSource = "move_source";  ///< of one row, at the database that is left
inline constexpr const char* kMoveTarget = "move_target";  ///< while a move is not done, at the other one

/// What the source knows of its move.
struct Begun {
  std::string id, to;
  std::int64_t begun_at = 0, moved_at = 0;
  bool notes = false;  ///< all changes are noted
};
Result<Begun> read_source(Connection& connection);

/// Undone at its end, unless it was committed.
class Undo {
 public:
  explicit Undo(Connection& connection) : connection_(connection) {}
  ~Undo() { connection_.rollback(); }
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;

 private:
  Connection& connection_;
};

/// Runs again what met another transaction.
Status in_transaction(Connection& connection, const std::function<Status()>& run);

/// A transaction for each table: whoever holds several, as a server does, and one that takes them all would wait for
/// each other. So each is right by itself, and may be done twice.
Status each_table(Connection& connection, const std::vector<std::unique_ptr<TableStatements>>& tables,
                  const std::function<std::string(const TableShape&)>& steps);

Result<std::int64_t> count_of(Connection& connection, const TableStatements& table);

}  // namespace orgo::sql
