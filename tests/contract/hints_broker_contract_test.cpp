// What every HintsBroker must do (adapter/broker/hints_broker.h), against the real servers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <thread>

#include "adapter/brokers/open_broker.h"
#include "tests/support/rabbitmq.h"
#include "tests/support/redis.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kKind = WorkKind::process;
constexpr auto kOtherKind = static_cast<WorkKind>(7);
constexpr Millis kSoon{5'000};

/// A kind of server, one of which all tests of this program share.
struct BrokerBackend {
  std::string name;
  bool (*is_available)();
  std::string (*url)();
  void (*tell)(const std::string& word);  ///< "kill", "start", "freeze", "thaw", "wipe"
  friend std::ostream& operator<<(std::ostream& out, const BrokerBackend& backend) { return out << backend.name; }
};

std::vector<BrokerBackend> broker_backends() {
  return {{"redis", tests::Redis::available, [] { return tests::Redis::shared().url(); },
           [](const std::string& word) { tests::Redis::shared().tell(word); }},
          {"rabbitmq", tests::RabbitMq::available, [] { return tests::RabbitMq::shared().url(); },
           [](const std::string& word) { tests::RabbitMq::shared().tell(word); }}};
}

class HintsBrokerContract : public testing::TestWithParam<BrokerBackend> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << GetParam().name << " is not installed (scripts/packages-test.txt)";
    static int installations = 0;
    installation_ = "contract" + std::to_string(++installations);
  }
  /// One more node.
  std::unique_ptr<HintsBroker> node() { return open_broker(GetParam().url(), "", installation_).value(); }
  static std::vector<WorkKey> keys(std::int64_t first, std::int64_t last, WorkKind kind = kKind) {
    std::vector<WorkKey> all;
    for (auto i = first; i <= last; ++i) all.push_back({kTenant, kind, i});
    return all;
  }
  /// What comes by the end of its time; deliveries are left in `delivered`.
  std::vector<std::int64_t> fetch(HintsBroker& broker, int limit = 100, Millis wait = Millis{0},
                                  WorkKind kind = kKind) {
    const auto fetched = broker.fetch(kind, limit, wait);
    EXPECT_TRUE(fetched) << fetched.error().message;
    std::vector<std::int64_t> found;
    delivered.clear();
    if (!fetched) return found;
    for (const auto& one : *fetched) {
      EXPECT_EQ(one.key.tenant, kTenant);
      EXPECT_EQ(one.key.kind, kind);
      found.push_back(one.key.reference);
      delivered.push_back(one.delivery);
    }
    return found;
  }
  /// Some brokers hand out what was just put a moment later.
  std::vector<std::int64_t> fetch_all(HintsBroker& broker, std::size_t count) {
    std::vector<std::int64_t> all;
    std::vector<std::string> deliveries;
    for (const auto until = within(kSoon); all.size() < count && std::chrono::steady_clock::now() < until;) {
      const auto some = fetch(broker, 100, Millis{100});
      all.insert(all.end(), some.begin(), some.end());
      deliveries.insert(deliveries.end(), delivered.begin(), delivered.end());
    }
    delivered = deliveries;
    return all;
  }
  static void wait_for_depth(HintsBroker& broker, std::size_t depth) {
    for (const auto until = within(kSoon); std::chrono::steady_clock::now() < until; std::this_thread::yield())
      if (broker.depth(kKind).value_or(depth + 1) == depth) return;
    EXPECT_EQ(broker.depth(kKind).value(), depth);
  }
  std::vector<std::string> delivered;

 private:
  std::string installation_;
};

TEST_P(HintsBrokerContract, WhatOnePutsAnotherFetchesInItsOrder) {
  const auto one = node(), other = node();
  EXPECT_THAT(fetch(*other), IsEmpty());
  ASSERT_TRUE(one->put(kKind, keys(3, 5)));
  ASSERT_TRUE(one->put(kKind, keys(1, 1)));
  EXPECT_THAT(fetch_all(*other, 4), ElementsAre(3, 4, 5, 1));
  EXPECT_THAT(fetch(*other), IsEmpty());
}

TEST_P(HintsBrokerContract, EachIsGivenToOneOfTwo) {
  const auto one = node(), other = node();
  ASSERT_TRUE(one->put(kKind, keys(1, 100)));
  auto all = fetch(*one, 50, kSoon);
  EXPECT_THAT(all, SizeIs(testing::Le(50U)));
  const auto rest = fetch_all(*other, 100 - all.size());
  all.insert(all.end(), rest.begin(), rest.end());
  std::ranges::sort(all);
  ASSERT_THAT(all, SizeIs(100));
  EXPECT_EQ(std::ranges::unique(all).size(), 0U);
}

TEST_P(HintsBrokerContract, DepthIsWhatNobodyHas) {
  const auto one = node();
  EXPECT_EQ(one->depth(kKind).value(), 0U);
  ASSERT_TRUE(one->put(kKind, keys(1, 10)));
  wait_for_depth(*one, 10);
  EXPECT_THAT(fetch(*one, 4, kSoon), SizeIs(4));
  wait_for_depth(*one, 6);
  ASSERT_TRUE(one->ack(kKind, delivered));
  wait_for_depth(*one, 6);
}

TEST_P(HintsBrokerContract, WhatIsAcknowledgedComesNoMore) {
  {
    const auto one = node();
    ASSERT_TRUE(one->put(kKind, keys(1, 3)));
    EXPECT_THAT(fetch_all(*one, 3), SizeIs(3));
    ASSERT_TRUE(one->ack(kKind, delivered));
    EXPECT_TRUE(one->ack(kKind, delivered)) << "twice is harmless";
  }
  const auto later = node();
  EXPECT_THAT(fetch(*later, 100, Millis{200}), IsEmpty());
}

TEST_P(HintsBrokerContract, KindsDoNotMix) {
  const auto one = node();
  ASSERT_TRUE(one->put(kKind, keys(1, 1)));
  ASSERT_TRUE(one->put(kOtherKind, keys(2, 2, kOtherKind)));
  EXPECT_THAT(fetch(*one, 10, kSoon), ElementsAre(1));
  EXPECT_THAT(fetch(*one, 10, kSoon, kOtherKind), ElementsAre(2));
}

TEST_P(HintsBrokerContract, InstallationsDoNotMix) {
  const auto one = node();
  const auto stranger = open_broker(GetParam().url(), "", "somebody-else").value();
  ASSERT_TRUE(one->put(kKind, keys(1, 1)));
  EXPECT_THAT(fetch(*stranger, 10, Millis{100}), IsEmpty());
}

TEST_P(HintsBrokerContract, WhoWaitsHearsOfWhatComes) {
  const auto one = node(), other = node();
  EXPECT_THAT(fetch(*other), IsEmpty());  // it is connected
  std::thread putter([&] { EXPECT_TRUE(one->put(kKind, keys(1, 1))); });
  EXPECT_THAT(fetch(*other, 100, kSoon), ElementsAre(1));
  putter.join();
}

TEST_P(HintsBrokerContract, StopEndsAWait) {
  const auto one = node();
  std::thread stopper([&] { one->stop(); });
  const auto fetched = one->fetch(kKind, 100, Millis{3'600'000});
  EXPECT_FALSE(fetched);
  stopper.join();
  EXPECT_FALSE(one->put(kKind, keys(1, 1)));
  EXPECT_FALSE(one->depth(kKind));
}

TEST_P(HintsBrokerContract, WipedItGoesOn) {
  const auto one = node(), other = node();
  ASSERT_TRUE(one->put(kKind, keys(1, 5)));
  EXPECT_THAT(fetch(*other, 2, kSoon), SizeIs(testing::Le(2U)));
  const auto held = delivered;
  GetParam().tell("wipe");
  EXPECT_EQ(one->depth(kKind).value_or(0), 0U);
  (void)other->ack(kKind, held);  // of what is gone
  for (const auto until = within(kSoon); std::chrono::steady_clock::now() < until;)
    if (one->put(kKind, keys(9, 9))) break;
  EXPECT_THAT(fetch_all(*other, 1), ElementsAre(9));
}

TEST_P(HintsBrokerContract, AServerThatDiedIsFoundAgain) {
  const auto one = node(), other = node();
  ASSERT_TRUE(one->put(kKind, keys(1, 1)));
  EXPECT_THAT(fetch_all(*other, 1), ElementsAre(1));
  ASSERT_TRUE(other->ack(kKind, delivered));
  GetParam().tell("kill");
  const auto put = one->put(kKind, keys(2, 2));
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, Errc::unavailable);
  const auto fetched = other->fetch(kKind, 10, Millis{0});
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().code, Errc::unavailable);
  GetParam().tell("start");
  Status again;
  for (const auto until = within(Millis{60'000}); std::chrono::steady_clock::now() < until;)
    if ((again = one->put(kKind, keys(3, 3)))) break;
  ASSERT_TRUE(again) << again.error().message;
  bool came = false;
  for (const auto until = within(Millis{60'000}); !came && std::chrono::steady_clock::now() < until;)
    if (const auto some = other->fetch(kKind, 10, Millis{100}))
      for (const auto& one_of_them : *some) came = came || one_of_them.key.reference == 3;
  EXPECT_TRUE(came);
}

TEST_P(HintsBrokerContract, AFrozenServerIsNotWaitedForForEver) {
  const auto one = node();
  ASSERT_TRUE(one->put(kKind, keys(1, 1)));
  GetParam().tell("freeze");
  const auto begun = std::chrono::steady_clock::now();
  const auto put = one->put(kKind, keys(2, 2));
  const auto took = std::chrono::steady_clock::now() - begun;
  GetParam().tell("thaw");
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, Errc::unavailable);
  EXPECT_LT(took, HintsBroker::kPatience * 4);
  EXPECT_TRUE(one->put(kKind, keys(3, 3))) << "with a new connection";
}

TEST_P(HintsBrokerContract, WhatANodeHadWhenItWasCutComesAgain) {
  const auto one = node();
  ASSERT_TRUE(one->put(kKind, keys(1, 2)));
  {
    const auto dying = node();
    EXPECT_THAT(fetch_all(*dying, 2), SizeIs(2));
  }
  if (GetParam().name == "redis") return;  // by time alone; see redis_broker_test
  EXPECT_THAT(fetch_all(*one, 2), SizeIs(2));
}

INSTANTIATE_TEST_SUITE_P(Every, HintsBrokerContract, testing::ValuesIn(broker_backends()),
                         [](const auto& backend) { return backend.param.name; });

}  // namespace
}  // namespace orgo::contract
