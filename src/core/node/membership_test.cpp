#include "core/node/membership.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr MembershipTimes kTimes;
constexpr Millis kJustBefore{-1};

NodeSeen node(const std::string& name, Millis silent) {
  return {.info = {.name = name, .boot = name + "1"}, .silent = silent, .beats = 7};
}
std::vector<std::string> names_of(const std::vector<NodeSeen>& nodes) {
  std::vector<std::string> names;
  for (const auto& one : nodes) names.push_back(one.info.name);
  return names;
}

TEST(Membership, SilenceIsSuspectedAndThenTakenForDeath) {
  EXPECT_EQ(state_of(node("a", Millis{0})), NodeState::alive);
  EXPECT_EQ(state_of(node("a", kTimes.suspected_after + kJustBefore)), NodeState::alive);
  EXPECT_EQ(state_of(node("a", kTimes.suspected_after)), NodeState::suspected);
  EXPECT_EQ(state_of(node("a", kTimes.dead_after + kJustBefore)), NodeState::suspected);
  EXPECT_EQ(state_of(node("a", kTimes.dead_after)), NodeState::dead);
}

TEST(Membership, AClockThatWasSetBackMakesNobodyDead) {
  EXPECT_EQ(state_of(node("a", Millis{-3'600'000})), NodeState::alive);
}

TEST(Membership, WhoLeftNoSessionIsKnownToBeGoneSooner) {
  auto gone = node("a", kTimes.gone_after);
  gone.is_connected = false;
  EXPECT_EQ(state_of(gone), NodeState::dead);
  gone.silent += kJustBefore;
  EXPECT_EQ(state_of(gone), NodeState::alive) << "it may be connecting again";
}

TEST(Membership, OneThatWasBuriedIsDeadAndOneThatEndsIsDraining) {
  auto one = node("a", Millis{0});
  one.info.draining = true;
  EXPECT_EQ(state_of(one), NodeState::draining);
  one.is_dead = true;
  EXPECT_EQ(state_of(one), NodeState::dead);
}

TEST(Membership, ALivingNodeFindsTheDeadOnce) {
  auto buried = node("d", Millis{90'000});
  buried.is_dead = true;
  const std::vector all{node("a", kTimes.beat), node("b", kTimes.dead_after), node("c", kTimes.suspected_after),
                        buried};
  EXPECT_THAT(names_of(died(all, "a1")), ElementsAre("b"));
}

TEST(Membership, WhoWasSilentHimselfJudgesNobody) {
  for (const auto own : {kTimes.suspected_after, Millis{3'600'000}}) {
    const std::vector all{node("a", own), node("b", own)};
    EXPECT_THAT(died(all, "a1"), IsEmpty()) << "the server's clock jumped, or it was away";
  }
  const std::vector first_beat{node("b", Millis{60'000})};
  EXPECT_THAT(died(first_beat, "a1"), IsEmpty()) << "his next beat will tell";
  auto buried = node("a", Millis{0});
  buried.is_dead = true;
  const std::vector all{buried, node("b", Millis{60'000})};
  EXPECT_THAT(died(all, "a1"), IsEmpty());
}

TEST(Membership, NobodyBuriesHimself) {
  const std::vector all{node("a", Millis{0})};
  EXPECT_THAT(died(all, "a1"), IsEmpty());
}

TEST(Membership, ANameIsFreeWhenItsHolderIsGone) {
  auto holder = node("a", Millis{100});
  holder.is_connected = false;
  EXPECT_EQ(take_name(holder, std::nullopt), NameTaking::free) << "killed a moment ago, started again";
  EXPECT_EQ(take_name(node("a", kTimes.dead_after), std::nullopt), NameTaking::free);
  auto buried = node("a", Millis{0});
  buried.is_dead = true;
  EXPECT_EQ(take_name(buried, std::nullopt), NameTaking::free);
}

TEST(Membership, ANameOfALivingNodeIsRefusedAtItsNextBeat) {
  const auto first = node("a", Millis{100});
  EXPECT_EQ(take_name(first, std::nullopt), NameTaking::wait);
  auto silent = first;
  silent.silent = kTimes.suspected_after;
  EXPECT_EQ(take_name(silent, first), NameTaking::wait) << "its machine may have lost its power";
  auto beats = first;
  ++beats.beats;
  EXPECT_EQ(take_name(beats, first), NameTaking::refused);
  auto another = first;
  another.info.boot = "a2";
  EXPECT_EQ(take_name(another, first), NameTaking::refused) << "a third one was faster";
}

}  // namespace
}  // namespace orgo
