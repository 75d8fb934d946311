#include "app/doctor/move_look.h"

#include "adapter/sql/move/move_ends.h"

namespace orgo {

std::optional<Look> look_at_move(const SqlStoreOptions& place) {
  const auto state = sql::Mover::state(*move_end(place));
  if (!state) return Look{"move", Mood::warning, state.error().message};
  if (!*state) return std::nullopt;
  const auto& move = **state;
  if (move.is_done)
    return Look{"move", Mood::wrong, "this database was moved to " + move.to + ": set database.url to that"};
  return Look{"move", Mood::warning,
              "a move to " + move.to + " was begun " + to_rfc3339(move.begun_at) + " and is not done; " +
                  std::to_string(move.noted) +
                  " changes wait for it, and more come: `orgo move --to` again goes on, `--cancel` gives it up"};
}

}  // namespace orgo
