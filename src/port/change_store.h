#pragma once
#include <span>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/changes/changes.h"

namespace orgo {

struct Committed {
  TaskNumber task;              ///< of the first new task, 0: none; the others have the numbers behind it, in order
  std::int64_t token = 0;       ///< id of the token that was made, 0: none
  std::int64_t last_event = 0;  ///< sequence of its last event
};

/// The one way to change state. Backends: memory, SQL. All pass tests/contract/change_store_contract_test.cpp and
/// change_form_contract_test.cpp. Threads: any. Each Changes of the batch is applied whole or not at all; all that were
/// applied survive kill -9 and loss of power when the call returns. One answer for each, in order; nothing of a refused
/// Changes was written, and the others are not touched by it.
/// - invalid_input: it does not hang together, whatever the store has (check_form(): something is changed twice, or
/// named
///   as new and not made).
/// - not_found: a task, message or send that a part, a send or a timer names does not exist in its tenant. (Events are
///   the record and are not looked up: what they tell of stands in the same Changes.)
/// - conflict: another writer was first. Its message is decided already, a task has another version, a timer that it
///   fires is not pending, a send's lease is stale, ...: each part says what it compares. That holds also for a writer
///   who comes between our look and our write: conditions stand in the statements. A send whose lease has run out is
///   not stale while nobody else leased it: delivered late is delivered. Also: the store refuses one of its rows, for
///   whatever reason.
/// All of it is judged by the state before the Changes. Errors of the whole call: unavailable, resource_exhausted (disk
/// full), deadline_exceeded (outcome unknown), corrupt. After each of them some may have been applied: the decision's
/// message, the versions and the timers make calling again safe.
class ChangeStore {
 public:
  virtual ~ChangeStore() = default;
  virtual Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) = 0;
};

/// One alone: its refusal is the error.
inline Result<Committed> commit_one(ChangeStore& store, const Changes& changes, Deadline deadline) {
  ORGO_TRY(answers, store.commit(std::span(&changes, 1), deadline));
  return std::move(answers.at(0));
}

}  // namespace orgo
