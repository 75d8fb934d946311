#pragma once
#include <optional>

#include "core/intake/raw_message.h"
#include "core/message/finding.h"
#include "core/message/message.h"

namespace orgo {

/// Did a machine write this as an answer? Then it opens no work and gets no answer (RFC 3834, section 2: two machines
/// that answer each other never stop). Looks at Auto-Submitted, at the fields that answering programs set instead of
/// it, at read receipts (RFC 8098) and at reports that a mail was delivered or relayed (RFC 3464), which are no
/// bounces. `Auto-Submitted: auto-generated` alone is none: it is what a monitoring system sets, and its mails are
/// work; such a mail is only never answered (why_no_answer).
std::optional<Finding> find_auto_reply(const Envelope& envelope, const Message& message);

/// Is this a delivery report of which no recipient failed or is delayed?
bool tells_of_delivery(const Message& message);

/// The word of the Auto-Submitted field in lower case: "auto-replied", "auto-generated"; empty when there is none or
/// "no".
std::string auto_submitted(const Message& message);

}  // namespace orgo
