#pragma once
#include <memory>

#include "adapter/sql/stores.h"
#include "port/locks.h"
#include "port/nodes.h"
#include "port/signals.h"

namespace orgo {

/// How the nodes of one database agree: in that database where several processes can use it, else within this one.
class Coordination {
 public:
  /// Connects to nobody yet. `now`: of the start.
  Coordination(const SqlStoreOptions& database, TimePoint now);
  ~Coordination();
  Coordination(const Coordination&) = delete;
  Coordination& operator=(const Coordination&) = delete;

  [[nodiscard]] Locks& locks() { return *locks_; }
  [[nodiscard]] Signals& signals() { return *signals_; }
  /// Once `stores` are open, and not longer than they are.
  [[nodiscard]] std::unique_ptr<Nodes> open_nodes(SqlStores& stores);
  /// Other nodes may be there: this one has to say that it is.
  [[nodiscard]] bool is_shared() const { return shared_ != nullptr; }

 private:
  struct Shared;
  const TimePoint started_at_;
  std::unique_ptr<Shared> shared_;
  std::unique_ptr<Locks> locks_;
  std::unique_ptr<Signals> signals_;
};

}  // namespace orgo
