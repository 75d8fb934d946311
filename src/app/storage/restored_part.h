#pragma once
#include <memory>

#include "app/config.h"
#include "app/node/node.h"
#include "app/storage/storage_part.h"
#include "service/delivery/restored_watch.h"
#include "service/gateway/probes/ready_check.h"

namespace orgo {

/// Tells of what a restore holds, until a person has decided about it.
class RestoredPart {
 public:
  static RestoredPart& open(Node& node, const Config& config, StoragePart& storage);

  /// "restore" of /readyz. All that is new goes in and out all the same.
  [[nodiscard]] gateway::ReadyCheck ready_check() const;

 private:
  std::unique_ptr<RestoredWatch> watch_;
};

}  // namespace orgo
