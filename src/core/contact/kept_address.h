#pragma once
#include <cstddef>
#include <string>

namespace orgo {

/// Bytes of an address of mail, whoever wrote it: 64, "@" and 255 (RFC 5321, section 4.5.3.1).
inline constexpr std::size_t kKeptAddressMax = 320;

/// What a stranger says their address is, as far as it can be one: a longer text is nobody's. It stands in lists and in
/// keys of tables, which take no text of any length.
std::string kept_address(std::string address);

}  // namespace orgo
