#pragma once
#include <optional>

#include "core/intake/raw_message.h"
#include "core/message/finding.h"
#include "core/message/message.h"

namespace orgo {

/// Did it come through a list or in bulk (RFC 2369, RFC 2919, Precedence)? It may open work, since people do write
/// through lists, but gets no automatic answer: that would go to everybody.
std::optional<Finding> find_mailing_list(const Envelope& envelope, const Message& message);

/// Was it written to a list, by whose fields people talk to one another? A newsletter has List-Id and List-Unsubscribe,
/// too, but no address to post to (RFC 2369, section 3.4).
bool is_of_list(const Message& message);

}  // namespace orgo
