#pragma once
#include <string>
#include <string_view>

#include "core/mail/show/mail_view.h"
#include "core/mail/show/sanitise_html.h"
#include "service/gateway/route.h"

namespace orgo::gateway {

/// One attachment of a stored message. not_found: the message has none of that number.
Result<HttpResponse> serve_attachment(House& house, const Call& call);

inline constexpr Millis kCheckTime = std::chrono::seconds(5);  ///< for the signatures of one page
/// A message as it is meant, with its signature checked.
MailView view_of(House& house, const StoredMessage& stored, std::string_view bytes,
                 Deadline deadline = within(kCheckTime));

/// Its HTML, safe to show; pictures within the mail come from `base` + the number of the attachment.
SanitisedHtml safe_html(const MailView& view, std::string_view base, bool remote_content, bool fold);

}  // namespace orgo::gateway
