#include "adapter/webhook/http_webhook.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "adapter/webhook/address_rule.h"

namespace orgo {
namespace {

using testing::HasSubstr;

/// A receiver on a spare port: takes one call, answers with `answer` ("" hangs up without a word).
class Receiver {
 public:
  explicit Receiver(std::string answer) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this, answer = std::move(answer)] {
      const int peer = accept(listener_, nullptr, nullptr);
      if (peer < 0) return;
      char bytes[4096];
      while (request_.find("\"end\"}") == std::string::npos) {
        const auto n = recv(peer, bytes, sizeof bytes, 0);
        if (n <= 0) break;
        request_.append(bytes, static_cast<std::size_t>(n));
      }
      send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
      close(peer);
    });
  }
  ~Receiver() { end(); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook?x=1"; }
  int port() const { return port_; }
  const std::string& request() {
    end();
    return request_;
  }

 private:
  void end() {
    if (!thread_.joinable()) return;
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  int listener_ = -1;
  int port_ = 0;
  std::string request_;
  std::jthread thread_;
};

Outgoing webhook(std::string url) {
  return {.id = "s5",
          .recipient = webhook_contact(std::move(url)),
          .body = R"({"x":"end"})",
          .at = from_ms(1'614'265'330'000)};
}
SendResult post(HttpWebhook& channel, const Outgoing& webhook, Deadline deadline) {
  return channel.send(std::span(&webhook, 1), deadline).at(0);
}
HttpWebhookOptions local() {
  HttpWebhookOptions options;
  options.allow_private = true;
  return options;
}
SendResult::Kind kind_of(const std::string& status_line) {
  Receiver receiver(status_line.empty()
                        ? ""
                        : "HTTP/1.1 " + status_line + "\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:1/\r\n\r\n");
  HttpWebhook channel(local());
  return post(channel, webhook(receiver.url()), within(Millis{10'000})).kind;
}

TEST(HttpWebhook, PostsJsonWithItsId) {
  Receiver receiver("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  HttpWebhook channel(local());
  const auto result = post(channel, webhook(receiver.url()), within(Millis{10'000}));
  EXPECT_EQ(result.kind, SendResult::Kind::delivered) << result.detail;
  EXPECT_EQ(result.detail, "HTTP 200");
  const auto& request = receiver.request();
  EXPECT_THAT(request, HasSubstr("POST /hook?x=1 HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(request, HasSubstr("webhook-id: s5\r\n"));
  EXPECT_THAT(request, HasSubstr("webhook-timestamp: 1614265330\r\n"));
  EXPECT_THAT(request, testing::Not(HasSubstr("webhook-signature")));
  EXPECT_THAT(request, testing::EndsWith("\r\n\r\n{\"x\":\"end\"}"));
}

TEST(HttpWebhook, EachAnswerHasItsReaction) {
  EXPECT_EQ(kind_of("204 No Content"), SendResult::Kind::delivered);
  EXPECT_EQ(kind_of("301 Moved"), SendResult::Kind::permanent) << "a redirect is not followed";
  EXPECT_EQ(kind_of("400 Bad"), SendResult::Kind::permanent);
  EXPECT_EQ(kind_of("404 Not Found"), SendResult::Kind::permanent);
  EXPECT_EQ(kind_of("408 Timeout"), SendResult::Kind::temporary);
  EXPECT_EQ(kind_of("429 Slow down"), SendResult::Kind::temporary);
  EXPECT_EQ(kind_of("503 Later"), SendResult::Kind::temporary);
  EXPECT_EQ(kind_of(""), SendResult::Kind::unknown) << "called, and hung up without an answer";
}

TEST(HttpWebhook, APauseThatTheReceiverAsksForIsTold) {
  const auto after = [](const std::string& answer) {
    Receiver receiver(answer);
    HttpWebhook channel(local());
    return post(channel, webhook(receiver.url()), within(Millis{10'000})).retry_after;
  };
  EXPECT_EQ(after("HTTP/1.1 429 Slow down\r\nRetry-After: 90\r\nContent-Length: 0\r\n\r\n"), Millis{90'000});
  EXPECT_EQ(after("HTTP/1.1 503 Later\r\nretry-after: 5\r\nContent-Length: 0\r\n\r\n"), Millis{5'000});
  EXPECT_EQ(after("HTTP/1.1 503 Later\r\nRetry-After: Sun, 01 Jan 2090 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n"),
            Millis{7 * 86'400'000LL})
      << "a date, a week at most";
  EXPECT_EQ(after("HTTP/1.1 503 Later\r\nRetry-After: 30 Jan 2089 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n"),
            Millis{7 * 86'400'000LL})
      << "no 30 seconds";
  for (const auto* huge : {"31536000", "99999999999999999999", "18446744073709551616", "9223372036854775807"})
    EXPECT_EQ(after("HTTP/1.1 503 Later\r\nRetry-After: " + std::string(huge) + "\r\nContent-Length: 0\r\n\r\n"),
              Millis{7 * 86'400'000LL})
        << huge;
  for (const auto* odd : {"soon", "30 apples", "-5", "-99999999999999999999", "99999999999999999999 s", "0", "",
                          "Sun, 01 Jan 1990 00:00:00 GMT"})
    EXPECT_EQ(after("HTTP/1.1 503 Later\r\nRetry-After: " + std::string(odd) + "\r\nContent-Length: 0\r\n\r\n"),
              std::nullopt)
        << odd;
  EXPECT_EQ(after("HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n"), std::nullopt);
  EXPECT_EQ(after("HTTP/1.1 200 OK\r\nRetry-After: 90\r\nContent-Length: 0\r\n\r\n"), std::nullopt);
}

TEST(HttpWebhook, NobodyThereIsTemporary) {
  int port = 0;
  {
    Receiver gone("");
    port = gone.port();
  }
  HttpWebhook channel(local());
  const auto result = post(channel, webhook("http://127.0.0.1:" + std::to_string(port) + "/"), within(Millis{10'000}));
  EXPECT_EQ(result.kind, SendResult::Kind::temporary) << result.detail;
}

TEST(HttpWebhook, NoTimeLeftIsTemporary) {
  HttpWebhook channel(local());
  EXPECT_EQ(post(channel, webhook("http://127.0.0.1:1/"), Deadline{}).kind, SendResult::Kind::temporary);
}

TEST(HttpWebhook, AnAnswerThatDoesNotComeInTimeIsUnknown) {
  // A listener whose backlog takes the connection and the request, and never answers.
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(listener, 4), 0);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  HttpWebhook channel(local());
  const auto result =
      post(channel, webhook("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/"), within(Millis{300}));
  EXPECT_EQ(result.kind, SendResult::Kind::unknown) << result.detail;
  close(listener);
}

TEST(HttpWebhook, CallsNothingOutsideThePublicInternetUnlessAllowed) {
  Receiver canary("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  HttpWebhook channel({});
  const auto port = std::to_string(canary.port());
  for (const auto* host : {"127.0.0.1", "localhost", "0", "0x7f000001", "2130706433", "127.1", "[::1]",
                           "[::ffff:127.0.0.1]", "user:pass@127.0.0.1", "127.0.0.1."}) {
    const auto result = post(channel, webhook(std::string("http://") + host + ":" + port + "/"), within(Millis{5'000}));
    EXPECT_NE(result.kind, SendResult::Kind::delivered) << host;
    EXPECT_NE(result.kind, SendResult::Kind::unknown) << host << ": it was called";
  }
  const auto told = post(channel, webhook("http://127.0.0.1:" + port + "/"), within(Millis{5'000}));
  EXPECT_EQ(told.kind, SendResult::Kind::permanent);
  EXPECT_THAT(told.detail, HasSubstr("outside the public internet"));
  EXPECT_EQ(canary.request(), "") << "somebody called the canary";
}

TEST(HttpWebhook, SpeaksHttpOnly) {
  HttpWebhook channel(local());
  for (const auto* url : {"file:///etc/passwd", "gopher://127.0.0.1:1/x", "ftp://127.0.0.1/", "http://", ""})
    EXPECT_EQ(post(channel, webhook(url), within(Millis{5'000})).kind, SendResult::Kind::permanent) << url;
}

TEST(HttpWebhook, SignsAsStandardWebhooksSays) {
  // The example of the specification's libraries: this secret, id, time and body give this signature.
  Receiver receiver("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  HttpWebhook channel(local());
  auto signed_one = webhook(receiver.url());
  signed_one.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  (void)post(channel, signed_one, within(Millis{10'000}));
  EXPECT_THAT(receiver.request(), HasSubstr("webhook-signature: v1,"));
  const std::string key(
      "\x31\xf2\x90\xf6\xbf\x06\x29\x8a\xab\x4f\x08\xd4\x3c\x3f\x08\x2c\xf6\x48\xa3\x62\xda\x2d\xa4\xb0", 24);
  EXPECT_EQ(sign_webhook(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  EXPECT_THAT(receiver.request(),
              HasSubstr("webhook-signature: " + sign_webhook(key, "s5", 1614265330, R"({"x":"end"})") + "\r\n"));
}

bool is_public(const char* text) {
  sockaddr_in6 in6{};
  if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1) {
    in6.sin6_family = AF_INET6;
    sockaddr_storage storage{};
    std::memcpy(&storage, &in6, sizeof in6);
    return is_public_address(reinterpret_cast<const sockaddr&>(storage));
  }
  sockaddr_in in{};
  EXPECT_EQ(inet_pton(AF_INET, text, &in.sin_addr), 1) << text;
  in.sin_family = AF_INET;
  return is_public_address(reinterpret_cast<const sockaddr&>(in));
}

TEST(AddressRule, TellsThePublicInternetFromTheRest) {
  for (const auto* address :
       {"8.8.8.8", "1.1.1.1", "93.184.216.34", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
        "172.15.255.255", "172.32.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111",
        "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"})
    EXPECT_TRUE(is_public(address)) << address;
  for (const auto* address : {"0.0.0.0",
                              "10.0.0.0",
                              "10.255.255.255",
                              "100.64.0.0",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.255.255.255",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.168.1.1",
                              "198.18.0.1",
                              "198.19.255.255",
                              "224.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::ffff:127.0.0.1",
                              "::ffff:10.0.0.1",
                              "64:ff9b::7f00:1",
                              "2002:7f00:1::",
                              "2002:a00:1::1",
                              "fc00::1",
                              "fd12::1",
                              "fe80::1",
                              "ff02::1",
                              "2001:db8::1",
                              "2001::1",
                              "::127.0.0.1"})
    EXPECT_FALSE(is_public(address)) << address;
  sockaddr other{};
  other.sa_family = AF_UNIX;
  EXPECT_FALSE(is_public_address(other));
}

sockaddr_storage address_of(const char* text) {
  sockaddr_storage storage{};
  sockaddr_in6 in6{};
  sockaddr_in in{};
  if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1) {
    in6.sin6_family = AF_INET6;
    std::memcpy(&storage, &in6, sizeof in6);
  } else if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
    in.sin_family = AF_INET;
    std::memcpy(&storage, &in, sizeof in);
  }
  return storage;
}

TEST(Network, HoldsWhatItSays) {
  const auto in = [](const char* network, const char* address) {
    const auto storage = address_of(address);
    return Network::parse(network)->contains(reinterpret_cast<const sockaddr&>(storage));
  };
  EXPECT_TRUE(in("10.1.0.0/16", "10.1.255.255"));
  EXPECT_FALSE(in("10.1.0.0/16", "10.2.0.0"));
  EXPECT_TRUE(in("10.0.0.0/9", "10.127.0.1"));
  EXPECT_FALSE(in("10.0.0.0/9", "10.128.0.1"));
  EXPECT_TRUE(in("127.0.0.1", "127.0.0.1"));
  EXPECT_FALSE(in("127.0.0.1", "127.0.0.2"));
  EXPECT_TRUE(in("10.0.0.0/8", "::ffff:10.0.0.1")) << "the same machine";
  EXPECT_TRUE(in("fd00::/8", "fd12::1"));
  EXPECT_FALSE(in("fd00::/8", "fe12::1"));
  EXPECT_FALSE(in("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(in("::/0", "2001:db8::1"));
  sockaddr other{};
  other.sa_family = AF_UNIX;
  EXPECT_FALSE(Network::parse("::/0")->contains(other));
}

TEST(Network, RefusesWhatIsNone) {
  for (const auto* text : {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.1.0.0/8", "10.0.0/8", "::/129",
                           "localhost", "10.0.0.0/8x", "fd00::1/8"})
    EXPECT_FALSE(Network::parse(text)) << text;
}

TEST(HttpWebhook, CallsNetworksThatAreAllowed) {
  Receiver receiver("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  HttpWebhookOptions elsewhere;
  elsewhere.allow_networks = {*Network::parse("10.0.0.0/8")};
  HttpWebhook elsewhere_only(elsewhere);
  EXPECT_EQ(post(elsewhere_only, webhook(receiver.url()), within(Millis{5'000})).kind, SendResult::Kind::permanent);
  HttpWebhookOptions here;
  here.allow_networks = {*Network::parse("10.0.0.0/8"), *Network::parse("127.0.0.0/8")};
  HttpWebhook here_only(here);
  EXPECT_EQ(post(here_only, webhook(receiver.url()), within(Millis{10'000})).kind, SendResult::Kind::delivered);
}

}  // namespace
}  // namespace orgo
