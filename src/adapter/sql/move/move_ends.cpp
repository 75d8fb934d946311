#include "adapter/sql/move/move_ends.h"

#include "adapter/sql/move/move_source.h"
#include "adapter/sql/postgres/postgres_move_end.h"
#include "adapter/sql/sqlite/sqlite_move_end.h"

namespace orgo {
namespace {

std::string name_of(const SqlStoreOptions& place) {
  return is_on_a_server(place.database) ? place.database : place.database + " in " + place.folder;
}

}  // namespace

std::unique_ptr<sql::MoveEnd> move_end(const SqlStoreOptions& place) {
  if (!is_on_a_server(place.database)) return std::make_unique<sql::SqliteMoveEnd>(place.folder + "/orgo.db");
  return std::make_unique<sql::PostgresMoveEnd>(
      sql::PostgresOptions{.url = place.database, .password = place.password});
}

Status refuse_unfinished_move(const SqlStoreOptions& place) {
  const auto end = move_end(place);
  ORGO_TRY(connection, end->connect(false));
  ORGO_TRY(unfinished, end->has_table(*connection, sql::kMoveTarget));
  if (!unfinished) return {};
  return failure(Errc::conflict,
                 "a move into this database is not finished, and not all is there: end it by `orgo move --to`, with "
                 "database.url as it was then, or serve that one and give the move up by `orgo move --cancel`");
}

Result<sql::MoveEnds> move_ends(const SqlStoreOptions& from, const SqlStoreOptions& to) {
  if (name_of(from) == name_of(to))
    return failure(Errc::invalid_input, "the data is there already (database.url: " + from.database + ")");
  return sql::MoveEnds{.from = move_end(from), .to = move_end(to), .to_name = name_of(to)};
}

}  // namespace orgo
