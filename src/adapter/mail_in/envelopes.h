#pragma once
#include <string_view>
#include <vector>

#include "adapter/mail_in/mail_door.h"
#include "core/intake/raw_message.h"
#include "protocol/smtp/server_session.h"

namespace orgo {

/// What a session says of each RCPT.
smtp::RecipientPolicy recipient_policy(TenantOf tenant_of);

/// One for each recipient, each its tenant's. An error when a recipient has no tenant (any more), which is for the
/// whole mail: it comes again later, and then that recipient is answered by itself.
Result<std::vector<Envelope>> envelopes_of(const smtp::Delivery& delivery, const TenantOf& tenant_of, Channel channel,
                                           std::string_view peer, TimePoint received_at);

}  // namespace orgo
