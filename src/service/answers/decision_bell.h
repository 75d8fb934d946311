#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

#include "base/time.h"

namespace orgo {

/// Rings when messages were decided by this process, so that who has just given one away waits for it and no longer.
/// Threads: any.
class DecisionBell {
 public:
  /// Whoever hears it looks for himself.
  void ring() {
    {
      const std::lock_guard lock(mutex_);
      ++rings_;
    }
    rung_.notify_all();
  }

  /// Asks `is_there` now and behind each ring until it says so, or until the deadline; what it said last.
  bool wait_until(const std::function<bool()>& is_there, Deadline deadline) {
    for (;;) {
      const auto heard = rings();
      if (is_there()) return true;
      std::unique_lock lock(mutex_);
      if (!rung_.wait_until(lock, deadline, [&] { return rings_ != heard; })) return false;
    }
  }

 private:
  std::uint64_t rings() {
    const std::lock_guard lock(mutex_);
    return rings_;
  }

  std::mutex mutex_;
  std::condition_variable rung_;
  std::uint64_t rings_ = 0;
};

}  // namespace orgo
