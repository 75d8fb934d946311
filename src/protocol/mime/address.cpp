#include "protocol/mime/address.h"

#include "protocol/mime/address_parser.h"

namespace orgo::mime {

AddressList parse_addresses(std::string_view value, std::string_view charset, const AddressLimits& limits) {
  if (value.find("&lt;") != std::string_view::npos || value.find("\xEF\xBC") != std::string_view::npos) {
    const auto plain = without_entities(value);
    return AddressParser(trim(plain), charset, limits).run();
  }
  return AddressParser(trim(value), charset, limits).run();
}

}  // namespace orgo::mime
