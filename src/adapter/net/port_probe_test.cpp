#include "adapter/net/port_probe.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace orgo {
namespace {

TEST(PortIsFree, SeesWhoListens) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(socket, 1), 0);
  socklen_t size = sizeof(address);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  const auto port = ntohs(address.sin_port);
  const auto taken = port_is_free("127.0.0.1", port);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().message, "127.0.0.1:" + std::to_string(port) + ": Address already in use");
  ::close(socket);
  EXPECT_TRUE(port_is_free("127.0.0.1", port));
  EXPECT_TRUE(port_is_free("127.0.0.1", 0));
}

TEST(PortIsFree, SaysWhatIsWrongWithTheAddress) {
  EXPECT_FALSE(port_is_free("192.0.2.1", 0)) << "this machine has no such address (RFC 5737)";
  EXPECT_FALSE(port_is_free("no such host.invalid", 80));
}

}  // namespace
}  // namespace orgo
