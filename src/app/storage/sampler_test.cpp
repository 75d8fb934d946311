#include "app/storage/sampler.h"

#include <gtest/gtest.h>

#include <future>

namespace orgo {
namespace {

TEST(Sampler, EachLookIsOfNow) {
  int taken = 0;
  Sampler sampler("orgo-test", [&] { ++taken; });
  for (int i = 1; i <= 50; ++i) {
    ASSERT_TRUE(sampler.refresh(Millis{60'000}));
    EXPECT_GE(taken, i);
  }
}

TEST(Sampler, NobodyWaitsForASourceThatHangs) {
  std::promise<void> hangs;
  auto end = hangs.get_future();
  std::promise<void> began;
  std::atomic<int> taken = 0;
  Sampler sampler("orgo-test", [&] {
    if (++taken > 1) return;
    began.set_value();
    end.wait();
  });
  auto first = std::async(std::launch::async, [&] { return sampler.refresh(Millis{60'000}); });
  began.get_future().wait();
  EXPECT_FALSE(sampler.refresh(Millis{1}));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(sampler.refresh(Millis{600'000})) << "the next ones don't wait at all";
  hangs.set_value();
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(sampler.refresh(Millis{60'000})) << "it answers again";
}

}  // namespace
}  // namespace orgo
