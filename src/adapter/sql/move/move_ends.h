#pragma once
#include <memory>

#include "adapter/sql/move/mover.h"
#include "adapter/sql/stores.h"

namespace orgo {

/// The database of these stores as an end of a move.
std::unique_ptr<sql::MoveEnd> move_end(const SqlStoreOptions& place);
/// conflict: a move has not brought all of it here yet. Errors: those of opening it.
Status refuse_unfinished_move(const SqlStoreOptions& place);
/// Both. invalid_input: they are one.
Result<sql::MoveEnds> move_ends(const SqlStoreOptions& from, const SqlStoreOptions& to);

}  // namespace orgo
