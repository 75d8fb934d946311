#pragma once
#include <sys/socket.h>

namespace orgo {

/// Does this address lie in the public internet? False for loopback, private, link-local, shared (CGNAT), documentation,
/// benchmark, multicast and reserved ranges of IPv4 and IPv6, for IPv4 inside IPv6 (mapped, NAT64, 6to4) when the inner one
/// is not public, and for every other family. Sources: the IANA special-purpose address registries (RFC 6890).
bool is_public_address(const sockaddr& address);

}  // namespace orgo
