// What only RabbitMQ does as a broker of hints: it takes nothing while its memory or its disk is short.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/rabbitmq/rabbit_broker.h"
#include "tests/support/rabbitmq.h"
#include "tests/support/tenants.h"

namespace orgo::fault {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using tests::RabbitMq;

constexpr auto kKind = WorkKind::process;

std::vector<WorkKey> keys(std::int64_t first, std::int64_t last) {
  std::vector<WorkKey> all;
  for (auto i = first; i <= last; ++i) all.push_back({kTenant, kKind, i});
  return all;
}

class RabbitBrokerFault : public testing::Test {
 protected:
  void SetUp() override {
    if (!RabbitMq::available()) GTEST_SKIP() << "RabbitMQ is not installed (scripts/packages-test.txt)";
    static int installations = 0;
    options_.installation = "fault" + std::to_string(++installations);
  }
  std::unique_ptr<RabbitBroker> node() {
    return std::make_unique<RabbitBroker>(parse_broker_url(RabbitMq::shared().url()).value(), "", options_);
  }
  RabbitBrokerOptions options_;
};

/// However often it is tried: an alarm is no queue that is broken, and what waits in it stays.
TEST_F(RabbitBrokerFault, AnAlarmIsSaidAndCostsNothing) {
  const auto one = node(), other = node();
  ASSERT_TRUE(one->put(kKind, keys(1, 5)));
  RabbitMq::shared().tell("alarm");
  for (int i = 0; i < 4; ++i) {
    const auto put = one->put(kKind, keys(6, 6));
    ASSERT_FALSE(put);
    EXPECT_THAT(put.error().message, HasSubstr("memory or disk alarm"));
  }
  RabbitMq::shared().tell("calm");
  EXPECT_THAT(other->fetch(kKind, 5, Millis{5'000}).value(), SizeIs(5)) << "what was there before";
  Status again;
  for (const auto until = within(Millis{30'000}); !again && std::chrono::steady_clock::now() < until;)
    again = one->put(kKind, keys(7, 7));
  EXPECT_TRUE(again);
}

TEST_F(RabbitBrokerFault, ManyGoInWindows) {
  const auto one = node();
  ASSERT_TRUE(one->put(kKind, keys(1, 1'000)));
  std::size_t came = 0;
  for (const auto until = within(Millis{10'000}); came < 1'000 && std::chrono::steady_clock::now() < until;)
    came += one->fetch(kKind, 300, Millis{200}).value().size();
  EXPECT_EQ(came, 1'000U);
}

}  // namespace
}  // namespace orgo::fault
