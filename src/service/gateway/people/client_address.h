#pragma once
#include <string>

#include "port/http_handler.h"

namespace orgo::gateway {

/// Where a request comes from, without its port: the peer; behind a proxy on this machine (the peer is a loopback
/// address) the last one of X-Forwarded-For, which is the one that this proxy saw. What stands before it, or what a
/// peer elsewhere says, is whatever a stranger wrote, and is not looked at.
std::string client_address(const HttpRequest& request);

}  // namespace orgo::gateway
