#include "adapter/net/socket.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace orgo::net {
namespace {

/// Where SIGPIPE has its usual effect, as in every command but `serve`: whoever raises it ends the test program.
TEST(Socket, APeerThatHasGoneIsAnOutcomeWithAndWithoutTls) {
  for (const bool tls : {false, true}) {
    SCOPED_TRACE(tls);
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    Socket socket(ends[0]);
    ::close(ends[1]);
    std::size_t count = 0;
    if (tls) {
      auto context = client_tls("");
      ASSERT_TRUE(context) << context.error().message;
      socket.begin_client_tls(*context, "localhost", false);
    }
    EXPECT_EQ(tls ? socket.handshake() : socket.write("EHLO a\r\n", count), Io::closed);
    EXPECT_EQ(socket.error(), "Broken pipe");
    EXPECT_EQ(count, 0u);
    socket.end_sending();
  }
}

TEST(Socket, ItsDescriptorIsClosedOnce) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
  {
    Socket socket(ends[0]);
    auto context = client_tls("");
    ASSERT_TRUE(context) << context.error().message;
    socket.begin_client_tls(*context, "localhost", false);
    EXPECT_EQ(socket.handshake(), Io::want_read);
    Socket moved(std::move(socket));
    EXPECT_FALSE(socket.tls());  // NOLINT: what is left of it is empty, which is what is asked here
    EXPECT_EQ(moved.handshake(), Io::want_read);
    EXPECT_NE(fcntl(ends[0], F_GETFD), -1);
  }
  EXPECT_EQ(fcntl(ends[0], F_GETFD), -1);
  ::close(ends[1]);
}

}  // namespace
}  // namespace orgo::net
