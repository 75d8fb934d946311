#pragma once
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace orgo {

/// Does this address lie in the public internet? False for loopback, private, link-local, shared (CGNAT),
/// documentation, benchmark, multicast and reserved ranges of IPv4 and IPv6, for IPv4 inside IPv6 (mapped, NAT64, 6to4)
/// when the inner one is not public, and for every other family. Sources: the IANA special-purpose address registries
/// (RFC 6890).
bool is_public_address(const sockaddr& address);

/// A range of addresses: "10.0.0.0/8", "fd00::/8", or one address.
class Network {
 public:
  /// invalid_input: it is none, or bits are set behind its length ("10.1.0.0/8").
  static Result<Network> parse(std::string_view text);
  /// IPv4 within IPv6 (::ffff:10.0.0.1) counts as IPv4.
  [[nodiscard]] bool contains(const sockaddr& address) const;

 private:
  std::array<std::uint8_t, 16> bytes_{};  ///< IPv4 as ::ffff:a.b.c.d
  int bits_ = 0;                          ///< of the 128
};

}  // namespace orgo
