#pragma once
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "port/clock.h"
#include "port/outbound_channel.h"

namespace orgo::world {

/// A clock that stands until somebody moves it.
class SimulatedClock final : public Clock {
 public:
  explicit SimulatedClock(TimePoint start) : now_(start) {}
  TimePoint now() override { return now_; }
  Deadline steady() override { return steady_; }
  void advance(Millis by) {
    now_ += by;
    steady_ += by;
  }
  /// Time goes by until then.
  void set(TimePoint to) {
    if (to > now_) steady_ += to - now_;
    now_ = to;
  }
  /// Somebody sets the clock of the wall; no time goes by.
  void jump(Millis by) { now_ += by; }

 private:
  TimePoint now_;
  Deadline steady_{std::chrono::hours(1)};
};

/// A mail server that takes what it is given, unless the test says how it answers.
class FakeMailServer final : public OutboundChannel {
 public:
  [[nodiscard]] const ChannelTraits& capabilities() const override { return *find_channel("mail"); }
  void send_each(std::span<const Outgoing> mails, Deadline /*deadline*/, const Told& told) override {
    for (std::size_t i = 0; i < mails.size(); ++i) {
      tried.push_back(mails[i]);
      auto result = answer(mails[i]);
      if (result.kind == SendResult::Kind::delivered) taken.push_back(mails[i]);
      if (!told(i, std::move(result))) return;
    }
  }
  void interrupt() override {}
  std::function<SendResult(const Outgoing&)> answer = [](const Outgoing&) {
    return SendResult{SendResult::Kind::delivered, "250 2.0.0 ok"};
  };
  std::vector<Outgoing> tried, taken;
};

class FakeWebhookReceiver final : public OutboundChannel {
 public:
  [[nodiscard]] const ChannelTraits& capabilities() const override { return *find_channel("webhook"); }
  void send_each(std::span<const Outgoing> webhooks, Deadline /*deadline*/, const Told& told) override {
    for (std::size_t i = 0; i < webhooks.size(); ++i) {
      called.push_back(webhooks[i]);
      if (meanwhile) meanwhile();
      if (!told(i, answer)) return;
    }
  }
  void interrupt() override {}
  SendResult answer{SendResult::Kind::delivered, "HTTP 204"};
  std::function<void()> meanwhile;  ///< happens while it is called
  std::vector<Outgoing> called;
};

}  // namespace orgo::world
