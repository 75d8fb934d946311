#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "core/node/membership.h"

namespace orgo {

/// Copies of the database that follow it.
struct Standbys {
  int confirming = 0;    ///< have each commit before it is answered
  int following = 0;     ///< all, those included
  bool is_known = true;  ///< else the database does not show them to us
};

/// The nodes that work on one store: each says every few seconds that it is there, and the others take over what a dead
/// one held. Beats go their own way, so that a store that is busy with mail makes no node look dead.
///
/// Backends: in process (one node, itself), the database that nodes share; contract:
/// tests/contract/nodes_contract_test.cpp. Threads: any. Errors of every method: unavailable.
class Nodes {
 public:
  virtual ~Nodes() = default;
  /// Takes the name, which the first beat of a boot needs; core/node/membership.h says when it is free. `before`: the
  /// holder as an earlier call of this start found it. nullopt: it is ours. Else who has it, and it is to be asked
  /// again soon. conflict: it lives.
  virtual Result<std::optional<NodeSeen>> join(const NodeInfo& self, const std::optional<NodeSeen>& before) = 0;
  /// This node is there, and as it is now; one that was taken for dead is alive again, and what it held is not its own
  /// any more. All nodes as they stood before this beat, this one too, by name. conflict: another process has its name
  /// by now.
  virtual Result<std::vector<NodeSeen>> beat(const NodeInfo& self) = 0;
  /// What time it is by the clock that all nodes agree on.
  virtual Result<TimePoint> time() = 0;
  /// None where no other server has the database.
  virtual Result<Standbys> standbys() { return Standbys{}; }
  /// All nodes, by name; at most 1,000.
  virtual Result<std::vector<NodeSeen>> list() = 0;
  /// Gives back all that a node holds that has died: work, sends, timers, locks. They are free at `now`, and what it
  /// says of them later is refused, since each has a new token, or none. All or nothing, and nothing when it was heard
  /// since `dead` was seen: false. Twice is harmless.
  virtual Result<bool> bury(const NodeSeen& dead, TimePoint now) = 0;
  /// An orderly end: nobody has to take over anything, and nobody misses it. Twice is harmless.
  virtual Status leave(const NodeInfo& self) = 0;
};

}  // namespace orgo
