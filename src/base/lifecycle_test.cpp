#include "base/lifecycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <stdexcept>
#include <thread>

#include "base/result.h"

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Told = std::vector<std::string>;

/// Tells its end of life.
struct Thing {
  Thing(Told& given_told, std::string given_name) : told(given_told), name(std::move(given_name)) {}
  Thing(const Thing&) = delete;
  ~Thing() { told.push_back("~" + name); }
  Told& told;
  std::string name;
};

void add(Lifecycle& lifecycle, Told& told, const std::string& name) {
  auto& thing = lifecycle.own(std::make_unique<Thing>(told, name));
  lifecycle.on_stop(name, [&thing](Deadline) { thing.told.push_back("stop " + thing.name); });
}

TEST(Lifecycle, StopsAllInReverseAndThenEndsAllInReverse) {
  Told told;
  {
    Lifecycle lifecycle;
    for (const auto* name : {"store", "worker", "door"}) add(lifecycle, told, name);
    EXPECT_THAT(told, IsEmpty());
  }
  EXPECT_THAT(told, ElementsAre("stop door", "stop worker", "stop store", "~door", "~worker", "~store"));
}

TEST(Lifecycle, StopsEachThingOnceAndKeepsItUntilTheEnd) {
  Told told;
  Lifecycle lifecycle;
  add(lifecycle, told, "store");
  add(lifecycle, told, "door");
  lifecycle.stop();
  EXPECT_THAT(told, ElementsAre("stop door", "stop store"));
  lifecycle.stop();
  EXPECT_THAT(told, ElementsAre("stop door", "stop store"));
}

TEST(Lifecycle, StoppingNothingIsHarmless) {
  Lifecycle lifecycle;
  lifecycle.stop();
  lifecycle.stop();
}

/// A server whose third part can't start: what runs by then is stopped by leaving the scope, and nothing else.
TEST(Lifecycle, UndoesAStartThatFailsHalfWay) {
  Told told;
  const auto start = [&]() -> Status {
    Lifecycle lifecycle;
    for (const auto* name : {"store", "worker", "door", "page"}) {
      if (std::string(name) == "door") {
        lifecycle.own(std::make_unique<Thing>(told, name));  // is there, and does not run yet
        return failure(Errc::unavailable, "the port is taken");
      }
      add(lifecycle, told, name);
    }
    return {};
  };
  EXPECT_FALSE(start());
  EXPECT_THAT(told, ElementsAre("stop worker", "stop store", "~door", "~worker", "~store"));
}

TEST(Lifecycle, AStopThatThrowsKeepsNoOtherFromStopping) {
  Told told;
  Lifecycle lifecycle;
  add(lifecycle, told, "store");
  lifecycle.on_stop("broken", [](Deadline) { throw std::runtime_error("can't"); });
  add(lifecycle, told, "door");
  lifecycle.stop();
  EXPECT_THAT(told, ElementsAre("stop door", "stop store"));
}

TEST(Lifecycle, AllStopsShareOneDeadline) {
  std::vector<Deadline> given;
  Lifecycle lifecycle(Millis{60'000});
  for (int i = 0; i < 3; ++i) lifecycle.on_stop("part", [&](Deadline deadline) { given.push_back(deadline); });
  const auto before = within(Millis{60'000});
  lifecycle.stop();
  const auto after = within(Millis{60'000});
  ASSERT_EQ(given.size(), 3U);
  EXPECT_EQ(given[0], given[1]);
  EXPECT_EQ(given[1], given[2]);
  EXPECT_GE(given[0], before);
  EXPECT_LE(given[0], after);
}

TEST(Lifecycle, StopsThatComeWhenItsTimeIsOverAreToldSo) {
  std::optional<bool> over;
  Lifecycle lifecycle(Millis{1});
  lifecycle.on_stop("late", [&](Deadline deadline) { over = std::chrono::steady_clock::now() > deadline; });
  lifecycle.on_stop("slow", [](Deadline deadline) {
    std::promise<void> never;  // takes longer than all have together
    never.get_future().wait_until(deadline + Millis{2});
  });
  lifecycle.stop();
  EXPECT_EQ(over, true);
}

TEST(Lifecycle, WhoStopsBesideAnotherWaitsForTheEnd) {
  std::promise<void> inside, go_on;
  std::atomic<bool> ended = false;
  Lifecycle lifecycle;
  lifecycle.on_stop("part", [&](Deadline) {
    inside.set_value();
    go_on.get_future().wait();
    ended = true;
  });
  std::thread first([&] { lifecycle.stop(); });
  inside.get_future().wait();
  std::thread second([&] {
    lifecycle.stop();
    EXPECT_TRUE(ended);
  });
  go_on.set_value();
  first.join();
  second.join();
}

}  // namespace
}  // namespace orgo
