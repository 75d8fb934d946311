#include "service/answers/customers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<Customer> all() {
  return {{"kim@client.example", "kim@home.example", MessageId{8}, {}},
          {"pat@client.example", "pat@client.example", MessageId{3}, {}}};
}
std::vector<std::string> chosen(const std::vector<std::string>& named) {
  std::vector<std::string> addresses;
  const auto found = chosen_among(all(), named, TaskNumber{12}).value();
  for (const auto& one : found) addresses.push_back(one.address);
  return addresses;
}

TEST(Customers, TheLastWhoWroteIsMeantUnlessOthersAreNamed) {
  EXPECT_THAT(chosen({}), ElementsAre("kim@home.example"));
  EXPECT_THAT(chosen({"PAT@client.example"}), ElementsAre("pat@client.example"));
  EXPECT_THAT(chosen({" pat@client.example ", "kim@client.example", "Pat@client.example"}),
              ElementsAre("pat@client.example", "kim@home.example"));
  EXPECT_THAT(chosen_among({}, {}, TaskNumber{12}).value(), IsEmpty());
}

TEST(Customers, WhoHasNotAskedIsRefusedWithWhoHas) {
  const auto refused = chosen_among(all(), {"eve@other.example"}, TaskNumber{12});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::invalid_input);
  EXPECT_THAT(refused.error().message,
              HasSubstr("'eve@other.example' has not asked for T-12; kim@client.example, pat@client.example did"));
}

}  // namespace
}  // namespace orgo
