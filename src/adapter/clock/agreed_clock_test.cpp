#include "adapter/clock/agreed_clock.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

constexpr Millis kNear{60'000};  ///< what a test may stand still

TEST(AgreedClock, IsTheMachinesUntilSomethingIsAgreed) {
  AgreedClock clock;
  const auto before = std::chrono::floor<Millis>(std::chrono::system_clock::now());
  const auto now = clock.now();
  EXPECT_GE(now, before);
  EXPECT_LE(now, std::chrono::system_clock::now());
}

TEST(AgreedClock, RunsOnFromWhatWasAgreed) {
  AgreedClock clock;
  const TimePoint told{Millis{1'000'000'000}};
  clock.agree(told, clock.steady());
  const auto first = clock.now();
  EXPECT_GE(first, told - Millis{1});
  EXPECT_LT(first, told + kNear);
  EXPECT_GT(clock.machine_ahead(), Millis{1'000'000'000'000}) << "this test runs later than 2001";
  clock.agree(told, clock.steady() - Millis{500'000});
  EXPECT_GE(clock.now(), told + Millis{499'999});
}

}  // namespace
}  // namespace orgo
