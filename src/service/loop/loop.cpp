#include "service/loop/loop.h"

#include <pthread.h>

#include <utility>

#include "base/planted.h"

namespace orgo {

Loop::Loop(std::string name, Step step) : name_(std::move(name)), step_(std::move(step)) {}

Loop::~Loop() {
  stop();
}

void Loop::start() {
  running_ = true;
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), name_.substr(0, 15).c_str());
}

void Loop::wake() {
  {
    const std::lock_guard lock(mutex_);
    if (woken_) return;
    woken_ = !ORGO_PLANT(wake_up_of_a_loop_lost);
  }
  changed_.notify_all();
}

void Loop::ask_to_stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

bool Loop::wait_for_end(Deadline until) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, until, [this] { return !running_; });
}

void Loop::stop() {
  ask_to_stop();
  if (thread_.joinable()) thread_.join();
}

void Loop::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    const auto idle = step_();
    lock.lock();
    if (idle > Millis{0}) changed_.wait_for(lock, idle, [this] { return woken_ || stopping_; });
  }
  running_ = false;
  changed_.notify_all();
}

}  // namespace orgo
