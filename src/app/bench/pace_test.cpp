#include "app/bench/pace.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(Pace, IsWhatPeopleSay) {
  EXPECT_DOUBLE_EQ(parse_pace("3600/h").value(), 1);
  EXPECT_DOUBLE_EQ(parse_pace("600/m").value(), 10);
  EXPECT_DOUBLE_EQ(parse_pace("50/s").value(), 50);
  EXPECT_DOUBLE_EQ(parse_pace("max").value(), 0);
  for (const auto* wrong : {"", "/h", "10", "10/", "10/d", "0/s", "-3/s", "1.5/s", "ten/s", "10 /s", "2000000/s", "Max",
                            "99999999999999999999/h"})
    EXPECT_FALSE(parse_pace(wrong)) << wrong;
}

TEST(Pace, PercentilesAreWaitsThatWereMeasured) {
  EXPECT_EQ(percentiles({}), Percentiles{});
  EXPECT_EQ(percentiles({7}), (Percentiles{7, 7, 7, 7}));
  std::vector<float> hundred;
  for (int i = 100; i >= 1; --i) hundred.push_back(static_cast<float>(i));
  EXPECT_EQ(percentiles(hundred), (Percentiles{50, 95, 99, 100}));
  EXPECT_EQ(percentiles({1, 2}), (Percentiles{1, 2, 2, 2}));
}

}  // namespace
}  // namespace orgo
