#pragma once
#include <cstdint>
#include <mutex>
#include <vector>

#include "base/result.h"

namespace orgo::mail_in {

/// Outcomes on their way from the sink's threads to a loop. Outlives the loop as long as the sink holds a callback.
class OutcomeQueue {
 public:
  struct Outcome {
    std::uint64_t connection;
    std::vector<Status> statuses;
  };
  OutcomeQueue();
  ~OutcomeQueue();
  OutcomeQueue(const OutcomeQueue&) = delete;
  OutcomeQueue& operator=(const OutcomeQueue&) = delete;
  void post(Outcome outcome);
  /// Wakes the loop without an outcome.
  void wake();
  /// Swaps out what came. True: nothing came, and from now on a post() wakes the loop by the descriptor.
  bool take(std::vector<Outcome>& into, bool will_sleep);
  void drain_wakeup();
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  std::mutex mutex_;
  std::vector<Outcome> outcomes_;
  bool sleeping_ = false;
  int descriptor_;  ///< eventfd
};

}  // namespace orgo::mail_in
