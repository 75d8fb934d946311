#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "app/config.h"
#include "app/node/node.h"
#include "app/rules/rules_part.h"
#include "app/storage/storage_part.h"
#include "service/processing/processor.h"

namespace orgo {

/// From the queue to a decision, by several workers.
class ProcessingPart {
 public:
  /// `on_decided`: there may be something to send, and new timers.
  static ProcessingPart& open(Node& node, const Config& config, StoragePart& storage, RulesPart& rules,
                              std::function<void()> on_decided);

  /// There may be new messages. Any thread.
  void wake() { loops_->wake(); }

 private:
  std::vector<std::unique_ptr<Processor>> processors_;
  LoopGroup* loops_ = nullptr;
};

}  // namespace orgo
