#include "adapter/http/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "adapter/net/self_signed.h"
#include "adapter/net/test_peer.h"

namespace orgo {
namespace {

using net::TestPeer;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Says back what it was asked; large bodies only with "X-Let-In: yes".
class Echo : public HttpHandler {
 public:
  Pace pace(const HttpRequest& request) const override {
    if (request.target.starts_with("/quick")) return Pace::quick;
    if (request.target.starts_with("/probe")) return Pace::probe;
    return request.target.starts_with("/slow") ? Pace::slow : Pace::steady;
  }
  HttpResponse handle(const HttpRequest& request) override {
    {
      const std::lock_guard lock(mutex);
      seen.insert(request.target);
    }
    if (request.target == "/throw") throw std::runtime_error("a defect");
    if (request.target.ends_with("/wait")) {
      std::unique_lock lock(mutex);
      ++waiting;
      changed.notify_all();
      changed.wait_for(lock, std::chrono::seconds(20), [this] { return released; });
    }
    HttpResponse response;
    response.headers.push_back({"Content-Type", "text/plain"});
    response.headers.push_back({"X-Echo", request.header("X-Echo").empty()
                                              ? "none"
                                              : std::string(request.header("X-Echo")) + "\r\nSet-Cookie: evil=1"});
    response.body = request.method + " " + request.target + " " + std::to_string(request.body.size()) +
                    (request.tls ? " tls" : " plain") + "\n";
    if (request.target == "/big") response.body = std::string(10'000'000, 'x');
    return response;
  }
  Admission admit(const HttpRequest& head) override {
    ++asked;
    if (head.header("X-Let-In") == "yes") return {std::nullopt, 10'000'000};
    return {refusal(401, "who are you?"), 0};
  }
  HttpResponse refusal(int status, std::string_view detail) override {
    return {status, {{"X-Refused", "yes"}}, std::string(detail)};
  }

  void wait_for_waiting(int count) {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return waiting >= count; }));
  }
  void release() {
    const std::lock_guard lock(mutex);
    released = true;
    changed.notify_all();
  }
  std::atomic<int> asked = 0;
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  std::set<std::string> seen;
  bool released = false;
};

class HttpServerTest : public testing::Test {
 protected:
  void start(HttpServerOptions options = {}) {
    auto opened = HttpServer::open(io, std::move(options), handler);
    ASSERT_TRUE(opened) << opened.error().message;
    server = *std::move(opened);
  }
  std::string ask(const std::string& path, const char* from = nullptr) const {
    TestPeer peer(server->port(), from);
    peer.send("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    return peer.read_to_end();
  }
  net::IoThreads io{2};
  Echo handler;
  std::unique_ptr<HttpServer> server;
};

TEST_F(HttpServerTest, AnswersRequestAfterRequestOnOneConnection) {
  start();
  TestPeer peer(server->port());
  for (int i = 0; i < 3; ++i) {
    peer.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
    const auto answer = peer.read_until("plain\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 16\r\n"));
    EXPECT_THAT(answer, HasSubstr("\r\nConnection: keep-alive\r\n"));
    EXPECT_THAT(answer, HasSubstr(" GMT\r\n"));
    EXPECT_THAT(answer, testing::EndsWith("POST /a 3 plain\n"));
  }
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  TestPeer peer(server->port());
  std::string all;
  for (int i = 0; i < 20; ++i) all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  peer.send(all + "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const auto answers = peer.read_to_end();
  EXPECT_TRUE(peer.closed);
  std::size_t at = 0;
  for (int i = 0; i < 20; ++i) {
    at = answers.find("GET /" + std::to_string(i) + " 0 plain\n", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
  EXPECT_NE(answers.find("GET /last 0 plain\n", at), std::string::npos);
}

TEST_F(HttpServerTest, HeadHasTheLengthAndNoBody) {
  start();
  TestPeer peer(server->port());
  peer.send("HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const auto answer = peer.read_to_end();
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 16\r\n"));
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\n"));
}

TEST_F(HttpServerTest, ABrokenRequestGetsAnAnswerAndTheConnectionEnds) {
  start();
  TestPeer peer(server->port());
  peer.send("GARBAGE\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = peer.read_to_end();
  EXPECT_TRUE(peer.closed);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("200 OK"))) << "what stood behind it was not taken for a request";
}

TEST_F(HttpServerTest, AsksBeforeItReadsALargeBody) {
  start();
  TestPeer stranger(server->port());
  stranger.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(stranger.read_to_end(), StartsWith("HTTP/1.1 401 "));

  TestPeer known(server->port());
  known.send("POST / HTTP/1.1\r\nHost: x\r\nX-Let-In: yes\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(known.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  known.send(std::string(1'000'000, 'b'));
  EXPECT_THAT(known.read_until("plain\n"), HasSubstr("POST / 1000000 plain\n"));

  TestPeer greedy(server->port());
  greedy.send("POST / HTTP/1.1\r\nHost: x\r\nX-Let-In: yes\r\nContent-Length: 10000001\r\n\r\n");
  EXPECT_THAT(greedy.read_to_end(), StartsWith("HTTP/1.1 413 "));
  EXPECT_EQ(handler.asked, 3);

  TestPeer small(server->port());
  small.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\n" + std::string(65536, 'b'));
  EXPECT_THAT(small.read_until("plain\n"), HasSubstr("65536"));
  EXPECT_EQ(handler.asked, 3) << "64 KiB are taken without asking";
}

TEST_F(HttpServerTest, BoundsAllBodiesTogether) {
  HttpServerOptions options;
  options.bodies_max = 1'500'000;
  start(options);
  TestPeer first(server->port());
  first.send("POST / HTTP/1.1\r\nHost: x\r\nX-Let-In: yes\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(first.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  TestPeer second(server->port());
  second.send("POST / HTTP/1.1\r\nHost: x\r\nX-Let-In: yes\r\nContent-Length: 1000000\r\n\r\n");
  EXPECT_THAT(second.read_to_end(), StartsWith("HTTP/1.1 503 "));
  first.send(std::string(1'000'000, 'b'));
  EXPECT_THAT(first.read_until("plain\n"), HasSubstr("1000000"));
  first.send("POST / HTTP/1.1\r\nHost: x\r\nX-Let-In: yes\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(first.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n") << "it was given back";
}

TEST_F(HttpServerTest, BoundsAllLargeAnswersTogether) {
  HttpServerOptions options;
  options.bodies_max = 15'000'000;
  start(options);
  TestPeer first(server->port());
  first.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(first.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 200 ")) << "and it does not read on";
  TestPeer second(server->port());
  second.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(second.read_until("soon."), StartsWith("HTTP/1.1 503 "));
  first.hang_up();
  std::string answer;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!answer.starts_with("HTTP/1.1 200 ") && std::chrono::steady_clock::now() < deadline) {
    TestPeer third(server->port());
    third.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    answer = third.read_until("\r\n\r\n");
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 ")) << "given back";
}

TEST_F(HttpServerTest, NoAnswerCanBeSplit) {
  start();
  TestPeer peer(server->port());
  peer.send("GET / HTTP/1.1\r\nHost: x\r\nX-Echo: v\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(peer.read_to_end(), HasSubstr("X-Echo: vSet-Cookie: evil=1\r\n")) << "one header, not two";
}

TEST_F(HttpServerTest, AHandlerThatThrowsCostsOneRequest) {
  start();
  TestPeer peer(server->port());
  peer.send("GET /throw HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(peer.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 500 "));
  peer.send("GET /on HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(peer.read_until("plain\n"), HasSubstr("GET /on"));
}

TEST_F(HttpServerTest, SlowPeersLoseTheirConnection) {
  HttpServerOptions options;
  options.idle_time = options.head_time = options.body_time = Millis{150};
  start(options);
  TestPeer waits(server->port());  // for the handler: the time for a head must not cut off its answer
  waits.send("GET /slow/wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  TestPeer idle(server->port());
  TestPeer head(server->port());
  head.send("GET / HT");
  TestPeer body(server->port());
  body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  for (auto* peer : {&idle, &head, &body}) EXPECT_EQ(peer->read_to_end(), "");
  EXPECT_TRUE(idle.closed && head.closed && body.closed);
  handler.release();
  EXPECT_THAT(waits.read_to_end(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, SendsLargeAnswersWhole) {
  start();
  TestPeer peer(server->port());
  peer.send("GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const auto answer = peer.read_to_end();
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 10'000'000U);
}

TEST_F(HttpServerTest, APeerThatDoesNotReadLosesItsConnection) {
  HttpServerOptions options;
  options.body_time = Millis{200};
  options.bytes_per_second = 1u << 30;
  options.connections = 1;
  start(options);
  TestPeer lazy(server->port());
  lazy.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");  // 10 MB don't fit into the buffers of the system
  // The only place is taken until the lazy one is thrown out.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  std::string answer;
  while (answer.empty() && std::chrono::steady_clock::now() < deadline) {
    TestPeer next(server->port());
    next.send("GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    answer = next.read_to_end();
  }
  EXPECT_THAT(answer, HasSubstr("GET /next"));
  EXPECT_LT(lazy.read_to_end().size(), 10'000'000U);
}

TEST_F(HttpServerTest, RefusesWhenTooMuchIsUnderWay) {
  HttpServerOptions options;
  options.workers = 2;
  options.requests = 2;
  start(options);
  TestPeer one(server->port()), two(server->port()), three(server->port());
  one.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  two.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  handler.wait_for_waiting(2);
  for (int i = 0; i < 3; ++i) {
    three.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(three.read_until("soon."), StartsWith("HTTP/1.1 503 "));
  }
  handler.release();
  EXPECT_THAT(one.read_until("plain\n"), HasSubstr("GET /wait"));
  three.send("GET /again HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(three.read_until("plain\n"), HasSubstr("GET /again")) << "it recovers by itself";
}

TEST_F(HttpServerTest, NeitherProbesNorQuickReadsWaitBehindOthers) {
  HttpServerOptions options;
  options.workers = options.slow_workers = 1;
  options.requests = 3;
  start(options);
  std::vector<std::unique_ptr<TestPeer>> busy;
  for (const char* path : {"/wait", "/slow/wait"})
    for (int i = 0; i < 4; ++i) {
      busy.push_back(std::make_unique<TestPeer>(server->port()));
      busy.back()->send("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }
  handler.wait_for_waiting(2);
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(ask("/probe"), HasSubstr("GET /probe"));
    EXPECT_THAT(ask("/quick"), HasSubstr("GET /quick"));
  }
  handler.release();
}

TEST_F(HttpServerTest, SlowOnesKeepOnlySlowOnesWaiting) {
  start({.workers = 1, .slow_workers = 1});
  TestPeer slow(server->port());
  slow.send("GET /slow/wait HTTP/1.1\r\nHost: x\r\n\r\n");
  handler.wait_for_waiting(1);
  EXPECT_THAT(ask("/steady"), HasSubstr("GET /steady"));
  handler.release();
  EXPECT_THAT(slow.read_until("plain\n"), HasSubstr("GET /slow/wait"));
}

TEST_F(HttpServerTest, WhatNobodyWaitsForIsNotBegun) {
  HttpServerOptions options;
  options.workers = 1;
  options.patience = Millis{0};
  start(options);
  TestPeer busy(server->port());
  busy.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  handler.wait_for_waiting(1);
  TestPeer stays(server->port());
  {
    TestPeer leaves(server->port());
    leaves.send("GET /left HTTP/1.1\r\nHost: x\r\n\r\n");
    stays.send("GET /stayed HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  handler.release();
  EXPECT_THAT(stays.read_until("plain\n"), HasSubstr("GET /stayed"));
  EXPECT_THAT(busy.read_until("plain\n"), HasSubstr("GET /wait"));
  const std::lock_guard lock(handler.mutex);
  EXPECT_EQ(handler.seen.count("/left"), 0U);
  EXPECT_EQ(handler.seen.count("/stayed"), 1U);
}

TEST_F(HttpServerTest, OnePeerCannotTakeAllConnections) {
  HttpServerOptions options;
  options.connections = 20;
  start(options);
  std::vector<std::unique_ptr<TestPeer>> many;
  for (int i = 0; i < 16; ++i) {
    many.push_back(std::make_unique<TestPeer>(server->port()));
    many.back()->send("GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(many.back()->read_until("plain\n"), HasSubstr("GET /quick"));
  }
  EXPECT_EQ(ask("/quick"), "");
  EXPECT_THAT(ask("/quick", "127.0.1.1"), HasSubstr("GET /quick"));
}

TEST_F(HttpServerTest, StopsGracefully) {
  start();
  TestPeer idle(server->port());
  idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(idle.read_until("plain\n"), HasSubstr("200 OK"));
  TestPeer busy(server->port());
  busy.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  handler.wait_for_waiting(1);
  std::thread stopper([this] { server->stop(Millis{10'000}); });
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_TRUE(idle.closed) << "an idle connection ends at once";
  handler.release();
  const auto answer = busy.read_to_end();
  EXPECT_THAT(answer, HasSubstr("GET /wait"));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  stopper.join();
  server->stop();
  TestPeer late(server->port());
  EXPECT_FALSE(late.connected);
}

TEST_F(HttpServerTest, AHandlerThatOutlivesTheGraceHarmsNobody) {
  start();
  TestPeer busy(server->port());
  busy.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  handler.wait_for_waiting(1);
  std::thread stopper([this] { server->stop(Millis{0}); });
  EXPECT_EQ(busy.read_to_end(), "");
  handler.release();
  stopper.join();
  server.reset();
}

TEST_F(HttpServerTest, SpeaksTls) {
  const net::TestFolder folder;
  auto files = net::write_self_signed(folder.path, "localhost");
  ASSERT_TRUE(files) << files.error().message;
  HttpServerOptions options;
  options.tls = *files;
  start(options);
  TestPeer peer(server->port());
  ASSERT_TRUE(peer.start_tls());
  peer.send("POST /s HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n" + std::string(60'000, 'b'));
  EXPECT_THAT(peer.read_until("tls\n"), HasSubstr("POST /s 60000 tls\n"));
}

}  // namespace
}  // namespace orgo
