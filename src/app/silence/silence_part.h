#pragma once
#include <cstdint>
#include <functional>
#include <memory>

#include "app/config.h"
#include "app/mailboxes/mailboxes_part.h"
#include "app/node/node.h"
#include "app/rules/rules_part.h"
#include "app/storage/storage_part.h"
#include "service/silence/silence_service.h"
#include "service/turn/turn.h"

namespace orgo {

/// Listens whether mail still comes, unless silence.alarm is off.
class SilencePart {
 public:
  /// `on_raised`: there may be something to send. nullptr: it is off.
  static SilencePart* open(Node& node, const Config& config, StoragePart& storage, RulesPart& rules,
                           MailboxesPart& mailboxes, std::function<void()> on_raised);

 private:
  Millis step(const std::function<void()>& on_raised);
  void stop();

  std::unique_ptr<SilenceService> service_;
  std::unique_ptr<Turn> turn_;     ///< who learns: two nodes would count each mail twice
  std::int64_t learned_with_ = 0;  ///< the turn that what is in memory was learned in
};

}  // namespace orgo
