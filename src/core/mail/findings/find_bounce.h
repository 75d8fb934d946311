#pragma once
#include <optional>

#include "core/intake/raw_message.h"
#include "core/message/finding.h"
#include "core/message/message.h"

namespace orgo {

/// Is this the report of a mail system about a mail that it could not deliver, delayed or was complained about?
/// - multipart/report of a delivery status (RFC 3464, RFC 6533) or of feedback (RFC 5965) is one by its form, wherever
///   it stands in the mail; but one that only tells of deliveries is an automatic answer (find_auto_reply()).
/// - Many systems report in words of their own. Those are believed only by who signs: MAILER-DAEMON by itself;
///   postmaster, the null sender or an empty From only together with the words that such reports use (subject or first
///   lines) *and* what a report has: a status part, the mail that came back, or a server's code beside an address.
///   Contact forms and scanners, too, send with the null sender.
/// A person who forwards or discusses a bounce is no bounce.
std::optional<Finding> find_bounce(const Envelope& envelope, const Message& message);

}  // namespace orgo
