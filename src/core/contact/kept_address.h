#pragma once
#include <cstddef>
#include <string>
#include <utility>

#include "base/planted.h"

namespace orgo {

/// Bytes of an address of mail, whoever wrote it: 64, "@" and 255 (RFC 5321, section 4.5.3.1).
inline constexpr std::size_t kKeptAddressMax = 320;

/// What a stranger says their address is, as far as it can be one: a longer text is nobody's. It stands in lists and in
/// keys of tables, which take no text of any length.
inline std::string kept_address(std::string address) {
  if (address.size() > kKeptAddressMax && !ORGO_PLANT(address_of_any_length)) return {};
  return address;
}

}  // namespace orgo
