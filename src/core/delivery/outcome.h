#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/id.h"
#include "base/time.h"
#include "core/changes/changes.h"
#include "core/channel/channel_traits.h"
#include "core/delivery/loop_limits.h"
#include "core/delivery/retry.h"
#include "core/delivery/send_outcome.h"
#include "core/suppression/suppress.h"
#include "core/task/task.h"

namespace orgo {

/// One attempt to send, and how it ended.
struct Attempt {
  TenantId tenant;
  SendId id{};
  Send send{};
  std::int64_t lease = 0;  ///< token under which it was leased
  int number = 1;          ///< of the attempt; 1 is the first
  TimePoint created_at{};  ///< of the send

  SendOutcome::Kind kind = SendOutcome::Kind::deferred;
  TimePoint next_attempt{};                  ///< when deferred
  std::string detail{};                      ///< answer of the peer, or why; any bytes, of any length
  std::string message_id{};                  ///< of what went out; empty: it has none
  std::optional<Suppression> suppression{};  ///< what was known of its recipient
  std::optional<Task> task{};                ///< that it was about, as it was when it was rendered
};

/// Ends it as a peer's answer and the retry policy say. `random` from 0 to 1.
void end_by_answer(Attempt& attempt, const RetryPolicy& policy, AttemptResult result, std::string detail, TimePoint now,
                   double random);
/// Ends it as the brake says (refuse or defer). A deferred one waits for nobody's fault, so only its age can end it,
/// not the number of its attempts.
void end_by_brake(Attempt& attempt, const RetryPolicy& policy, const LoopDecision& decision, TimePoint now,
                  double random);

/// All that follows: the end of the send (or when it is tried next) with its event; for a recipient who can't be
/// reached, an entry of the suppression list and a mail to whoever has the task, when an answer got lost; for one that
/// was taken, the ids by which the peer will know it. What the peer said is stored as UTF-8 without NUL, at most 1 KiB,
/// cut between characters.
Changes outcome_of(const Attempt& attempt, const ChannelTraits& traits, const SuppressionPolicy& policy, TimePoint now);

}  // namespace orgo
