#include "protocol/mime/address.h"

#include "protocol/mime/address_parser.h"
#include "protocol/mime/address_scan.h"

namespace orgo::mime {

AddressList parse_addresses(std::string_view value, std::string_view charset, const AddressLimits& limits) {
  if (has_entities(value)) {
    auto plain = without_entities(value);
    if (has_tags(plain)) plain = without_tags(plain);
    return AddressParser(trim(plain), charset, limits).run();
  }
  if (has_tags(value)) {
    const auto plain = without_tags(value);
    return AddressParser(trim(plain), charset, limits).run();
  }
  return AddressParser(trim(value), charset, limits).run();
}

}  // namespace orgo::mime
