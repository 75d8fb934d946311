#include "core/node/agreement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace orgo {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr MembershipTimes kTimes;

NodeSeen node(const std::string& name, const std::string& secret, const std::string& mails = "") {
  return {.info = {.name = name, .boot = name + "1", .secret = secret, .mails = mails}};
}

TEST(Agreement, EqualNodesWorkSideBySide) {
  const std::vector all{node("a", "s", "m"), node("b", "s", "m")};
  EXPECT_THAT(why_not_beside(all[1].info, all), IsEmpty());
  EXPECT_TRUE(others_live(all, all[1].info));
}

TEST(Agreement, AnotherSecretIsRefused) {
  const std::vector all{node("a", "s"), node("b", "other")};
  EXPECT_THAT(why_not_beside(all[1].info, all), AllOf(HasSubstr("node a"), HasSubstr("copy secret.key")));
}

TEST(Agreement, MailsInAFolderAreRefusedOnWhicheverSideTheyAre) {
  const std::vector all{node("a", "s", "m"), node("b", "s")};
  EXPECT_THAT(why_not_beside(all[1].info, all), HasSubstr("folder of node a, where node b"));
  EXPECT_THAT(why_not_beside(all[0].info, all), HasSubstr("folder of node a, where node b"));
  const std::vector both{node("a", "s", "m"), node("b", "s", "n")};
  EXPECT_THAT(why_not_beside(both[1].info, both), HasSubstr("folder of node a, where node b"));
}

TEST(Agreement, WhoIsDeadOrOnlyInTheTableOrItselfHasNoSay) {
  auto dead = node("a", "other");
  dead.silent = kTimes.dead_after;
  auto of_a_backup = node("b", "other");
  of_a_backup.is_connected = false;
  auto before = node("c", "other");
  before.info.boot = "c0";
  const std::vector all{dead, of_a_backup, before};
  const auto self = node("c", "s");
  EXPECT_THAT(why_not_beside(self.info, all), IsEmpty());
  EXPECT_FALSE(others_live(all, self.info));
}

TEST(Agreement, OneThatIsOnlySuspectedHasASay) {
  auto slow = node("a", "other");
  slow.silent = kTimes.suspected_after;
  const std::vector all{slow};
  EXPECT_THAT(why_not_beside(node("b", "s").info, all), HasSubstr("secret.key"));
}

}  // namespace
}  // namespace orgo
