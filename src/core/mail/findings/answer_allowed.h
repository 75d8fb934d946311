#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/intake/raw_message.h"
#include "core/message/finding.h"
#include "core/message/message.h"

namespace orgo {

/// Is `address` one of `own`: addresses, also with a detail ("desk+form@example.org"), or whole domains written as
/// "@example.org"?
bool is_own_address(std::string_view address, std::span<const std::string> own);
/// Is it listed singly in `own`? Mail to such a one comes back to us; of a whole domain most addresses are people's.
bool is_own_mailbox(std::string_view address, std::span<const std::string> own);

/// Is it one of `own`, or the address that this came to, also with a detail?
bool is_of_house(std::string_view address, const Envelope& envelope, std::span<const std::string> own);

/// Whom an automatic answer would go to: of a mail the first Reply-To that is not ours (`own`, or the address that the
/// mail came to), else Reply-To, else From, else the envelope sender; of what came
/// otherwise whoever sent it. Empty: nobody.
Contact answer_contact(const Envelope& envelope, const Message& message, std::span<const std::string> own = {});

/// Whom an answer must reach, and who is therefore the requester of what the message asks: From; where From is no
/// person (noreply@, webmaster@, a name without an address), one of ours (`own`, or the address that the mail came to),
/// or a list that stands for its author, as in the mails of forms, the first Reply-To that is neither, then what a list
/// kept of its author (X-Original-From), then the envelope sender if From has no address. Of addresses that forms use
/// as people do (info@, contact@) a Reply-To at another domain. With a Reply-To of such a kind only, it is From all the
/// same.
std::string requester_address(const Envelope& envelope, const Message& message, std::span<const std::string> own);

/// Why this message gets no automatic answer, in words for the trace; nullopt: it may be answered.
/// Source: RFC 3834, section 2. Not to machines, lists, the null sender or addresses that nobody reads, and only when
/// the recipient stands in To or Cc, since otherwise the mail was not meant for it in person. Nor to the very address
/// that it came to, or one that is listed singly in `own`: that would be talking to ourselves. Nor to imported mail,
/// which is old.
std::optional<std::string> why_no_answer(const Envelope& envelope, const Message& message,
                                         const std::vector<Finding>& findings, std::span<const std::string> own);

}  // namespace orgo
