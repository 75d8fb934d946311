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
  void advance(Millis by) { now_ += by; }
  void set(TimePoint to) { now_ = to; }

 private:
  TimePoint now_;
};

/// A mail server that takes what it is given, unless the test says how it answers.
class FakeMailServer final : public OutboundChannel {
 public:
  [[nodiscard]] const ChannelTraits& capabilities() const override { return *find_channel("mail"); }
  std::vector<SendResult> send(std::span<const Outgoing> mails, Deadline /*deadline*/) override {
    std::vector<SendResult> results;
    for (const auto& mail : mails) {
      tried.push_back(mail);
      results.push_back(answer(mail));
      if (results.back().kind == SendResult::Kind::delivered) taken.push_back(mail);
    }
    return results;
  }
  std::function<SendResult(const Outgoing&)> answer = [](const Outgoing&) {
    return SendResult{SendResult::Kind::delivered, "250 2.0.0 ok"};
  };
  std::vector<Outgoing> tried, taken;
};

class FakeWebhookReceiver final : public OutboundChannel {
 public:
  [[nodiscard]] const ChannelTraits& capabilities() const override { return *find_channel("webhook"); }
  std::vector<SendResult> send(std::span<const Outgoing> webhooks, Deadline /*deadline*/) override {
    std::vector<SendResult> results;
    for (const auto& webhook : webhooks) {
      called.push_back(webhook);
      if (meanwhile) meanwhile();
      results.push_back(answer);
    }
    return results;
  }
  SendResult answer{SendResult::Kind::delivered, "HTTP 204"};
  std::function<void()> meanwhile;  ///< happens while it is called
  std::vector<Outgoing> called;
};

}  // namespace orgo::world
