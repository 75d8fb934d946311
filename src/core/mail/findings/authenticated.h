#pragma once
#include <string_view>

#include "core/message/message.h"

namespace orgo {

/// Has our own mail server found that this mail comes from the house of its From? Its newest Authentication-Results
/// (RFC 8601) says so: dmarc=pass of that domain (RFC 7489), or dkim=pass or spf=pass by the very domain. `server`: the
/// authserv-id that it writes there; fields of others are anybody's, and empty is nobody's. The server must take fields
/// of that name out of what comes from outside, as RFC 8601, section 5, demands.
bool is_authenticated(const Message& message, std::string_view server);

}  // namespace orgo
