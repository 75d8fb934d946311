#pragma once
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>

#include "base/time.h"

namespace orgo::net {

/// Said once from any thread, seen by every poll() of the thread that talks to the peer. Never taken back.
class StopSignal {
 public:
  StopSignal() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~StopSignal() { ::close(descriptor_); }
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  void stop() {
    const std::uint64_t one = 1;
    (void)!write(descriptor_, &one, sizeof one);
  }
  [[nodiscard]] bool stopped() const {
    pollfd event{descriptor_, POLLIN, 0};
    return poll(&event, 1, 0) > 0;
  }

  [[nodiscard]] int descriptor() const { return descriptor_; }

  enum class Waited : std::uint8_t { ready, late, stopped };
  /// Until `descriptor` (-1: none) has one of `events`, `until` has come, or stop().
  [[nodiscard]] Waited wait(int descriptor, short events, Deadline until) const {
    for (;;) {
      const auto left = std::chrono::ceil<Millis>(until - std::chrono::steady_clock::now());
      pollfd polled[2] = {{descriptor_, POLLIN, 0}, {descriptor, events, 0}};
      const int count =
          poll(polled, descriptor < 0 ? 1 : 2, static_cast<int>(std::clamp<Millis::rep>(left.count(), 0, 3'600'000)));
      if (count < 0 && errno == EINTR) continue;
      if (polled[0].revents != 0) return Waited::stopped;
      if (count > 0) return Waited::ready;
      if (std::chrono::steady_clock::now() >= until) return Waited::late;
    }
  }

 private:
  int descriptor_;
};

}  // namespace orgo::net
