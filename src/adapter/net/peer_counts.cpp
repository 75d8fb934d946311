#include "adapter/net/peer_counts.h"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "base/planted.h"

namespace orgo::net {
namespace {

constexpr int kSmall = 16;                                  ///< a door of so many is not divided
constexpr std::uint64_t kV4 = std::uint64_t{0xFFFF} << 32;  ///< apart from all of IPv6 (::ffff:0:0/96)

std::uint64_t first_bits(const in6_addr& address) {
  std::uint64_t bits = 0;
  for (int i = 0; i < 8; ++i) bits = bits << 8 | address.s6_addr[i];
  return bits;
}

void take_back(std::unordered_map<std::uint64_t, int>& counts, std::uint64_t key) {
  const auto found = counts.find(key);
  if (found != counts.end() && --found->second <= 0) counts.erase(found);
}

}  // namespace

PeerCounts::PeerCounts(int connections)
    : per_peer_(connections <= kSmall ? connections : std::max(kSmall, connections / 2)),
      per_network_(connections <= kSmall ? connections : std::max(kSmall, connections / 4 * 3)) {}

PeerCounts::Key PeerCounts::key_of(const sockaddr_storage& address) {
  std::uint32_t v4 = 0;
  if (address.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    v4 = ntohl(in.sin_addr.s_addr);
  } else if (address.ss_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &address, sizeof in);
    if (!IN6_IS_ADDR_V4MAPPED(&in.sin6_addr)) {
      const auto bits = first_bits(in.sin6_addr);
      return {bits, bits >> 16 << 16};
    }
    for (int i = 12; i < 16; ++i) v4 = v4 << 8 | in.sin6_addr.s6_addr[i];
  }
  return {kV4 | v4, kV4 | (v4 & 0xFFFF'FF00)};
}

bool PeerCounts::enter(const Key& key) {
  const std::lock_guard lock(mutex_);
  auto& peer = peers_[key.peer];
  auto& network = networks_[key.network];
  if (peer < per_peer_ && network < per_network_) {
    ++peer, ++network;
    return true;
  }
  if (peer == 0) peers_.erase(key.peer);
  if (network == 0) networks_.erase(key.network);
  return false;
}

void PeerCounts::leave(const Key& key) {
  const std::lock_guard lock(mutex_);
  take_back(peers_, key.peer);
  if (!ORGO_PLANT(network_stays_counted)) take_back(networks_, key.network);
}

}  // namespace orgo::net
