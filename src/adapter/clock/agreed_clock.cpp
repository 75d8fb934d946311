#include "adapter/clock/agreed_clock.h"

#include <chrono>

namespace orgo {
namespace {

std::int64_t steady_ms(Deadline at) {
  return std::chrono::floor<Millis>(at.time_since_epoch()).count();
}

TimePoint of_machine() {
  return std::chrono::floor<Millis>(std::chrono::system_clock::now());
}

}  // namespace

TimePoint AgreedClock::now() {
  const auto offset = from_steady_.load(std::memory_order_relaxed);
  return offset == kNone ? of_machine() : from_ms(steady_ms(std::chrono::steady_clock::now()) + offset);
}

void AgreedClock::agree(TimePoint told, Deadline at) {
  from_steady_.store(to_ms(told) - steady_ms(at), std::memory_order_relaxed);
}

Millis AgreedClock::machine_ahead() {
  return of_machine() - now();
}

}  // namespace orgo
