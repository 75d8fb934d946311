#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "adapter/http/http_server.h"
#include "adapter/net/test_peer.h"

namespace orgo {
namespace {

using net::TestPeer;
using testing::HasSubstr;

/// Work of so many steps that asks before each whether somebody waits for it.
class Steps : public HttpHandler {
 public:
  Pace pace(const HttpRequest& request) const override {
    return request.target.starts_with("/slow") ? Pace::slow : Pace::steady;
  }
  HttpResponse handle(const HttpRequest& request) override {
    const int steps = request.target.ends_with("/many") ? 20'000 : 10;
    for (int step = 0; step < steps; ++step) {
      {
        const std::lock_guard lock(mutex);
        begun = true;
        if (request.left && request.left()) ended_early = true;
        changed.notify_all();
        if (ended_early) break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return {.status = 200, .headers = {}, .body = request.left ? "can be left" : "is done anyhow"};
  }
  Admission admit(const HttpRequest& /*head*/) override { return {std::nullopt, 0}; }
  HttpResponse refusal(int status, std::string_view detail) override { return {status, {}, std::string(detail)}; }
  void wait_for(const bool& what) {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return what; }));
  }

  std::mutex mutex;
  std::condition_variable changed;
  bool begun = false;
  bool ended_early = false;
};

/// Slow work is told between its steps that nobody waits for it any more; a client who stays gets his answer.
TEST(SlowWork, LearnsThatItsClientHasLeft) {
  net::IoThreads io(2);
  Steps handler;
  HttpServerOptions options;
  options.patience = Millis{0};
  auto server = HttpServer::open(io, options, handler);
  ASSERT_TRUE(server) << server.error().message;
  const auto ask = [&](const std::string& path) {
    TestPeer peer((*server)->port());
    peer.send("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    return peer.read_to_end();
  };
  EXPECT_THAT(ask("/slow/few"), HasSubstr("can be left"));
  EXPECT_THAT(ask("/few"), HasSubstr("is done anyhow"));
  EXPECT_FALSE(handler.ended_early);
  handler.begun = false;
  {
    TestPeer leaves((*server)->port());
    leaves.send("GET /slow/many HTTP/1.1\r\nHost: x\r\n\r\n");
    handler.wait_for(handler.begun);
  }
  handler.wait_for(handler.ended_early);
}

}  // namespace
}  // namespace orgo
