#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapter/clock/agreed_clock.h"
#include "adapter/sql/coordination.h"
#include "app/config.h"
#include "app/node/node.h"
#include "app/node/roles.h"
#include "app/storage/storage_part.h"
#include "service/gateway/probes/ready_check.h"
#include "service/node/node_service.h"

namespace orgo {

/// This process as one of the nodes of its database: it takes its name and what its earlier boots held, says every two
/// seconds that it is there, and gives to the others what dead ones held. Methods: any thread.
class ClusterPart {
 public:
  /// conflict: another process that lives has the name of this node, or would be harmed by it (core/node/agreement.h).
  static Result<ClusterPart*> open(Node& node, AgreedClock& clock, const Roles& roles, const Config& config,
                                   StoragePart& storage, Coordination& coordination);
  ClusterPart(Node& node, AgreedClock& clock) : node_(node), clock_(clock) {}

  /// Where others reach it. All is open; from here on its end is seen from the beginning of it.
  void opened(std::string address);
  /// All nodes, by name.
  [[nodiscard]] Result<std::vector<NodeSeen>> nodes() const { return nodes_->list(); }
  /// "node": the others hear this one. For where there may be others. "standbys": as many as are to confirm each commit
  /// do.
  [[nodiscard]] std::vector<gateway::ReadyCheck> ready_checks() const;

 private:
  Status join();
  Status take_place(StoragePart& storage);
  /// The time of the server is that of all nodes.
  Status agree_on_time();
  [[nodiscard]] NodeInfo self() const;
  Millis step();
  void look_at_standbys();
  [[nodiscard]] Status check_standbys() const;

  Node& node_;
  AgreedClock& clock_;
  bool has_time_ = false;  ///< agreed on
  bool told_ahead_ = false;
  std::unique_ptr<Nodes> nodes_;
  std::unique_ptr<NodeService> service_;
  mutable std::mutex mutex_;
  NodeInfo self_;
  int standbys_wanted_ = 0;
  std::optional<Standbys> standbys_;  ///< when they were last seen
  bool is_shared_ = false;
  LoopGroup* loops_ = nullptr;
  std::unique_ptr<Signals::Subscription> decided_;
};

}  // namespace orgo
