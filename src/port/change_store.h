#pragma once
#include <span>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/changes/changes.h"

namespace orgo {

struct Committed {
  TaskNumber task;              ///< the new task's number, when the Changes opened one
  std::int64_t last_event = 0;  ///< sequence of its last event
};

/// The one way to change state. Backends: memory, sqlite. All pass tests/contract/change_store_contract_test.cpp.
/// Threads: any. Each Changes of the batch is applied whole or not at all; all that were applied survive kill -9 and
/// loss of power when the call returns. One answer for each, in order. conflict, for one Changes: its message is
/// decided already, a task has another version, a timer that it fires is not pending, or a send's lease is stale.
/// Nothing of that Changes was written; the others are not touched by it. A send whose lease has run out is not stale
/// while nobody else leased it: delivered late is delivered. not_found, for one Changes: it names a task, message or
/// send of its tenant that does not exist. Errors of the whole call: unavailable, resource_exhausted (disk full),
/// deadline_exceeded (outcome unknown: the decision's message, the versions and the timers make calling again safe),
/// corrupt.
class ChangeStore {
 public:
  virtual ~ChangeStore() = default;
  virtual Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) = 0;
};

}  // namespace orgo
