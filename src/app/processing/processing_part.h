#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "app/config.h"
#include "app/node/node.h"
#include "app/policies/policies_part.h"
#include "app/queue/hints_part.h"
#include "app/storage/storage_part.h"
#include "service/processing/processor.h"
#include "service/work/sweeper.h"

namespace orgo {

/// From a hint to a decision, by several workers, and the sweeper that announces again what waits unclaimed.
class ProcessingPart {
 public:
  /// `on_decided`: there may be something to send, and new timers.
  static ProcessingPart& open(Node& node, const Config& config, StoragePart& storage, HintsPart& hints,
                              PoliciesPart& policies, std::function<void()> on_decided);

 private:
  void add_sweeper(Node& node, const Config& config, StoragePart& storage, HintsPart& hints);

  std::vector<std::unique_ptr<Processor>> processors_;
  std::unique_ptr<WorkSweeper> sweeper_;
  LoopGroup* loops_ = nullptr;
  LoopGroup* sweeping_ = nullptr;
  std::unique_ptr<Signals::Subscription> told_;
};

}  // namespace orgo
