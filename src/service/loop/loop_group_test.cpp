#include "service/loop/loop_group.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace orgo {
namespace {

struct TellsEnd {
  std::promise<void>* ended = nullptr;
  ~TellsEnd() {
    if (ended != nullptr) ended->set_value();
  }
};

/// The step of the first loop ends only when the thread of the second has: which is asked before the first is waited
/// for.
TEST(LoopGroup, AsksAllToStopBeforeItWaitsForTheFirst) {
  std::promise<void> first_inside, second_inside, second_ended;
  auto ended = second_ended.get_future();
  auto outcome = std::future_status::deferred;
  LoopGroup loops;
  loops.add("test", [&] {
    first_inside.set_value();
    outcome = ended.wait_for(std::chrono::seconds(30));
    return Millis{3'600'000};
  });
  loops.add("test", [&] {
    thread_local TellsEnd tells;
    tells.ended = &second_ended;
    second_inside.set_value();
    return Millis{3'600'000};
  });
  loops.start();
  first_inside.get_future().wait();
  second_inside.get_future().wait();
  loops.stop();
  EXPECT_EQ(outcome, std::future_status::ready);
}

TEST(LoopGroup, WakesEach) {
  std::promise<void> second[2];
  std::atomic<int> steps[2]{};
  LoopGroup loops;
  std::promise<void> first[2];
  for (int i = 0; i < 2; ++i)
    loops.add("test", [&, i] {
      const int n = ++steps[i];
      if (n == 1) first[i].set_value();
      if (n == 2) second[i].set_value();
      return Millis{3'600'000};
    });
  loops.start();
  for (auto& one : first) one.get_future().wait();
  loops.wake();
  for (auto& one : second) EXPECT_EQ(one.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
  loops.stop();
}

TEST(LoopGroup, StoppingWithoutStartingIsHarmless) {
  LoopGroup loops;
  loops.stop();
  loops.add("test", [] { return Millis{0}; });
  loops.stop();
}

}  // namespace
}  // namespace orgo
