#pragma once
#include <span>
#include <string>

#include "core/intake/raw_message.h"
#include "core/message/message.h"

namespace orgo {

/// Where `requester`, who wrote this mail, wants a person's answer to go: its first Reply-To that can be meant. Empty:
/// to themselves. Nobody reads noreply@, mail to `own` or to the address that this came to would come back to us, and
/// what a list puts there is the list.
std::string wanted_reply_to(const Envelope& envelope, const Message& message, std::string_view requester,
                            std::span<const std::string> own);

}  // namespace orgo
