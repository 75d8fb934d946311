#pragma once
#include <sys/socket.h>

#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace orgo::net {

/// How many connections of a door each peer has, so that none can take all of them. A peer is an IPv4 address or a /64
/// of IPv6 (what one subscriber has); its network is the /24 or /48 around it. Threads: any.
class PeerCounts {
 public:
  /// A peer may have half of `connections`, its network three quarters; but small doors are for whoever comes first.
  explicit PeerCounts(int connections);

  /// What a place belongs to, to give it back with.
  struct Key {
    std::uint64_t peer = 0;
    std::uint64_t network = 0;
  };
  static Key key_of(const sockaddr_storage& address);
  /// False: the peer or its network has all that it may; nothing was taken.
  bool enter(const Key& key);
  void leave(const Key& key);

 private:
  const int per_peer_;
  const int per_network_;
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, int> peers_;
  std::unordered_map<std::uint64_t, int> networks_;
};

}  // namespace orgo::net
