#pragma once
#include <functional>
#include <memory>

#include "app/config.h"
#include "app/node/node.h"
#include "app/policies/policies_part.h"
#include "app/storage/storage_part.h"
#include "service/escalation/escalation_service.h"

namespace orgo {

/// Fires the timers that are due.
class EscalationPart {
 public:
  /// `on_fired`: there may be something to send.
  static EscalationPart& open(Node& node, const Config& config, StoragePart& storage, PoliciesPart& policies,
                              std::function<void()> on_fired);

  /// There may be a new timer. Any thread.
  void wake() { loops_->wake(); }

 private:
  std::unique_ptr<EscalationService> service_;
  LoopGroup* loops_ = nullptr;
  std::unique_ptr<Signals::Subscription> told_;
};

}  // namespace orgo
