#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

#include "service/loop/loop.h"

namespace orgo {

/// Fetches values for whoever looks, on a thread of its own, so that nobody who only looks waits for what they come
/// from: a database that hangs must not take the probes with it. Threads: any.
class Sampler {
 public:
  /// `name` as of a Loop; `sample` fetches.
  Sampler(std::string name, std::function<void()> sample);
  /// Waits for a sample that is under way.
  ~Sampler();
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  /// Has a sample taken now and waits for its end, `patience` at most. While one hangs that was waited for so long
  /// already, it doesn't wait: what was fetched last stands. True: what stands is as of now.
  bool refresh(Millis patience);

 private:
  Millis run();

  std::function<void()> sample_;
  std::mutex mutex_;
  std::condition_variable done_;
  bool wanted_ = false;
  bool given_up_ = false;  ///< somebody has waited in vain for the one that is under way
  int begun_ = 0, ended_ = 0;
  Loop loop_;
};

}  // namespace orgo
