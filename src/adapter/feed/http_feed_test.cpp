#include "adapter/feed/http_feed.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <thread>

namespace orgo {
namespace {

using testing::HasSubstr;

/// Answers each request on 127.0.0.1 with what `answer` says of it, and closes.
class Server {
 public:
  using Answer = std::function<std::string(const std::string& request)>;
  explicit Server(Answer answer) : answer_(std::move(answer)) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    ::listen(socket_, 16);
    socklen_t size = sizeof(address);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    base = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~Server() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  std::string base;
  [[nodiscard]] std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    for (;;) {
      const int peer = ::accept(socket_, nullptr, nullptr);
      if (peer < 0) return;
      char buffer[8192];
      const auto count = ::recv(peer, buffer, sizeof(buffer), 0);
      const std::string request(buffer, count > 0 ? static_cast<std::size_t>(count) : 0);
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      const auto answer = answer_(request);
      if (answer.empty()) ::recv(peer, buffer, sizeof(buffer), 0);  // silent, until the peer gives up
      std::size_t sent = 0;
      while (sent < answer.size()) {
        const auto n = ::send(peer, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
        if (n <= 0) break;
        sent += static_cast<std::size_t>(n);
      }
      ::close(peer);
    }
  }
  Answer answer_;
  int socket_ = -1;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

std::string ok(const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}
std::string redirect(const std::string& to) {
  return "HTTP/1.1 302 Found\r\nLocation: " + to + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
}
HttpFeedOptions loopback() {
  HttpFeedOptions options;
  options.timeout = Millis{5'000};
  options.allow_networks = {*Network::parse("127.0.0.0/8")};
  return options;
}
std::string why(HttpFeed& feed, const std::string& url) {
  const auto answer = feed.fetch({url, "", ""});
  return answer.kind == FeedAnswer::Kind::failed ? answer.why : "none";
}

TEST(HttpFeed, AsksOnlyForWhatIsNew) {
  Server server([](const std::string& request) {
    if (request.find("If-None-Match: \"v1\"\r\n") != std::string::npos)
      return std::string("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
    return ok("BEGIN:VCALENDAR", "ETag: \"v1\"\r\nLast-Modified: Sun, 22 Nov 2026 00:00:00 GMT\r\n");
  });
  HttpFeed feed(loopback());
  const auto first = feed.fetch({server.base + "/a.ics", "", ""});
  ASSERT_EQ(first.kind, FeedAnswer::Kind::fresh) << first.why;
  EXPECT_EQ(first.text, "BEGIN:VCALENDAR");
  EXPECT_EQ(first.etag, "\"v1\"");
  EXPECT_EQ(first.last_modified, "Sun, 22 Nov 2026 00:00:00 GMT");
  const auto second = feed.fetch({server.base + "/a.ics", first.etag, first.last_modified});
  EXPECT_EQ(second.kind, FeedAnswer::Kind::unchanged) << second.why;
  EXPECT_THAT(server.requests().at(1), HasSubstr("If-Modified-Since: Sun, 22 Nov 2026 00:00:00 GMT\r\n"));
  EXPECT_THAT(server.requests().at(0), testing::Not(HasSubstr("Accept-Encoding")));
}

TEST(HttpFeed, NotModifiedWithoutAVersionIsNoAnswer) {
  Server server(
      [](const std::string&) { return std::string("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"); });
  HttpFeed feed(loopback());
  EXPECT_EQ(why(feed, server.base), "the server answers HTTP 304");
}

TEST(HttpFeed, PrivateAddressesOnlyWhereTheSettingAllows) {
  Server server([](const std::string&) { return ok("x"); });
  HttpFeed strict({.timeout = Millis{5'000}});
  EXPECT_THAT(why(strict, server.base + "/secret?key=1"), HasSubstr("without TLS; take https"));
  EXPECT_THAT(why(strict, server.base + "/secret?key=1"), testing::Not(HasSubstr("key=1")));
  EXPECT_THAT(why(strict, "https" + server.base.substr(4)), HasSubstr("lies outside the public internet"));
  EXPECT_TRUE(server.requests().empty());
  auto other = loopback();
  other.allow_networks = {*Network::parse("10.0.0.0/8")};
  HttpFeed elsewhere(other);
  EXPECT_THAT(why(elsewhere, server.base), HasSubstr("feeds.allow_networks"));
  // A redirect is judged like the first address: from an allowed one it leads to no other.
  Server inner([](const std::string&) { return ok("x"); });
  Server door(
      [&](const std::string&) { return redirect("http://127.0.0.2:" + inner.base.substr(inner.base.rfind(':') + 1)); });
  auto only = loopback();
  only.allow_networks = {*Network::parse("127.0.0.1")};
  HttpFeed one(only);
  EXPECT_THAT(why(one, door.base), HasSubstr("http://127.0.0.2:"));
  EXPECT_TRUE(inner.requests().empty());
}

TEST(HttpFeed, FollowsSoManyRedirectsAndNoMore) {
  Server server([](const std::string& request) {
    const int hop = request[5] - '0';
    return hop == 0 ? ok("there") : redirect("/" + std::to_string(hop - 1));
  });
  HttpFeed feed(loopback());
  EXPECT_EQ(feed.fetch({server.base + "/5", "", ""}).text, "there");
  EXPECT_EQ(why(feed, server.base + "/6"), "more than 5 redirects");
  Server out([](const std::string&) { return redirect("file:///etc/passwd"); });
  EXPECT_NE(why(feed, out.base), "none");
}

TEST(HttpFeed, BoundsSizeAndTime) {
  Server server([](const std::string&) { return ok(std::string(1'000, 'x')); });
  auto options = loopback();
  options.bytes_max = 1'000;
  HttpFeed enough(options);
  EXPECT_EQ(why(enough, server.base), "none");
  options.bytes_max = 999;
  HttpFeed small(options);
  EXPECT_EQ(why(small, server.base), "it is larger than 999 bytes (feeds.size)");
  // Without end and without a length.
  Server endless(
      [](const std::string&) { return "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(50'000, 'x'); });
  EXPECT_EQ(why(small, endless.base), "it is larger than 999 bytes (feeds.size)");
  Server silent([](const std::string&) { return std::string(); });
  options.timeout = Millis{200};
  HttpFeed hasty(options);
  EXPECT_THAT(why(hasty, silent.base), HasSubstr("timed out"));
  Server cut(
      [](const std::string&) { return std::string("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nBEGIN:VCALENDAR"); });
  EXPECT_NE(why(enough, cut.base), "none");
}

TEST(HttpFeed, SaysWhatTheServerSaid) {
  Server busy([](const std::string&) {
    return std::string("HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  });
  HttpFeed feed(loopback());
  const auto answer = feed.fetch({busy.base, "", ""});
  EXPECT_EQ(answer.why, "the server answers HTTP 503");
  EXPECT_EQ(answer.retry_after, Millis{120'000});
  for (const auto* odd :
       {"-1", "-99999999999999999999", "99999999999999999999 s", "soon", "Fri, 31 Dec 1999 23:59:59 GMT"}) {
    Server other([&](const std::string&) {
      return std::string("HTTP/1.1 503 Busy\r\nRetry-After: ") + odd +
             "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    });
    EXPECT_EQ(feed.fetch({other.base, "", ""}).retry_after, Millis{0}) << odd;
  }
  for (const auto* huge : {"86401", "99999999999999999999"}) {
    Server other([&](const std::string&) {
      return std::string("HTTP/1.1 503 Busy\r\nRetry-After: ") + huge +
             "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    });
    EXPECT_EQ(feed.fetch({other.base, "", ""}).retry_after, Millis{86'400'000}) << huge;
  }
}

TEST(HttpFeed, StopEndsALookThatIsUnderWay) {
  Server silent([](const std::string&) { return std::string(); });
  auto options = loopback();
  options.timeout = Millis{60'000};
  HttpFeed feed(options);
  std::thread stopper([&] {
    while (silent.requests().empty()) std::this_thread::yield();
    feed.stop();
  });
  const auto began = std::chrono::steady_clock::now();
  EXPECT_NE(why(feed, silent.base), "none");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
  stopper.join();
  EXPECT_EQ(why(feed, silent.base), "no time was left to ask for it");
}

}  // namespace
}  // namespace orgo
