#include "base/lifecycle.h"

#include <exception>

#include "base/log.h"

namespace orgo {
namespace {

constexpr Millis kSlow{2'000};  ///< a stop that takes longer is told

}  // namespace

Lifecycle::~Lifecycle() {
  stop();
  while (!owned_.empty()) owned_.pop_back();  // a vector promises no order of its own
}

void Lifecycle::on_stop(std::string name, Stop stop) {
  const std::lock_guard lock(mutex_);
  entries_.push_back({std::move(name), std::move(stop)});
}

void Lifecycle::stop() {
  const std::lock_guard lock(mutex_);
  const auto deadline = within(time_);
  while (!entries_.empty()) {
    const auto entry = std::move(entries_.back());
    entries_.pop_back();
    const auto begin = std::chrono::steady_clock::now();
    try {
      entry.stop(deadline);
    } catch (const std::exception& problem) {
      log::error("lifecycle.stop_failed", {{"part", entry.name}, {"cause", problem.what()}});
    }
    const auto took = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - begin);
    if (took > kSlow) log::warn("lifecycle.slow_stop", {{"part", entry.name}, {"ms", took.count()}});
  }
}

}  // namespace orgo
