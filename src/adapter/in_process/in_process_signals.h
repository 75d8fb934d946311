#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "port/signals.h"

namespace orgo {

/// Signals between the parts of one process, told by one thread of its own.
class InProcessSignals final : public Signals {
 public:
  static constexpr std::size_t kWaitingMax = 10'000;  ///< signals not told yet; past it the new one is lost

  InProcessSignals();
  /// What is not told yet is lost. All subscriptions have ended before.
  ~InProcessSignals() override;
  InProcessSignals(const InProcessSignals&) = delete;
  InProcessSignals& operator=(const InProcessSignals&) = delete;

  void publish(std::string_view topic, std::string_view text) override;
  /// To each subscription, of whatever topic.
  void publish_to_all(std::string_view text);
  [[nodiscard]] std::unique_ptr<Subscription> subscribe(std::string topic, Listener listener) override;

 private:
  class Held;
  struct Signal {
    std::string topic, text;
  };
  void run();
  void forget(std::int64_t id);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Signal> waiting_;
  struct Entry {
    std::string topic;
    std::shared_ptr<const Listener> listener;
  };
  std::map<std::int64_t, Entry> subscriptions_;
  std::int64_t last_id_ = 0;
  std::int64_t telling_ = 0;  ///< id of the subscription whose listener runs; 0: none
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace orgo
