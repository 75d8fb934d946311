#include "core/contact/mail_address.h"

#include <algorithm>

#include "base/domain_name.h"
#include "base/text.h"

namespace orgo {

std::string_view local_part(std::string_view address) {
  return address.substr(0, address.rfind('@'));
}

std::string_view domain_part(std::string_view address) {
  const auto at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

bool is_same_domain(std::string_view a, std::string_view b) {
  if (ascii_iequals(a, b)) return true;
  return (is_international(a) || is_international(b)) && ascii_domain(a) == ascii_domain(b);
}

bool is_same_address(std::string_view a, std::string_view b) {
  if (ascii_iequals(a, b)) return true;
  const auto first = domain_part(a), second = domain_part(b);
  return !first.empty() && !second.empty() && ascii_iequals(local_part(a), local_part(b)) &&
         is_same_domain(first, second);
}

std::string address_on_wire(std::string_view address) {
  const auto domain = domain_part(address);
  if (!is_international(domain)) return std::string(address);
  return std::string(local_part(address)) + "@" + ascii_domain(domain);
}

std::string address_for_people(std::string address) {
  if (domain_part(address).empty()) return address;
  // One walk over the domain lowers it in place and sees that it is surely not international, as nearly all are.
  bool may_be_international = false;
  for (auto c = address.rbegin(); *c != '@'; ++c) {
    may_be_international |= *c == '-' || static_cast<unsigned char>(*c) >= 0x80;
    if (*c >= 'A' && *c <= 'Z') *c = static_cast<char>(*c + ('a' - 'A'));
  }
  if (!may_be_international || !is_international(domain_part(address))) return address;
  return std::string(local_part(address)) + "@" + unicode_domain(domain_part(address));
}

bool is_mail_address(std::string_view name) {
  const auto at = name.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 >= name.size() || name.size() > kAddressMax) return false;
  // Bytes above 0x7F are UTF-8 of internationalised addresses (RFC 6531); what is none can't be written into a header.
  // Quoted local parts are legal, unused and a trap.
  const auto plain = [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7F &&
           std::string_view("<>()[],;:\\\"@").find(c) == std::string_view::npos;
  };
  return is_utf8(name) && std::all_of(name.begin(), name.begin() + static_cast<std::ptrdiff_t>(at), plain) &&
         std::all_of(name.begin() + static_cast<std::ptrdiff_t>(at) + 1, name.end(), plain);
}

}  // namespace orgo
