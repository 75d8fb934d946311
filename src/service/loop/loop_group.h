#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "service/loop/loop.h"

namespace orgo {

/// The loops of one part of the program, started, woken and stopped together.
class LoopGroup {
 public:
  /// Before start(). As Loop::Loop.
  void add(std::string name, Loop::Step step);
  void start();
  /// There may be work for one of them. Any thread; cheap.
  void wake();
  /// Asks all before it waits for the first, so that the steps that run come to their ends side by side. Complete when
  /// it returns. Before start(), or again, it is harmless.
  void stop();
  /// The same, for steps that wait for others: what still runs at `until` is cut off by `cut`, and then it is waited
  /// for.
  void stop(Deadline until, const std::function<void()>& cut);

 private:
  std::vector<std::unique_ptr<Loop>> loops_;
};

}  // namespace orgo
