#include "service/loop/loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace orgo {
namespace {

TEST(Loop, WakesFromALongSleepAndStops) {
  std::atomic<int> steps{0};
  std::promise<void> first, second;
  Loop loop("test", [&] {
    const int n = ++steps;
    if (n == 1) first.set_value();
    if (n == 2) second.set_value();
    return Millis{3'600'000};
  });
  loop.start();
  first.get_future().wait();
  loop.wake();
  EXPECT_EQ(second.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
  loop.stop();
  const int after = steps;
  loop.wake();
  loop.stop();
  EXPECT_EQ(steps, after);
}

TEST(Loop, AWakeDuringTheStepIsNotLost) {
  std::atomic<int> steps{0};
  std::promise<void> inside, go_on, second;
  Loop loop("test", [&] {
    const int n = ++steps;
    if (n == 1) {
      inside.set_value();
      go_on.get_future().wait();
    } else if (n == 2) {
      second.set_value();
    }
    return Millis{3'600'000};
  });
  loop.start();
  inside.get_future().wait();
  loop.wake();
  go_on.set_value();
  EXPECT_EQ(second.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
}

TEST(Loop, StoppingWithoutStartingIsHarmless) {
  Loop loop("test", [] { return Millis{0}; });
  loop.stop();
}

}  // namespace
}  // namespace orgo
