#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapter/clock/system_clock.h"
#include "adapter/mail_in/mail_door.h"
#include "adapter/net/test_peer.h"

/// What the tests of the mail doors share.
namespace orgo {

using net::TestPeer;
using testing::HasSubstr;

/// Keeps what it gets; answers at once, or when told to.
class TestSink final : public MailSink {
 public:
  void submit(std::vector<Envelope> envelopes, std::shared_ptr<const std::string> bytes, Done done) override {
    std::unique_lock lock(mutex);
    for (auto& envelope : envelopes) received.push_back({envelope, *bytes});
    std::vector<Status> statuses = outcomes;
    statuses.resize(envelopes.size());
    if (holds) {
      held.push_back([done = std::move(done), statuses] { done(statuses); });
      changed.notify_all();
      return;
    }
    lock.unlock();
    done(statuses);
  }
  bool wait_held(std::size_t count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(10), [&] { return held.size() >= count; });
  }
  void answer_all() {
    std::vector<std::function<void()>> now;
    {
      const std::lock_guard lock(mutex);
      now.swap(held);
    }
    for (auto& answer : now) answer();
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::pair<Envelope, std::string>> received;
  std::vector<Status> outcomes;
  std::vector<std::function<void()>> held;
  bool holds = false;
};

class MailDoorTest : public testing::Test {
 protected:
  MailDoor& open() {
    auto result = MailDoor::open(options, sink, clock);
    if (!result) ADD_FAILURE() << result.error().message;
    door = std::move(*result);
    return *door;
  }
  /// A peer that has read the greeting.
  std::unique_ptr<TestPeer> greeted() {
    auto peer = std::make_unique<TestPeer>(door->port());
    EXPECT_THAT(peer->read_until("\r\n"), HasSubstr("220 "));
    return peer;
  }
  static std::string opening(int recipients = 1) {
    std::string text = "LHLO me\r\nMAIL FROM:<a@b>\r\n";
    for (int i = 1; i <= recipients; ++i) text += "RCPT TO:<r" + std::to_string(i) + "@school>\r\n";
    return text + "DATA\r\n";
  }

  SystemClock clock;
  TestSink sink;
  MailDoorOptions options{.tenant_of = [](std::string_view) { return Result<TenantId>(TenantId{1}); }};
  std::unique_ptr<MailDoor> door;
};

}  // namespace orgo
