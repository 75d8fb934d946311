#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "core/bounce/bounce_reason.h"
#include "core/message/message.h"

namespace orgo {

/// What became of the mail for one recipient (RFC 3464, section 2.3.3).
enum class DeliveryAction {
  failed,     ///< the system gave up: this mail will not arrive
  delayed,    ///< still trying; another report may follow
  delivered,  ///< arrived (a success report that somebody asked for)
  relayed,    ///< handed to a system that reports no more
  expanded,   ///< handed to the members of a list
};
/// "failed", "delayed", ...
std::string_view to_string(DeliveryAction action);

/// Is it of use to write to that address again?
enum class Permanence {
  none,  ///< says nothing about the address: delivered, a complaint, an absence notice
  soft,  ///< this mail failed or waits; another one, or the same later, may arrive (full, blocked, too big, no network)
  hard,  ///< the address is dead: no such user, no such host, moved away. Belongs on a suppression list
};
/// "none", "soft", "hard"
std::string_view to_string(Permanence permanence);

/// What a report says about one recipient.
struct FailedRecipient {
  std::string address;        ///< what the mail was sent to, as far as the report says; local@domain or empty
  std::string final_address;  ///< where it went in the end (forwarded, alias), if that differs
  DeliveryAction action = DeliveryAction::failed;
  Permanence permanence = Permanence::soft;
  BounceReason reason = BounceReason::undefined;
  std::string status;      ///< enhanced status code (RFC 3463): "5.1.1"; empty: the report has none
  int reply_code = 0;      ///< of SMTP (RFC 5321, section 4.2.3): 550; 0: none
  std::string diagnostic;  ///< the answer of the refusing system, or the words of the report; UTF-8, one line, at most
                           ///< 1,000 bytes
  std::string remote_mta;  ///< who refused it, if told
  friend bool operator==(const FailedRecipient&, const FailedRecipient&) = default;
};

/// A delivery report, a complaint or an absence notice, taken apart.
struct BounceReport {
  std::vector<FailedRecipient> recipients;  ///< at most kBounceRecipientsMax; empty: nothing in it names a recipient
  std::string original_message_id;  ///< of the mail that it is about, without <>; empty: not told. From the original or
                                    ///< its header in the report, else from what the report's own header refers to
  std::string original_subject;     ///< of the same; may be empty
  std::string feedback_type;  ///< of a complaint (RFC 5965, section 7.3): "abuse", "fraud", "auth-failure"; else empty
  std::string reporting_mta;  ///< who writes the report, if told
  std::optional<TimePoint> arrived;    ///< Arrival-Date (RFC 3464, section 2.2.5): when the mail reached the reporter
  std::optional<TimePoint> attempted;  ///< the latest Last-Attempt-Date
  friend bool operator==(const BounceReport&, const BounceReport&) = default;
};

inline constexpr std::size_t kBounceRecipientsMax = 1'000;
inline constexpr std::size_t kDiagnosticMax = 1'000;  ///< bytes

/// Reads a report. `message` is read_message(raw). Call it for what find_bounce() calls a bounce; for another mail the
/// result means nothing, but it is safe. Order of trust: RFC 5965 feedback, RFC 3464 delivery status, machine forms of
/// vendors (X-Failed-Recipients, Amazon's JSON), then the words of the report. Pure, never fails, linear in the size
/// of the mail; everything in the result is a stranger's claim: match original_message_id against what was sent
/// before acting upon it.
BounceReport read_bounce(std::string_view raw, const Message& message);

}  // namespace orgo
