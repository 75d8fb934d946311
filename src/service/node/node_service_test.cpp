#include "service/node/node_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr MembershipTimes kTimes;

class SteadyClock final : public Clock {
 public:
  TimePoint now() override { return TimePoint{Millis{1'770'000'000'000}}; }
  Deadline steady() override { return at; }
  Deadline at{Millis{1'000}};
};

/// What the store says, and whether it is there.
class ToldNodes final : public Nodes {
 public:
  Result<std::optional<NodeSeen>> join(const NodeInfo&, const std::optional<NodeSeen>&) override {
    return std::optional<NodeSeen>();
  }
  Result<std::vector<NodeSeen>> beat(const NodeInfo& self) override {
    last = self;
    if (error) return tl::unexpected(*error);
    return all;
  }
  Result<TimePoint> time() override { return TimePoint{}; }
  Result<std::vector<NodeSeen>> list() override { return all; }
  Result<bool> bury(const NodeSeen& dead, TimePoint) override {
    asked.push_back(dead.info.name);
    if (dead.info.name == "stubborn") return failure(Errc::unavailable, "busy");
    return dead.info.name != "faster";
  }
  Status leave(const NodeInfo&) override { return {}; }

  std::vector<NodeSeen> all;
  std::optional<Error> error;
  std::vector<std::string> asked;
  NodeInfo last;
};

class NodeServiceTest : public testing::Test {
 protected:
  static NodeSeen seen(const std::string& name, Millis silent) {
    return {.info = {.name = name, .boot = name + "1"}, .silent = silent, .beats = 3};
  }
  ToldNodes nodes;
  SteadyClock clock;
  NodeInfo self{.name = "a", .boot = "a1", .load = 7};
  NodeService service{nodes, clock, [this] { return self; }};
};

TEST_F(NodeServiceTest, BuriesWhoHasDiedAndGoesOnPastOneThatItCannot) {
  nodes.all = {seen("a", kTimes.beat),
               seen("b", kTimes.beat),
               seen("dead", kTimes.dead_after),
               seen("faster", kTimes.dead_after),
               seen("stubborn", kTimes.dead_after),
               seen("z", kTimes.dead_after)};
  const auto report = service.step();
  ASSERT_TRUE(report);
  EXPECT_THAT(report->buried, ElementsAre("dead", "z"));
  EXPECT_THAT(nodes.asked, ElementsAre("dead", "faster", "stubborn", "z"));
  EXPECT_FALSE(report->was_dead);
  EXPECT_TRUE(report->has_others) << "b is there";
  EXPECT_EQ(nodes.last.load, 7);
}

TEST_F(NodeServiceTest, OneThatWokeUpHearsThatItWasDeadAndBuriesNobody) {
  nodes.all = {seen("a", Millis{60'000}), seen("b", Millis{60'000})};
  nodes.all[0].is_dead = true;
  const auto report = service.step();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->was_dead);
  EXPECT_THAT(nodes.asked, IsEmpty());
}

TEST_F(NodeServiceTest, ItIsToldWhenTheOthersDoNotHearIt) {
  nodes.all = {seen("a", kTimes.beat)};
  clock.at += kTimes.dead_after;
  ASSERT_TRUE(service.step());
  clock.at += kTimes.beat;
  nodes.error = Error{Errc::unavailable, "no route"};
  EXPECT_FALSE(service.step());
  EXPECT_EQ(service.trouble(), "") << "one beat may fail";
  clock.at += kTimes.suspected_after - kTimes.beat;
  EXPECT_THAT(service.trouble(), HasSubstr("no route"));
  nodes.error.reset();
  ASSERT_TRUE(service.step());
  EXPECT_EQ(service.trouble(), "");
}

TEST_F(NodeServiceTest, AStepThatNeverEndsIsTold) {
  EXPECT_EQ(service.trouble(), "");
  clock.at += kTimes.suspected_after;
  EXPECT_THAT(service.trouble(), HasSubstr("not heard"));
}

TEST_F(NodeServiceTest, AnotherProcessOfItsNameIsAConflict) {
  nodes.error = Error{Errc::conflict, "another process"};
  const auto report = service.step();
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::conflict);
}

}  // namespace
}  // namespace orgo
