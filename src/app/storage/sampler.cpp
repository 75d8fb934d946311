#include "app/storage/sampler.h"

#include <utility>

#include "base/planted.h"

namespace orgo {

Sampler::Sampler(std::string name, std::function<void()> sample)
    : sample_(std::move(sample)), loop_(std::move(name), [this] { return run(); }) {
  loop_.start();
}

Sampler::~Sampler() {
  loop_.stop();
}

bool Sampler::refresh(Millis patience) {
  std::unique_lock lock(mutex_);
  if (given_up_) return false;
  wanted_ = true;
  const auto mine = begun_ + 1;
  lock.unlock();
  loop_.wake();
  lock.lock();
  const auto is_done = [&] { return ended_ >= mine; };
  if (ORGO_PLANT(scrape_waits_for_the_store)) return done_.wait(lock, is_done), true;
  if (done_.wait_for(lock, patience, is_done)) return true;
  given_up_ = begun_ > ended_;
  return false;
}

Millis Sampler::run() {
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(wanted_, false)) return std::chrono::hours(1);
    ++begun_;
  }
  sample_();
  {
    const std::lock_guard lock(mutex_);
    ended_ = begun_;
    given_up_ = false;
  }
  done_.notify_all();
  return Millis{0};
}

}  // namespace orgo
