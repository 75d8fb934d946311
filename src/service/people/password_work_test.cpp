#include "service/people/password_work.h"

#include <gtest/gtest.h>

#include <chrono>

namespace orgo {
namespace {

TEST(PasswordWork, WhoWaitedInVainWaitsNoMore) {
  constexpr Millis kPatience{50};
  PasswordWork work({.at_once = 0, .waiting = 1, .patience = kPatience});
  for (int i = 0; i < 3; ++i) {
    const auto began = std::chrono::steady_clock::now();
    const auto hash = work.hash("correct horse battery");
    ASSERT_FALSE(hash);
    EXPECT_EQ(hash.error().code, Errc::resource_exhausted);
    EXPECT_GE(std::chrono::steady_clock::now() - began, kPatience) << "the place of the one before is free: " << i;
  }
}

}  // namespace
}  // namespace orgo
