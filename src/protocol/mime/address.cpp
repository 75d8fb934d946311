#include "protocol/mime/address.h"

#include "protocol/mime/address_parser.h"
#include "protocol/mime/address_scan.h"

namespace orgo::mime {

AddressList parse_addresses(std::string_view value, std::string_view charset, const AddressLimits& limits) {
  if (has_entities(value)) {
    const auto plain = without_entities(value);
    return AddressParser(trim(plain), charset, limits).run();
  }
  return AddressParser(trim(value), charset, limits).run();
}

}  // namespace orgo::mime
