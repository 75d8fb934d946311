#include "core/policy/rules_choice.h"

#include <gtest/gtest.h>

namespace orgo {
namespace {

TEST(RulesChoice, WhatIsTheNewestAlreadyIsTakenFromHere) {
  EXPECT_EQ(choose_rules({.files = "a", .newest = "a", .others_live = true}), RulesChoice::files);
  EXPECT_EQ(choose_rules({.files = "a", .newest = "", .others_live = true}), RulesChoice::files);
}

TEST(RulesChoice, WhoWorksFollowsTheOneThatChangedLast) {
  EXPECT_EQ(choose_rules({.files = "a", .seen = "a", .newest = "b"}), RulesChoice::newest) << "another node did";
  EXPECT_EQ(choose_rules({.files = "c", .seen = "a", .newest = "b"}), RulesChoice::files) << "this one did";
  EXPECT_EQ(choose_rules({.files = "a", .seen = "c", .newest = "c", .is_known = true, .others_live = true}),
            RulesChoice::files)
      << "it went back to older ones";
}

TEST(RulesChoice, AStartChangesNothingForThoseThatWork) {
  EXPECT_EQ(choose_rules({.files = "old", .newest = "b", .is_known = true, .others_live = true}), RulesChoice::newest);
  EXPECT_EQ(choose_rules({.files = "x", .newest = "b", .others_live = true}), RulesChoice::unknown);
}

TEST(RulesChoice, OneServerAloneWorksByItsFiles) {
  EXPECT_EQ(choose_rules({.files = "old", .newest = "b", .is_known = true}), RulesChoice::files);
  EXPECT_EQ(choose_rules({.files = "x", .newest = "b"}), RulesChoice::files);
}

}  // namespace
}  // namespace orgo
