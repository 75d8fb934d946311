#include "adapter/http_client/http_client.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace orgo {
namespace {

using testing::HasSubstr;

/// Takes connections on a spare port and answers each first request with the same bytes, or with none.
class CannedServer {
 public:
  explicit CannedServer(std::string answer) : answer_(std::move(answer)) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    ::listen(socket_, 8);
    socklen_t size = sizeof(address);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/there";
    thread_ = std::thread([this] { serve(); });
  }
  ~CannedServer() { stop(); }
  void stop() {
    if (!thread_.joinable()) return;
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  std::string url;
  std::string request;  ///< the last one; read it after stop()

 private:
  void serve() {
    for (;;) {
      const int peer = ::accept(socket_, nullptr, nullptr);
      if (peer < 0) return;
      char buffer[8192];
      const auto count = ::recv(peer, buffer, sizeof(buffer), 0);
      if (count > 0) request.assign(buffer, static_cast<std::size_t>(count));
      if (!answer_.empty()) ::send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      else ::recv(peer, buffer, sizeof(buffer), 0);  // until the peer gives up
      ::close(peer);
    }
  }

  std::string answer_;
  int socket_ = -1;
  std::thread thread_;
};

TEST(HttpCall, SendsAndReceives) {
  CannedServer server(
      "HTTP/1.1 409 Conflict\r\nContent-Type: application/problem+json\r\nContent-Length: 2\r\nConnection: "
      "close\r\n\r\n{}");
  HttpClientRequest request{
      .method = "POST", .url = server.url, .headers = {{"Authorization", "Bearer x"}}, .body = "hello"};
  const auto answer = http_call(request);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 409);
  EXPECT_EQ(answer->content_type, "application/problem+json");
  EXPECT_EQ(answer->body, "{}");
  server.stop();
  EXPECT_THAT(server.request, HasSubstr("POST /there HTTP/1.1\r\n"));
  EXPECT_THAT(server.request, HasSubstr("Authorization: Bearer x\r\n"));
  EXPECT_THAT(server.request, HasSubstr("\r\n\r\nhello"));
}

TEST(HttpCall, DoesNotFollowRedirects) {
  CannedServer server(
      "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  const auto answer = http_call({.url = server.url});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 302);
}

TEST(HttpCall, TellsWhatDidNotGoOutFromWhatIsUnknown) {
  std::string nobody;
  {
    CannedServer gone("");
    nobody = gone.url;
  }
  EXPECT_EQ(http_call({.url = nobody}).error().code, Errc::unavailable);
  CannedServer silent("");
  EXPECT_EQ(http_call({.url = silent.url, .timeout = Millis{200}}).error().code, Errc::deadline_exceeded);
  CannedServer cut("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  EXPECT_EQ(http_call({.url = cut.url}).error().code, Errc::deadline_exceeded);
}

TEST(HttpCall, TakesAnAnswerUpToItsLimit) {
  CannedServer server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123456789");
  EXPECT_TRUE(http_call({.url = server.url, .answer_max = 10}));
  EXPECT_EQ(http_call({.url = server.url, .answer_max = 9}).error().code, Errc::resource_exhausted);
}

TEST(HttpCall, SpeaksHttpOnly) {
  EXPECT_EQ(http_call({.url = "file:///etc/passwd"}).error().code, Errc::invalid_input);
  EXPECT_EQ(http_call({.url = "no url at all"}).error().code, Errc::invalid_input);
}

}  // namespace
}  // namespace orgo
