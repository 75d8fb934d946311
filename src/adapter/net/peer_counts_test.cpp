#include "adapter/net/peer_counts.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>
#include <string>

namespace orgo::net {
namespace {

sockaddr_storage address(const std::string& text) {
  sockaddr_storage out{};
  if (text.find(':') != std::string::npos) {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &in.sin6_addr), 1) << text;
    std::memcpy(&out, &in, sizeof in);
  } else {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    EXPECT_EQ(inet_pton(AF_INET, text.c_str(), &in.sin_addr), 1) << text;
    std::memcpy(&out, &in, sizeof in);
  }
  return out;
}
int enter(PeerCounts& counts, const std::string& text, int times) {
  int entered = 0;
  for (int i = 0; i < times; ++i) entered += counts.enter(PeerCounts::key_of(address(text))) ? 1 : 0;
  return entered;
}

TEST(PeerCounts, OnePeerHasHalfItsNetworkThreeQuartersAndOthersTheRest) {
  PeerCounts counts(100);
  EXPECT_EQ(enter(counts, "192.0.2.1", 200), 50);
  EXPECT_EQ(enter(counts, "192.0.2.2", 200), 25) << "the same /24";
  EXPECT_EQ(enter(counts, "192.0.2.3", 200), 0);
  EXPECT_EQ(enter(counts, "198.51.100.7", 200), 50) << "somebody else";
}

TEST(PeerCounts, APlaceThatIsGivenBackIsThereAgain) {
  PeerCounts counts(100);
  const auto key = PeerCounts::key_of(address("192.0.2.1"));
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(enter(counts, "192.0.2.1", 200), 50);
    for (int i = 0; i < 50; ++i) counts.leave(key);
  }
  EXPECT_FALSE(enter(counts, "192.0.2.1", 50) < 50);
  counts.leave(key);
  EXPECT_EQ(enter(counts, "192.0.2.1", 2), 1);
}

TEST(PeerCounts, ASubscriberOfIpv6IsOnePeer) {
  PeerCounts counts(100);
  EXPECT_EQ(enter(counts, "2001:db8:1:2::1", 30), 30);
  EXPECT_EQ(enter(counts, "2001:db8:1:2:ffff::9", 30), 20) << "the same /64";
  EXPECT_EQ(enter(counts, "2001:db8:1:3::1", 99), 25) << "the same /48";
  EXPECT_EQ(enter(counts, "2001:db8:2:2::1", 99), 50);
}

TEST(PeerCounts, AMappedAddressIsTheAddress) {
  PeerCounts counts(100);
  EXPECT_EQ(enter(counts, "::ffff:192.0.2.1", 40), 40);
  EXPECT_EQ(enter(counts, "192.0.2.1", 40), 10);
}

TEST(PeerCounts, ASmallDoorIsNotDivided) {
  PeerCounts small(16), larger(20);
  EXPECT_EQ(enter(small, "192.0.2.1", 99), 16);
  EXPECT_EQ(enter(larger, "192.0.2.1", 99), 16);
}

}  // namespace
}  // namespace orgo::net
