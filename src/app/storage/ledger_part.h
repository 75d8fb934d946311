#pragma once
#include <memory>

#include "app/config.h"
#include "app/node/node.h"
#include "app/storage/storage_part.h"
#include "service/gateway/probes/ready_check.h"
#include "service/work/ledger_watch.h"

namespace orgo {

/// Looks beside all work whether each message is in a state.
class LedgerPart {
 public:
  static LedgerPart& open(Node& node, const Config& config, StoragePart& storage);

  /// "ledger" of /readyz. Mail can come all the same.
  [[nodiscard]] gateway::ReadyCheck ready_check() const;

 private:
  std::unique_ptr<LedgerWatch> watch_;
};

}  // namespace orgo
