#pragma once
#include <optional>

#include "core/intake/raw_message.h"
#include "core/message/finding.h"
#include "core/message/message.h"

namespace orgo {

/// Is this an absence notice? A person's mail is work, whatever its subject says ("Absence of Tim on Monday", also as
/// the answer to an old mail): it takes the words of such notices in the subject *and* the proof of a machine.
/// - A field of an answering program (find_auto_reply()) or of Exchange's rules, with any of the words.
/// - Auto-Submitted of another kind, X-Auto-Response-Suppress of a mail that refers to one (by itself it only asks for
///   no automatic answer), the null sender, Precedence: bulk or junk: a machine wrote it, which may be a portal that
///   tells of somebody's absence. Then the subject has to begin as programs begin an answer ("Automatic reply: ...", in
///   some forty languages), or the mail has to refer to one (In-Reply-To, References).
std::optional<Finding> find_out_of_office(const Envelope& envelope, const Message& message);

}  // namespace orgo
