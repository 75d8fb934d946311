#include "service/gateway/people/client_address.h"

#include <algorithm>

#include "base/planted.h"

namespace orgo::gateway {
namespace {

constexpr std::size_t kAddressMost = 45;  // bytes of an IPv6 address with an IPv4 one in it

/// "192.0.2.1" of "192.0.2.1:80", "2001:db8::1" of "[2001:db8::1]:80", and of each without a port.
std::string_view without_port(std::string_view peer) {
  if (peer.starts_with('[')) return peer.substr(1, peer.find(']') - 1);
  if (std::ranges::count(peer, ':') == 1) return peer.substr(0, peer.find(':'));
  return peer;
}

}  // namespace

std::string client_address(const HttpRequest& request) {
  const auto peer = without_port(request.peer);
  if (!peer.starts_with("127.") && peer != "::1" && peer != "::ffff:127.0.0.1") return std::string(peer);
  std::string_view last;
  for (const auto& field : request.headers)
    if (ascii_iequals(field.name, "X-Forwarded-For")) last = field.value;
  const auto comma = ORGO_PLANT(first_forwarded_is_believed) ? std::string_view::npos : last.rfind(',');
  if (ORGO_PLANT(first_forwarded_is_believed)) last = last.substr(0, last.find(','));
  const auto address = without_port(trim(comma == std::string_view::npos ? last : last.substr(comma + 1)));
  const bool plain = !address.empty() && address.size() <= kAddressMost && std::ranges::all_of(address, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '.' || c == ':';
  });
  return std::string(plain ? address : peer);
}

}  // namespace orgo::gateway
