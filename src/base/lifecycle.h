#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"

namespace orgo {

/// What has been started, as a stack: each thing says how it stops at the moment it runs, so that a start which fails
/// half-way is undone by the same code as an orderly stop, and nobody keeps the order by hand. It owns what it stops:
/// a thing may hold references to all that was owned before it.
class Lifecycle {
 public:
  /// Ends one thing completely, if it can before the deadline; past it, without grace for what is under way.
  using Stop = std::function<void(Deadline deadline)>;

  /// `time`: for all stops together.
  explicit Lifecycle(Millis time = Millis{10'000}) : time_(time) {}
  /// stop(), then ends what it owns, the newest first.
  ~Lifecycle();
  Lifecycle(const Lifecycle&) = delete;
  Lifecycle& operator=(const Lifecycle&) = delete;

  /// Keeps the thing until the end of the stack, longer than all that is owned after it.
  template <typename T>
  T& own(std::unique_ptr<T> thing) {
    T& kept = *thing;
    owned_.emplace_back(std::move(thing));
    return kept;
  }
  /// The thing of that name runs now; `stop` ends it. The name stands in the log when that takes long.
  void on_stop(std::string name, Stop stop);

  /// Runs all stops, the newest first, one after the other; complete when it returns. Each runs once: again, or from
  /// another thread meanwhile, it waits and does nothing. A stop that throws is logged, and the others run. Not to be
  /// called by a stop.
  void stop();

 private:
  struct Entry {
    std::string name;
    Stop stop;
  };

  const Millis time_;
  std::mutex mutex_;
  std::vector<Entry> entries_;
  std::vector<std::shared_ptr<void>> owned_;
};

}  // namespace orgo
