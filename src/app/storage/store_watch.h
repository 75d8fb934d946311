#pragma once
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace orgo {

/// What is known of a store by trying what intake does with it.
struct StoreTrials {
  std::optional<Deadline> begun;  ///< of the one that is under way
  std::optional<Deadline> ended;  ///< of the last one
  std::string trouble;            ///< what that found; empty: all went well
};
/// Why no mail can be taken, as far as is known; empty: it can. A trial that hangs is trouble, too.
std::string store_trouble(const StoreTrials& trials, Deadline now);
/// Is it time for another one? After one that went well only now and then, after trouble soon.
bool is_trial_due(const StoreTrials& trials, Deadline now);

/// Tries, on the thread that calls step(), as long as somebody asks how the store is. What other writers say is no
/// answer: one table may refuse while all the others go well, and at rest nobody writes. Threads: any.
class StoreWatch {
 public:
  /// `wake` has step() called soon. Waits for nothing, and may be called for each question.
  StoreWatch(std::function<Status()> trial, std::function<void()> wake)
      : trial_(std::move(trial)), wake_(std::move(wake)) {}
  /// Never waits. As of the last trial; asks for the next one when that is due.
  std::string trouble();
  /// One trial, when somebody has asked.
  void step();

 private:
  std::function<Status()> trial_;
  std::function<void()> wake_;
  std::mutex mutex_;
  StoreTrials trials_;
  bool asked_ = false;
};

}  // namespace orgo
