#pragma once
#include <memory>
#include <string>
#include <vector>

#include "adapter/sql/connection.h"
#include "adapter/sql/move/table_shape.h"

namespace orgo::sql {

/// What a move from one engine to another asks of each: a class of each engine's folder. Texts are statements for
/// Connection::execute().
class MoveEnd {
 public:
  virtual ~MoveEnd() = default;

  /// Our tables are there, of today's schema. To read: beside a running server. To write: makes what is missing.
  /// Errors: those of opening the engine.
  virtual Status make_ready(bool to_write) = 0;
  /// Is there anything here that no move takes along? Then a sentence, else nothing.
  virtual Result<std::string> what_stays(Connection& /*connection*/) { return std::string(); }
  virtual Result<std::unique_ptr<Connection>> connect(bool to_write = true) = 0;
  /// Nobody serves it for as long as what is returned lives; nothing where the owner of the folder is who serves it.
  /// conflict: somebody does.
  virtual Result<std::unique_ptr<Connection>> keep_servers_away() { return nullptr; }
  /// All tables but those of a move, in the order of their names.
  virtual Result<std::vector<TableShape>> tables(Connection& connection) = 0;
  /// Is there a table of this name?
  virtual Result<bool> has_table(Connection& connection, const std::string& name) = 0;

  /// A table with a `number` that counts up by itself.
  [[nodiscard]] virtual std::string counted_table(const std::string& name, const std::string& columns) const = 0;
  /// From now on each change of a row leaves its key in kChangedRows, whoever makes it.
  [[nodiscard]] virtual std::string note_changes(const TableShape& table) const = 0;
  /// From now on each change is refused with these words.
  [[nodiscard]] virtual std::string refuse_changes(const TableShape& table, const std::string& words) const = 0;
  /// Neither is done any more. Harmless when it was not.
  [[nodiscard]] virtual std::string let_be(const TableShape& table) const = 0;
  /// Behind many new rows, so that they are found by their indexes.
  [[nodiscard]] virtual std::string measure() const = 0;
};

/// Keys of rows that changed since the move began: number, name, key1, ... as texts.
inline constexpr const char* kChangedRows = "move_changes";

}  // namespace orgo::sql
