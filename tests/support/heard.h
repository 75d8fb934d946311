#pragma once
// For tests only: what a subscription of signals was told.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>

#include "port/signals.h"

namespace orgo::tests {

/// What a subscription has heard so far.
class Heard {
 public:
  Signals::Listener listener() {
    return [this](std::string_view text) {
      const std::lock_guard lock(mutex_);
      texts_.emplace(text);
      changed_.notify_all();
    };
  }
  /// Until it was told that; false: never.
  bool waits_for(const std::string& text) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return texts_.contains(text); });
  }
  /// Publishes again and again, since a signal may be lost, until it is heard; false: never.
  bool hears(Signals& from, const std::string& topic, const std::string& text) {
    for (int i = 0; i < 300; ++i) {
      from.publish(topic, text);
      std::unique_lock lock(mutex_);
      if (changed_.wait_for(lock, std::chrono::milliseconds(100), [&] { return texts_.contains(text); })) return true;
    }
    return false;
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    texts_.clear();
  }
  std::set<std::string> texts() {
    const std::lock_guard lock(mutex_);
    return texts_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> texts_;
};

}  // namespace orgo::tests
