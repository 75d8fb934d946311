#pragma once
#include <string>
#include <string_view>

#include "core/mail/show/mail_view.h"
#include "core/mail/show/sanitise_html.h"
#include "port/message_store.h"
#include "port/signature_verifier.h"
#include "service/gateway/core/call.h"

namespace orgo::gateway {

/// One attachment of a stored message. not_found: the message has none of that number.
Result<HttpResponse> serve_attachment(MessageStore& messages, const Call& call);

inline constexpr Millis kCheckTime = std::chrono::seconds(5);  ///< for the signatures of one page
/// A message as it is meant, with its signature checked.
/// `signatures` may be null: then it is not.
MailView view_of(SignatureVerifier* signatures, const StoredMessage& stored, std::string_view bytes,
                 Deadline deadline = within(kCheckTime));

/// Its HTML, safe to show; pictures within the mail come from `base` + the number of the attachment.
SanitisedHtml safe_html(const MailView& view, std::string_view base, bool remote_content, bool fold);

}  // namespace orgo::gateway
