#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "adapter/broker/shared_hints.h"
#include "app/config.h"
#include "app/node/node.h"
#include "app/storage/storage_part.h"
#include "port/work_hints.h"
#include "service/gateway/probes/ready_check.h"
#include "service/turn/turn.h"

namespace orgo {

/// Where workers of this process hear of work: within it, or also of what other nodes have too much of, by the broker
/// that queue.url names.
class HintsPart {
 public:
  /// `decides`: this process has workers. invalid_input: queue.url names no broker. A broker that is away is no error.
  static Result<HintsPart*> open(Node& node, const Config& config, StoragePart& storage, bool decides);

  WorkHints& hints() { return *hints_; }
  /// Whether this node announces what others left: with a broker one of them does it for all.
  bool is_to_sweep();
  /// "queue", where there is a broker.
  [[nodiscard]] std::vector<gateway::ReadyCheck> ready_checks() const;

 private:
  std::unique_ptr<WorkHints> hints_;
  SharedHints* shared_ = nullptr;  ///< the same, where there is a broker
  std::unique_ptr<Turn> turn_;
};

}  // namespace orgo
