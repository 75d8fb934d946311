#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/time.h"

namespace orgo {

/// A thread that drives a service: calls its step, sleeps as long as the step says or until it is woken, calls it
/// again. The services have no threads of their own, so that the simulator can drive the same code on its own clock.
class Loop {
 public:
  /// `step` does one piece of work and says how long nothing will be due: 0 means there is more at once. It must not
  /// throw and bounds its own time, since stop() waits for it.
  using Step = std::function<Millis()>;
  /// `name` shows in `top -H`; at most 15 characters.
  Loop(std::string name, Step step);
  /// stop(), if nobody did.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void start();
  /// There may be work: ends the sleep, or makes the running step be followed by another at once. Any thread; cheap.
  void wake();
  /// No further step begins. Returns at once; stop() then waits for the step that runs. Again is harmless.
  void ask_to_stop();
  /// True: the step that ran when it was asked to stop has ended, or none ran. False: `until` has come.
  bool wait_for_end(Deadline until);
  /// Complete when it returns. Before start(), or again, it is harmless.
  void stop();

 private:
  void run();

  std::string name_;
  Step step_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
  bool stopping_ = false;
  bool running_ = false;
  std::thread thread_;
};

}  // namespace orgo
