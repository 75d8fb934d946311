#include "adapter/broker/shared_hints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <set>

#include "tests/support/tenants.h"

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimePoint kStart{Millis{1'700'000'000'000}};
constexpr auto kKind = WorkKind::process;

struct FixedClock final : Clock {
  TimePoint time = kStart;
  TimePoint now() override { return time; }
};

/// The server, of which each node has a line.
struct Server {
  std::deque<WorkKey> line;
  std::map<std::string, WorkKey> fetched;
  int puts = 0, deliveries = 0;
  bool is_away = false;
};

class LineToServer final : public HintsBroker {
 public:
  explicit LineToServer(Server& server) : server_(server) {}
  Status put(WorkKind, std::span<const WorkKey> keys) override {
    ORGO_CHECK(look());
    ++server_.puts;
    server_.line.insert(server_.line.end(), keys.begin(), keys.end());
    return {};
  }
  Result<std::size_t> depth(WorkKind) override {
    ORGO_CHECK(look());
    return server_.line.size();
  }
  Result<std::vector<Fetched>> fetch(WorkKind, int limit, Millis) override {
    ORGO_CHECK(look());
    std::vector<Fetched> fetched;
    while (!server_.line.empty() && fetched.size() < static_cast<std::size_t>(limit)) {
      fetched.push_back({server_.line.front(), std::to_string(++server_.deliveries)});
      server_.fetched.emplace(fetched.back().delivery, server_.line.front());
      server_.line.pop_front();
    }
    return fetched;
  }
  Status ack(WorkKind, std::span<const std::string> deliveries) override {
    ORGO_CHECK(look());
    for (const auto& one : deliveries) server_.fetched.erase(one);
    return {};
  }
  void stop() override {}

 private:
  Status look() const {
    if (server_.is_away) return failure(Errc::unavailable, "the broker is away");
    return {};
  }
  Server& server_;
};

struct SharedHintsTest : testing::Test {
  std::unique_ptr<SharedHints> node(bool decides = true, bool has_others = true) {
    return std::make_unique<SharedHints>(
        std::make_unique<LineToServer>(server), clock,
        SharedHintsOptions{.decides = decides, .has_others = [has_others] { return has_others; }});
  }
  static std::vector<WorkKey> keys(std::int64_t first, std::int64_t last, TenantId tenant = kTenant) {
    std::vector<WorkKey> all;
    for (auto i = first; i <= last; ++i) all.push_back({tenant, kKind, i});
    return all;
  }
  std::vector<std::int64_t> take(SharedHints& hints, int limit = 1'000) {
    taken = hints.take(kKind, limit, clock.time);
    std::vector<std::int64_t> found;
    for (const auto& one : taken) found.push_back(one.key.reference);
    return found;
  }

  FixedClock clock;
  Server server;
  std::vector<WorkHint> taken;
};

TEST_F(SharedHintsTest, AnIdleNodeGetsHalfOfWhatABusyOneHas) {
  const auto busy = node(), idle = node();
  busy->announce(keys(1, 100), clock.time);
  busy->put_step();
  EXPECT_THAT(server.line, SizeIs(50));
  idle->fetch_step();
  EXPECT_THAT(take(*idle), SizeIs(50));
  EXPECT_THAT(take(*busy), SizeIs(50));
}

TEST_F(SharedHintsTest, WhatIsGivenAwayAndComesBackIsWorkedOn) {
  const auto alone = node();
  alone->announce(keys(1, 100), clock.time);
  alone->put_step();
  EXPECT_THAT(take(*alone), SizeIs(50));
  alone->fetch_step();
  EXPECT_THAT(take(*alone), SizeIs(50));
}

TEST_F(SharedHintsTest, WhatIsGivenAwayIsNotGivenTwice) {
  const auto busy = node();
  busy->announce(keys(1, 100), clock.time);
  busy->put_step();
  busy->announce(keys(1, 100), clock.time);  // a sweeper finds all of them unclaimed
  EXPECT_EQ(busy->waiting(kKind), 100U);
  clock.time += Millis{6'000};  // but what nobody took may have been forgotten
  busy->put_step();
  busy->announce(keys(1, 100), clock.time);
  EXPECT_EQ(busy->waiting(kKind), 150U);
}

TEST_F(SharedHintsTest, AnEmptyBrokerHoldsNothingOfOurs) {
  const auto busy = node();
  busy->announce(keys(1, 100), clock.time);
  busy->put_step();
  take(*busy);
  server.line.clear();  // wiped
  busy->put_step();
  busy->announce(keys(1, 100), clock.time);
  EXPECT_THAT(take(*busy), SizeIs(50)) << "what was given away, and not what is in hands";
}

TEST_F(SharedHintsTest, WhoDecidesNothingGivesAll) {
  const auto door = node(/*decides=*/false, /*has_others=*/false);
  int woken = 0;
  door->on_surplus([&] { ++woken; });
  door->announce(keys(1, 3), clock.time);
  EXPECT_EQ(woken, 1);
  door->put_step();
  EXPECT_THAT(server.line, SizeIs(3));
  EXPECT_EQ(door->fetch_step(), Millis{1'000});
  EXPECT_THAT(server.line, SizeIs(3));
}

TEST_F(SharedHintsTest, WhoIsAloneAsksNobody) {
  const auto alone = node(true, /*has_others=*/false);
  alone->announce(keys(1, 5'000), clock.time);
  alone->put_step();
  EXPECT_EQ(server.puts, 0);
}

TEST_F(SharedHintsTest, TurnsAreKeptWhenWorkIsShared) {
  const auto busy = node(), idle = node();
  busy->announce(keys(1, 1'000), clock.time);
  busy->announce(keys(1, 2, kOtherTenant), clock.time);
  busy->put_step();
  idle->fetch_step();
  std::multiset<TenantId> tenants;
  take(*idle, 10);
  for (const auto& one : taken) tenants.insert(one.key.tenant);
  EXPECT_EQ(tenants.count(kOtherTenant), 2U) << "not behind the thousand";
}

TEST_F(SharedHintsTest, WhatWaitsAtTheBrokerIsBounded) {
  const auto busy = node();
  for (int i = 0; i < 10; ++i) {
    busy->announce(keys(i * 2'000 + 1, (i + 1) * 2'000), clock.time);
    busy->put_step();
  }
  EXPECT_THAT(server.line, SizeIs(2'000));
}

TEST_F(SharedHintsTest, AWorkersAckComesToTheBroker) {
  const auto busy = node(), idle = node();
  busy->announce(keys(1, 100), clock.time);
  busy->put_step();
  idle->fetch_step();
  take(*idle);
  EXPECT_THAT(server.fetched, SizeIs(50));
  idle->ack(taken);
  idle->fetch_step();
  EXPECT_THAT(server.fetched, IsEmpty());
}

TEST_F(SharedHintsTest, WithoutABrokerEachWorksByItself) {
  const auto busy = node();
  busy->put_step();
  EXPECT_TRUE(busy->reaches_others());
  server.is_away = true;
  busy->announce(keys(1, 100), clock.time);
  EXPECT_EQ(busy->put_step(), Millis{1'000});
  EXPECT_EQ(busy->fetch_step(), Millis{20}) << "enough is here: nothing was asked";
  EXPECT_FALSE(busy->reaches_others());
  EXPECT_EQ(busy->trouble(), "the broker is away");
  EXPECT_THAT(take(*busy), SizeIs(100));
  server.is_away = false;
  busy->put_step();
  EXPECT_TRUE(busy->reaches_others());
  EXPECT_EQ(busy->trouble(), "");
}

TEST_F(SharedHintsTest, WhatCouldNotBeGivenAwayIsWorkedOnHere) {
  struct FailsToPut final : HintsBroker {
    Status put(WorkKind, std::span<const WorkKey>) override { return failure(Errc::unavailable, "cut"); }
    Result<std::size_t> depth(WorkKind) override { return 0; }
    Result<std::vector<Fetched>> fetch(WorkKind, int, Millis) override { return std::vector<Fetched>(); }
    Status ack(WorkKind, std::span<const std::string>) override { return {}; }
    void stop() override {}
  };
  SharedHints hints(std::make_unique<FailsToPut>(), clock);
  hints.announce(keys(1, 100), clock.time);
  hints.put_step();
  EXPECT_FALSE(hints.reaches_others());
  EXPECT_THAT(take(hints), SizeIs(100));
}

}  // namespace
}  // namespace orgo
