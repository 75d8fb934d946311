#include "core/module/in_force.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo::modules {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> told(const InForce& before, const InForce& after) {
  std::vector<std::string> texts;
  for (const auto& change : changes(before, after)) texts.push_back(to_text(change));
  return texts;
}

TEST(ModulesInForce, EachDifferenceIsToldInWords) {
  const InForce before{
      {{"a", "1.0.0", "11111111"}, {"b", "1.0.0", "22222222"}, {"c", "2.0.0", "33333333"}, {"d", "1.0.0", "44444444"}},
      {{"desk", "x@y.org"}, {"gone", "g@y.org"}}};
  const InForce after{
      {{"b", "1.1.0", "55555555"}, {"a", "1.0.0", "11111111"}, {"d", "1.0.0", "66666666"}, {"e", "3.0.0", "77777777"}},
      {{"desk", "z@y.org"}, {"new", "n@y.org"}}};
  EXPECT_THAT(told(before, before), IsEmpty());
  EXPECT_THAT(told(before, after),
              ElementsAre("module b 1.0.0 -> 1.1.0", "module d has other files (44444444 -> 66666666)",
                          "module e 3.0.0 enabled", "module c 2.0.0 disabled",
                          "modules are asked in another order: a, b, d -> b, a, d", "team desk: x@y.org -> z@y.org",
                          "team new: nobody -> n@y.org", "team gone: g@y.org -> nobody"));
}

TEST(ModulesInForce, IsReadBackExactly) {
  const InForce some{{{"a", "1.0.0", "11111111"}}, {{"desk \"x\"", "ä@y.org"}}};
  InForce read;
  ASSERT_TRUE(from_text(to_text(some), read));
  EXPECT_EQ(read, some);
  ASSERT_TRUE(from_text(to_text(InForce{}), read));
  EXPECT_EQ(read, InForce{});
  for (const auto* damaged : {"", "[]", "{}", "{\"modules\":[1],\"addresses\":{}}", "{\"modules\":[]}"})
    EXPECT_FALSE(from_text(damaged, read)) << damaged;
}

}  // namespace
}  // namespace orgo::modules
