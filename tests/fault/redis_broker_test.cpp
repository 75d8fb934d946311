// What only Redis does as a broker of hints: it knows nothing of connections that were cut, keeps what anybody writes,
// asks for passwords, and may be a cluster.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/redis/redis_broker.h"
#include "tests/support/redis.h"
#include "tests/support/tenants.h"

namespace orgo::fault {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::Redis;

constexpr auto kKind = WorkKind::process;

class RedisBrokerFault : public testing::Test {
 protected:
  void SetUp() override {
    if (!Redis::available()) GTEST_SKIP() << "Redis is not installed (scripts/packages-test.txt)";
    static int installations = 0;
    options_.installation = "fault" + std::to_string(++installations);
    url_ = parse_broker_url(Redis::shared().url()).value();
  }
  std::unique_ptr<RedisBroker> node(const std::string& password = {}) {
    return std::make_unique<RedisBroker>(url_, password, options_);
  }
  std::vector<RedisReply> say(const std::vector<RedisCommand>& commands) {
    RedisSession session(url_, {}, stop_);
    return session.ask(commands, within(Millis{10'000})).value();
  }
  [[nodiscard]] std::string stream() const { return "orgo:hints:" + options_.installation + ":1"; }
  static std::vector<std::int64_t> references(const Result<std::vector<HintsBroker::Fetched>>& fetched) {
    EXPECT_TRUE(fetched) << fetched.error().message;
    std::vector<std::int64_t> found;
    if (fetched)
      for (const auto& one : *fetched) found.push_back(one.key.reference);
    return found;
  }
  static std::vector<WorkKey> keys(std::int64_t first, std::int64_t last) {
    std::vector<WorkKey> all;
    for (auto i = first; i <= last; ++i) all.push_back({kTenant, kKind, i});
    return all;
  }

  net::StopSignal stop_;
  BrokerUrl url_;
  RedisBrokerOptions options_;
};

TEST_F(RedisBrokerFault, WhatADeadNodeHeldIsGivenToOthersInTime) {
  options_.claims_every = Millis{0};
  ASSERT_TRUE(node()->put(kKind, keys(1, 3)));
  EXPECT_THAT(references(node()->fetch(kKind, 2, Millis{0})), ElementsAre(1, 2));  // and is gone
  const auto patient = node();
  EXPECT_THAT(references(patient->fetch(kKind, 10, Millis{0})), ElementsAre(3)) << "not yet";
  options_.claimed_after = Millis{0};
  EXPECT_THAT(references(node()->fetch(kKind, 10, Millis{0})), ElementsAre(1, 2, 3)) << "those of both";
}

TEST_F(RedisBrokerFault, WhatWasFetchedWhenTheAnswerWasLostComesAgain) {
  const auto one = node();
  ASSERT_TRUE(one->put(kKind, keys(1, 2)));
  EXPECT_THAT(references(one->fetch(kKind, 10, Millis{0})), ElementsAre(1, 2));
  say({{"CLIENT", "KILL", "TYPE", "normal"}});
  (void)one->fetch(kKind, 10, Millis{0});  // it hears of the cut
  EXPECT_THAT(references(one->fetch(kKind, 10, Millis{0})), ElementsAre(1, 2));
}

TEST_F(RedisBrokerFault, WhatOthersWroteThereIsForgotten) {
  const auto one = node();
  ASSERT_TRUE(one->put(kKind, keys(1, 1)));
  say({{"XADD", stream(), "*", "k", "no hint"},
       {"XADD", stream(), "*", "a", "1", "b", "2", "c", "3"},
       {"XADD", stream(), "*", "k", "1 -7"},
       {"XADD", stream(), "*", "k", std::string(1U << 20U, '9') + " 1"}});
  ASSERT_TRUE(one->put(kKind, keys(2, 2)));
  EXPECT_THAT(references(one->fetch(kKind, 10, Millis{0})), ElementsAre(1, 2));
  EXPECT_EQ(say({{"XLEN", stream()}}).front().number, 2) << "the others are gone";
}

TEST_F(RedisBrokerFault, AKeyOfAnotherKindIsSaid) {
  say({{"SET", stream(), "ours"}});
  const auto put = node()->put(kKind, keys(1, 1));
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, Errc::invalid_input);
  EXPECT_THAT(put.error().message, HasSubstr("somebody else uses keys that begin with orgo:hints:"));
}

TEST_F(RedisBrokerFault, ALineThatNobodyReadsStaysShort) {
  const auto one = node();
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(one->put(kKind, keys(i * 1'000 + 1, i * 1'000 + 1'000)));
  EXPECT_LE(one->depth(kKind).value(), 21'000U);
}

TEST_F(RedisBrokerFault, WithoutRoomItSaysSoAndGoesOnLater) {
  const auto one = node();
  ASSERT_TRUE(one->put(kKind, keys(1, 1)));
  say({{"CONFIG", "SET", "maxmemory", "1"}});
  const auto refused = one->put(kKind, keys(2, 2));
  say({{"CONFIG", "SET", "maxmemory", "0"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("OOM"));
  EXPECT_TRUE(one->put(kKind, keys(3, 3)));
}

TEST_F(RedisBrokerFault, AWrongPasswordIsSaidAndNotShown) {
  Redis server;
  url_ = parse_broker_url(server.url()).value();
  say({{"CONFIG", "SET", "requirepass", "sesame"}});
  const auto none = node()->depth(kKind);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::invalid_input);
  EXPECT_THAT(none.error().message, HasSubstr("queue.password_file"));
  const auto wrong = node("open!")->depth(kKind);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Errc::invalid_input);
  EXPECT_THAT(wrong.error().message, AllOf(HasSubstr("queue.password"), testing::Not(HasSubstr("open!"))));
  EXPECT_TRUE(node("sesame")->depth(kKind));
}

TEST_F(RedisBrokerFault, WhoSpeaksNoRedisIsSaid) {
  url_.scheme = "rediss";  // this one has no TLS
  const auto depth = node()->depth(kKind);
  ASSERT_FALSE(depth);
  EXPECT_EQ(depth.error().code, Errc::unavailable);
  EXPECT_THAT(depth.error().message, HasSubstr("TLS"));
}

TEST_F(RedisBrokerFault, AClusterIsFollowedToWhereTheKeyIs) {
  Redis first("cluster");
  for (const auto port : first.cluster_ports()) {
    url_.port = port;
    const auto one = node();
    ASSERT_TRUE(one->put(kKind, keys(port, port))) << "by any of them";
    EXPECT_EQ(one->depth(kKind).value(), 1U);
    EXPECT_THAT(references(one->fetch(kKind, 10, Millis{0})), ElementsAre(port));
    EXPECT_THAT(references(one->fetch(kKind, 10, Millis{0})), IsEmpty());
  }
}

}  // namespace
}  // namespace orgo::fault
