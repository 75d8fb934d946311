#pragma once
#include <cstdint>
#include <functional>
#include <memory>

#include "app/mailboxes/mailboxes_part.h"
#include "app/node/node.h"
#include "app/policies/policies_part.h"
#include "app/storage/storage_part.h"
#include "service/silence/silence_round.h"
#include "service/turn/turn.h"

namespace orgo {

/// Listens whether mail still comes, for each tenant whose silence.alarm is on.
class SilencePart {
 public:
  /// `on_raised`: there may be something to send.
  static SilencePart& open(Node& node, StoragePart& storage, PoliciesPart& policies, MailboxesPart& mailboxes,
                           std::function<void()> on_raised);

 private:
  Millis step(const std::function<void()>& on_raised);
  void stop();

  std::unique_ptr<SilenceRound> round_;
  std::unique_ptr<Turn> turn_;     ///< who learns: two nodes would count each mail twice
  std::int64_t learned_with_ = 0;  ///< the turn that what is in memory was learned in
};

}  // namespace orgo
