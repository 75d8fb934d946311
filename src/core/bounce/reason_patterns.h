#pragma once
#include <string_view>

#include "core/bounce/bounce_reason.h"
#include "core/bounce/smtp_command.h"

namespace orgo {

/// The reason that the words of a mail system mean; undefined: nobody has taught us these words. `text` is the answer
/// of the refusing system, or what a report says in words; of 8 KiB at most the rest is not read.
BounceReason reason_of_words(std::string_view text);

/// By everything that is known: words first, since systems put "5.0.0" or "5.7.1" before all of them; then the codes.
/// "No such user" in answer to DATA is `filtered`: the mailbox was accepted at RCPT, so it is there.
BounceReason reason_of(std::string_view words, std::string_view status, int reply_code, SmtpCommand command);

}  // namespace orgo
