#include "adapter/net/listener.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "adapter/net/self_signed.h"
#include "adapter/net/test_peer.h"

namespace orgo::net {
namespace {

namespace asio = boost::asio;

/// Gives back what it reads, until the peer ends or is silent for `patience`.
asio::awaitable<void> echo_within(std::shared_ptr<Stream> stream, Millis patience) {
  std::array<char, 4096> buffer;
  boost::system::error_code error;
  for (;;) {
    stream->expires_after(patience);
    const std::size_t count = co_await stream->read(asio::buffer(buffer), error);
    if (error) break;
    co_await stream->write(asio::buffer(buffer, count), error);
    if (error) break;
  }
  co_await stream->close();
}
asio::awaitable<void> echo(std::shared_ptr<Stream> stream) {
  return echo_within(std::move(stream), Millis{20'000});
}

TEST(Listener, ServesPlainConnectionsAndStops) {
  IoThreads io(2);
  auto listener = Listener::open(io, {}, echo);
  ASSERT_TRUE(listener) << listener.error().message;
  TestPeer one((*listener)->port());
  TestPeer two((*listener)->port());
  one.send("one\n");
  two.send("two\n");
  EXPECT_EQ(one.read_until("\n"), "one\n");
  EXPECT_EQ(two.read_until("\n"), "two\n");
  (*listener)->stop(Millis{10});
  EXPECT_EQ(one.read_to_end(), "");
  EXPECT_TRUE(one.closed);
  EXPECT_FALSE(TestPeer((*listener)->port()).connected);
  (*listener)->stop();
}

TEST(Listener, ASilentPeerLosesItsConnection) {
  IoThreads io(1);
  auto listener = Listener::open(
      io, {}, [](std::shared_ptr<Stream> stream) { return echo_within(std::move(stream), Millis{200}); });
  ASSERT_TRUE(listener);
  TestPeer peer((*listener)->port());
  peer.read_to_end();
  EXPECT_TRUE(peer.closed);
}

TEST(Listener, PastTheLimitConnectionsAreClosed) {
  IoThreads io(1);
  ListenerOptions options;
  options.connections = 1;
  auto listener = Listener::open(io, options, echo);
  ASSERT_TRUE(listener);
  TestPeer first((*listener)->port());
  first.send("x\n");
  EXPECT_EQ(first.read_until("\n"), "x\n");
  TestPeer second((*listener)->port());
  second.read_to_end();
  EXPECT_TRUE(second.closed);
}

TEST(Listener, ServesTlsFromVersion12On) {
  const TestFolder folder;
  auto files = write_self_signed(folder.path, "localhost");
  ASSERT_TRUE(files) << files.error().message;
  IoThreads io(1);
  ListenerOptions options;
  options.tls = *files;
  auto listener = Listener::open(io, options, echo);
  ASSERT_TRUE(listener) << listener.error().message;
  TestPeer peer((*listener)->port());
  ASSERT_TRUE(peer.start_tls());
  peer.send("secret\n");
  EXPECT_EQ(peer.read_until("\n"), "secret\n");
  TestPeer old((*listener)->port());
  EXPECT_FALSE(old.start_tls(TLS1_1_VERSION));
  TestPeer plain((*listener)->port());
  plain.send("GET / HTTP/1.1\r\n\r\n");
  plain.read_to_end();
  EXPECT_TRUE(plain.closed);
}

TEST(Listener, HoweverAConnectionEndsItsPlaceIsFree) {
  const TestFolder folder;
  const auto files = write_self_signed(folder.path, "localhost");
  ASSERT_TRUE(files) << files.error().message;
  const std::vector<std::pair<const char*, void (*)(TestPeer&)>> ends{
      {"no word", [](TestPeer&) {}},
      {"no TLS", [](TestPeer& peer) { peer.send("GET / HTTP/1.1\r\n\r\n"), peer.read_to_end(); }},
      {"half a hello", [](TestPeer& peer) { peer.send(std::string("\x16\x03\x01\x02", 4)); }},
      {"an old version", [](TestPeer& peer) { (void)peer.start_tls(TLS1_1_VERSION); }},
      {"a handshake and no word", [](TestPeer& peer) { (void)peer.start_tls(); }},
      {"in the middle", [](TestPeer& peer) { (void)peer.start_tls(), peer.send("half"), peer.read_until("half"); }},
      {"silence", [](TestPeer& peer) { peer.read_to_end(); }},
  };
  for (const auto& [name, end] : ends) {
    SCOPED_TRACE(name);
    IoThreads io(2);
    ListenerOptions options;
    options.connections = 2;
    options.tls = *files;
    options.handshake_time = Millis{300};
    auto listener = Listener::open(io, options, echo);
    ASSERT_TRUE(listener) << listener.error().message;
    const int times = std::string_view(name) == "silence" ? 2 : 6;
    for (int i = 0; i < times; ++i) {
      TestPeer peer((*listener)->port());
      end(peer);
    }
    // Its end is seen a moment later: until then who comes is turned away.
    bool served = false;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (!served && std::chrono::steady_clock::now() < until) {
      TestPeer one((*listener)->port()), two((*listener)->port());
      served = one.start_tls() && two.start_tls();
      if (served) one.send("one\n"), two.send("two\n");
      served = served && one.read_until("\n") == "one\n" && two.read_until("\n") == "two\n";
    }
    EXPECT_TRUE(served) << "two places are free again";
    (*listener)->stop(Millis{100});
  }
}

TEST(Listener, SaysWhatIsWrongWithAnAddress) {
  IoThreads io(1);
  auto listener = Listener::open(io, {}, echo);
  ASSERT_TRUE(listener);
  ListenerOptions options;
  options.port = (*listener)->port();
  const auto second = Listener::open(io, options, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::conflict);
  EXPECT_EQ(second.error().message,
            "listening on 127.0.0.1:" + std::to_string(options.port) +
                ": Address already in use; is another one running? Stop it, or choose another port");
  options.host = "no.such.host.invalid";
  EXPECT_EQ(Listener::open(io, options, echo).error().code, Errc::invalid_input);
  options.host = "127.0.0.1";
  options.tls = {"/nowhere/certificate.pem", "/nowhere/key.pem"};
  const auto no_file = Listener::open(io, options, echo);
  EXPECT_EQ(no_file.error().code, Errc::invalid_input);
  EXPECT_NE(no_file.error().message.find("/nowhere/certificate.pem"), std::string::npos) << no_file.error().message;
}

}  // namespace
}  // namespace orgo::net
