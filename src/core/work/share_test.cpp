#include "core/work/share.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace orgo {
namespace {

TEST(ToShare, WhoIsAloneKeepsAll) {
  EXPECT_EQ(to_share({.waiting_here = 10'000, .room_there = 2'000, .has_others = false}), 0U);
}

TEST(ToShare, AFewAreNotWorthIt) {
  EXPECT_EQ(to_share({.waiting_here = kKeptAtLeast, .room_there = 2'000}), 0U);
  EXPECT_EQ(to_share({.waiting_here = kKeptAtLeast + 2, .room_there = 2'000}), 11U);
}

TEST(ToShare, HalfIsOfferedAndWhatIsThereCounts) {
  EXPECT_EQ(to_share({.waiting_here = 400, .room_there = 2'000}), 200U);
  EXPECT_EQ(to_share({.waiting_here = 400, .waiting_there = 150, .room_there = 2'000}), 50U);
  EXPECT_EQ(to_share({.waiting_here = 400, .waiting_there = 200, .room_there = 2'000}), 0U);
}

TEST(ToShare, WhoDecidesNothingGivesAllForWhichThereIsRoom) {
  EXPECT_EQ(to_share({.waiting_here = 3, .room_there = 2'000, .decides = false, .has_others = false}), 3U);
  EXPECT_EQ(to_share({.waiting_here = 3'000, .waiting_there = 500, .room_there = 2'000, .decides = false}), 1'500U);
  EXPECT_EQ(to_share({.waiting_here = 3'000, .waiting_there = 2'500, .room_there = 2'000, .decides = false}), 0U);
}

RC_GTEST_PROP(ToShare, NeverMoreThanThereIsAndThereIsRoomFor, ()) {
  const ShareView view{.waiting_here = *rc::gen::inRange<std::size_t>(0, 30'000),
                       .waiting_there = *rc::gen::inRange<std::size_t>(0, 5'000),
                       .room_there = *rc::gen::inRange<std::size_t>(0, 5'000),
                       .decides = *rc::gen::arbitrary<bool>(),
                       .has_others = *rc::gen::arbitrary<bool>()};
  const auto shared = to_share(view);
  RC_ASSERT(shared <= view.waiting_here);
  RC_ASSERT(shared == 0U || view.waiting_there + shared <= view.room_there);
  RC_ASSERT(!view.decides || shared <= view.waiting_here / 2);
}

}  // namespace
}  // namespace orgo
