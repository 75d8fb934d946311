#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"
#include "core/changes/changes.h"
#include "core/channel/channel_traits.h"
#include "core/channel/outgoing.h"
#include "core/channel/refusal.h"
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
  TimePoint created_at{};  ///< of the send, or since when it is known to wait (ClockWatch)
  bool was_held = false;   ///< by the brake, at its last look: that it still is is no news
  bool ours = false;       ///< goes to people of ours (reaches_our_own())

  SendOutcome::Kind kind = SendOutcome::Kind::deferred;
  TimePoint next_attempt{};  ///< when deferred
  SendOutcome::Wait wait = SendOutcome::Wait::tried;
  bool maybe_taken = false;                  ///< the peer's answer got lost
  About about = About::them;                 ///< of a refusal
  std::string detail{};                      ///< answer of the peer, or why; any bytes, of any length
  std::string message_id{};                  ///< of what went out; empty: it has none
  std::optional<Suppression> suppression{};  ///< what was known of its recipient
  std::optional<Task> task{};                ///< that it was about, as it was when it was rendered
  std::string holder{};                      ///< where word for whoever has that task goes; empty: nowhere
};

/// Ends it as a peer's answer and the retry policy say. `random` from 0 to 1.
void end_by_answer(Attempt& attempt, const RetryPolicy& policy, AttemptResult result, std::string detail, TimePoint now,
                   double random);
/// The same of all that a peer's answer says. A refusal for good ends the send where it is about the mail or about a
/// stranger. What is about us (`sender` is our address) is held until that is mended, however long: each other mail
/// meets the same. People of ours are tried again as after a passing fault, whatever was refused: nobody else would
/// hear of the task. A pause that the peer asks for is kept, up to the policy's longest wait.
void end_by_result(Attempt& attempt, const RetryPolicy& policy, SendResult result, std::string_view sender,
                   TimePoint now, double random);
/// Nobody was asked, for no fault of this send: its peer has its hands full, or has not answered others. It is tried
/// at `again`, and this was no attempt; only its age can end it.
void end_untried(Attempt& attempt, const RetryPolicy& policy, std::string detail, TimePoint again, TimePoint now);
/// Ends it as the brake says (refuse or defer). A deferred one is looked at `again`; it waits for nobody's fault, so
/// only its age can end it, not the number of its attempts.
void end_by_brake(Attempt& attempt, const RetryPolicy& policy, const LoopDecision& decision, TimePoint again,
                  TimePoint now);

/// All that follows: the end of the send (or when it is tried next) with its event; for a recipient who can't be
/// reached, an entry of the suppression list and a mail to whoever has the task, when an answer got lost; for one that
/// was taken, the ids by which the peer will know it. What the peer said is stored as UTF-8 without NUL, at most 1 KiB,
/// cut between characters.
Changes outcome_of(const Attempt& attempt, const ChannelTraits& traits, const SuppressionPolicy& policy, TimePoint now);

}  // namespace orgo
