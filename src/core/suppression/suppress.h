#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/bounce/bounce.h"
#include "core/changes/changes.h"
#include "core/changes/send.h"
#include "core/contact/contact.h"
#include "core/suppression/suppression_change.h"
#include "core/task/task.h"

namespace orgo {

/// When an address is no longer written to.
struct SuppressionPolicy {
  bool enabled = true;
  int temporary_failures = 3;  ///< so many failures for a passing reason within `window` suppress it; 0: none ever do
  Millis window{7 * 24 * 3'600'000LL};
  Millis permanent_time{0};  ///< how long a dead address stays on the list; 0: until somebody removes it
  Millis temporary_time{7 * 24 *
                        3'600'000LL};  ///< how long one that failed for a passing reason does; 0: until removed
};

/// What a failure says about the address it was sent to.
enum class AddressVerdict {
  none,       ///< nothing: the mail, our host or the network was at fault, or it waits only
  temporary,  ///< full, unreachable, refused without a word: counts
  permanent,  ///< no such user or host, moved, suspended, or the person complained: at once
};
AddressVerdict judge_address(BounceReason reason, Permanence permanence, DeliveryAction action);
/// The same of a 5yz answer that the relay gave to us: permanent only when it speaks of the mailbox or its host by an
/// enhanced code (RFC 3463: 5.1.1, 5.1.2, 5.1.6, 5.1.10, 5.2.1), since "550 relaying denied" says nothing about the
/// address.
AddressVerdict judge_answer(std::string_view answer);
/// The class of such an answer: "userunknown", "hostunknown", "hasmoved", "suspend".
BounceReason reason_of_answer(std::string_view answer);

struct AddressFailure {
  Contact contact;
  AddressVerdict verdict = AddressVerdict::none;
  std::string reason;
  std::string detail;
  MessageId message;  ///< the report; 0: the relay said so itself
  SendId send;        ///< the mail that failed
  TaskNumber task;    ///< it was about; 0: none
  std::string actor;
  /// It was sent to people of ours (reaches_our_own()): evidence from outside, which may be a passing fault of a server
  /// or forged, never switches them off.
  bool ours = false;
};
/// Does such a send reach people of the organization? The rules name those who are notified and escalated to; whoever
/// wrote to us gets answers only.
constexpr bool reaches_our_own(SendKind kind) {
  return kind == SendKind::notification || kind == SendKind::escalation;
}

/// Adds to `changes` what follows for the list: the entry's next version, and an event once when it begins to block.
/// True: it blocks from now on (and did not before).
bool note_failure(Changes& changes, const std::optional<Suppression>& known, const AddressFailure& failure,
                  const SuppressionPolicy& policy, TimePoint now);

/// The mail to `who`, the address of whoever has the task (Workplace::address_of_holder()), that an answer did not
/// reach its requester; nullopt: nobody has an address, or it is the very one that does not work.
std::optional<Send> lost_answer(const Task& task, std::string_view who, SendId answer, const Contact& recipient,
                                std::string_view words, TimePoint now);

namespace commands {

/// A person puts an address on the list. invalid_input: no mail address, or a reason that is too long. conflict: it
/// blocks already, with times as the clocks of `zone` show them.
Result<Changes> suppress(TenantId tenant, const std::optional<Suppression>& known, std::string_view address,
                         std::string_view detail, std::optional<TimePoint> expires_at, std::string_view actor,
                         TimePoint now, const TimeZone& zone = {});
/// A person takes it off, with its count.
Changes unsuppress(const Suppression& known, std::string_view actor, TimePoint now);

}  // namespace commands
}  // namespace orgo
