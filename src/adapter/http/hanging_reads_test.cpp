// What reads from a database that hangs keeps its own threads, and never the door's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "adapter/http/http_server.h"
#include "adapter/net/test_peer.h"

namespace orgo {
namespace {

using net::TestPeer;
using testing::HasSubstr;

/// All but probes hang until they are let go.
class Hanging : public HttpHandler {
 public:
  Pace pace(const HttpRequest& request) const override {
    return request.target == "/livez" ? Pace::probe : Pace::quick;
  }
  HttpResponse handle(const HttpRequest& request) override {
    std::unique_lock lock(mutex);
    if (request.target != "/livez") {
      ++hanging;
      changed.notify_all();
      changed.wait_for(lock, std::chrono::seconds(20), [this] { return released; });
    }
    return {.status = 200, .headers = {}, .body = "turns"};
  }
  Admission admit(const HttpRequest& /*head*/) override { return {std::nullopt, 0}; }
  HttpResponse refusal(int status, std::string_view detail) override { return {status, {}, std::string(detail)}; }

  std::mutex mutex;
  std::condition_variable changed;
  int hanging = 0;
  bool released = false;
};

TEST(HangingReads, KeepNoProbeWaiting) {
  net::IoThreads io(2);
  Hanging handler;
  HttpServerOptions options;
  options.quick_reads = false;
  auto server = HttpServer::open(io, options, handler);
  ASSERT_TRUE(server) << server.error().message;
  std::vector<std::unique_ptr<TestPeer>> readers;
  for (int i = 0; i < 3; ++i) {
    readers.push_back(std::make_unique<TestPeer>((*server)->port()));
    readers.back()->send("GET /tasks/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }
  {
    std::unique_lock lock(handler.mutex);
    ASSERT_TRUE(handler.changed.wait_for(lock, std::chrono::seconds(20), [&] { return handler.hanging == 3; }))
        << "more of them than the door has threads";
  }
  TestPeer probe((*server)->port());
  probe.send("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(probe.read_to_end(), HasSubstr("turns"));
  {
    const std::lock_guard lock(handler.mutex);
    handler.released = true;
  }
  handler.changed.notify_all();
  for (auto& reader : readers) EXPECT_THAT(reader->read_to_end(), HasSubstr("turns"));
}

}  // namespace
}  // namespace orgo
