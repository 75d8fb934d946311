#include "core/contact/kept_address.h"

#include "base/planted.h"

namespace orgo {

std::string kept_address(std::string address) {
  if (address.size() > kKeptAddressMax && !ORGO_PLANT(address_of_any_length)) return {};
  return address;
}

}  // namespace orgo
