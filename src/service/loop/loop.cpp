#include "service/loop/loop.h"

#include <pthread.h>

#include <utility>

namespace orgo {

Loop::Loop(std::string name, Step step) : name_(std::move(name)), step_(std::move(step)) {}

Loop::~Loop() {
  stop();
}

void Loop::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), name_.substr(0, 15).c_str());
}

void Loop::wake() {
  {
    const std::lock_guard lock(mutex_);
    if (woken_) return;
    woken_ = true;
  }
  changed_.notify_one();
}

void Loop::ask_to_stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
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
}

}  // namespace orgo
