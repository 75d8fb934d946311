#include "core/delivery/fair_share.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>

namespace orgo {
namespace {

TEST(FairShare, TheLoudOneLeavesPlacesForTheOthers) {
  EXPECT_EQ(fair_share(std::vector{1'000'000, 1, 3}, 10), (std::vector{6, 1, 3}));
  EXPECT_EQ(fair_share(std::vector{5, 5}, 3), (std::vector{2, 1}));
  EXPECT_EQ(fair_share(std::vector{5}, 3), (std::vector{3}));
  EXPECT_EQ(fair_share(std::vector{0, 0}, 3), (std::vector{0, 0}));
  EXPECT_EQ(fair_share(std::vector<int>{}, 3), std::vector<int>{});
  EXPECT_EQ(fair_share(std::vector{4, 4}, 0), (std::vector{0, 0}));
}

RC_GTEST_PROP(FairShareProperty, AllPlacesAreGivenAndNobodyIsPassedOver, ()) {
  const auto waiting = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 30));
  const int limit = *rc::gen::inRange(0, 100);
  const auto share = fair_share(waiting, limit);
  RC_ASSERT(share.size() == waiting.size());
  RC_ASSERT(std::accumulate(share.begin(), share.end(), 0) ==
            std::min(limit, std::accumulate(waiting.begin(), waiting.end(), 0)));
  for (std::size_t i = 0; i < share.size(); ++i) {
    RC_ASSERT(share[i] >= 0 && share[i] <= waiting[i]);
    for (std::size_t k = 0; k < share.size(); ++k)
      RC_ASSERT(share[k] >= waiting[k] || share[k] + 1 >= share[i]);  // who got less has no more, or nearly as much
  }
}

}  // namespace
}  // namespace orgo
