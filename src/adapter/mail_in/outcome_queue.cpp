#include "adapter/mail_in/outcome_queue.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

#include "base/planted.h"

namespace orgo::mail_in {

OutcomeQueue::OutcomeQueue() : descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
OutcomeQueue::~OutcomeQueue() {
  ::close(descriptor_);
}

void OutcomeQueue::post(Outcome outcome) {
  bool wakes = false;
  {
    const std::lock_guard lock(mutex_);
    outcomes_.push_back(std::move(outcome));
    wakes = std::exchange(sleeping_, false);
  }
  if (wakes) wake();
}

void OutcomeQueue::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(descriptor_, &one, sizeof one);
}

void OutcomeQueue::drain_wakeup() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = ::read(descriptor_, &count, sizeof count);
}

bool OutcomeQueue::take(std::vector<Outcome>& into, bool will_sleep) {
  into.clear();
  const std::lock_guard lock(mutex_);
  into.swap(outcomes_);
  sleeping_ = will_sleep && into.empty() && !ORGO_PLANT(wake_up_of_the_door_lost);
  return into.empty();
}

}  // namespace orgo::mail_in
