// What every Signals must do (port/signals.h). A new backend is one line in all_backends().
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "adapter/in_process/in_process_signals.h"
#include "adapter/sql/postgres/postgres_signals.h"
#include "tests/support/heard.h"
#include "tests/support/postgres_schema.h"

namespace orgo::contract {
namespace {

using testing::Contains;
using testing::Not;
using tests::Heard;

/// One installation's signals: `node(i)` is what the i-th node of it works with.
class SignalsWorld {
 public:
  virtual ~SignalsWorld() = default;
  virtual Signals& node(int number) = 0;
};

class InProcessWorld final : public SignalsWorld {
 public:
  Signals& node(int) override { return signals_; }

 private:
  InProcessSignals signals_;
};

/// Each node has a connection of its own.
class PostgresWorld final : public SignalsWorld {
 public:
  PostgresWorld() {
    for (auto& node : nodes_) {
      node = std::make_unique<sql::PostgresSignals>(schema_.options());
      node->publish("begins", "");
    }
    for (auto& node : nodes_)
      while (!node->is_listening()) std::this_thread::yield();
  }
  Signals& node(int number) override { return *nodes_.at(static_cast<std::size_t>(number)); }

 private:
  tests::PostgresSchema schema_;
  std::array<std::unique_ptr<sql::PostgresSignals>, 2> nodes_;
};

template <typename World>
std::unique_ptr<SignalsWorld> make() {
  return std::make_unique<World>();
}

struct SignalsBackend {
  std::string name;
  std::unique_ptr<SignalsWorld> (*make)();
  friend std::ostream& operator<<(std::ostream& out, const SignalsBackend& backend) { return out << backend.name; }
};
std::vector<SignalsBackend> all_backends() {
  std::vector<SignalsBackend> backends = {{"in_process", make<InProcessWorld>}};
  if (tests::Postgres::available()) backends.push_back({"postgres", make<PostgresWorld>});
  return backends;
}

class SignalsContract : public testing::TestWithParam<SignalsBackend> {
 protected:
  std::unique_ptr<SignalsWorld> world = GetParam().make();
  Signals& a = world->node(0);
  Signals& b = world->node(1);
};

TEST_P(SignalsContract, EachSubscriptionOfTheTopicHearsIt) {
  Heard own, other, elsewhere;
  const auto one = a.subscribe("rules", own.listener());
  const auto two = b.subscribe("rules", other.listener());
  const auto three = b.subscribe("sessions", elsewhere.listener());
  EXPECT_TRUE(own.hears(a, "rules", "v1"));
  EXPECT_TRUE(other.hears(a, "rules", "v2"));
  EXPECT_TRUE(elsewhere.hears(a, "sessions", "s1"));
  EXPECT_THAT(elsewhere.texts(), Not(Contains("v1")));
  EXPECT_THAT(own.texts(), Not(Contains("s1")));
}

TEST_P(SignalsContract, NothingIsHeardBeforeAndBehindASubscription) {
  Heard before, inside, after;
  a.publish("rules", "early");
  {
    const auto held = a.subscribe("rules", inside.listener());
    ASSERT_TRUE(inside.hears(a, "rules", "now"));
  }
  const auto texts = inside.texts();
  const auto other = a.subscribe("rules", after.listener());
  ASSERT_TRUE(after.hears(a, "rules", "late"));
  EXPECT_EQ(inside.texts(), texts);
}

/// The end of a subscription waits for the call that runs, so that a listener may go by what lives as long as it.
TEST_P(SignalsContract, NoCallRunsWhenTheSubscriptionHasEnded) {
  std::promise<void> running, go_on;
  std::atomic<bool> first = true;
  auto may_go = go_on.get_future().share();
  auto held = a.subscribe("rules", [&](std::string_view) {
    if (!first.exchange(false)) return;
    running.set_value();
    may_go.wait();
  });
  auto began = running.get_future();
  while (began.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready) a.publish("rules", "x");
  auto ended = std::async(std::launch::async, [&] { held.reset(); });
  EXPECT_EQ(ended.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout)
      << "the subscription ended while its listener ran";
  go_on.set_value();
  ended.wait();
}

/// A listener that hangs costs its own signals, and never the publisher's time.
TEST_P(SignalsContract, PublishNeverBlocks) {
  std::promise<void> go_on;
  auto may_go = go_on.get_future().share();
  auto held = a.subscribe("rules", [&](std::string_view) { may_go.wait(); });
  auto published = std::async(std::launch::async, [&] {
    for (int i = 0; i < 30'000; ++i) b.publish("rules", "x");
  });
  EXPECT_EQ(published.wait_for(std::chrono::seconds(30)), std::future_status::ready);
  go_on.set_value();
  published.wait();
  held.reset();
}

TEST_P(SignalsContract, TopicsAndTextsHaveLimits) {
  Heard heard, longest_topic;
  const std::string topic(Signals::kTopicMax, 't');
  const auto one = a.subscribe("rules", heard.listener());
  const auto two = a.subscribe(topic, longest_topic.listener());
  const std::string longest(Signals::kTextMax, 'x');
  a.publish("rules", longest + "x");
  EXPECT_TRUE(heard.hears(a, "rules", longest));
  EXPECT_TRUE(longest_topic.hears(a, topic, ""));
  EXPECT_THAT(heard.texts(), testing::ElementsAre(longest));
}

/// Any bytes: names in any encoding, a quote, a line end, a NUL.
TEST_P(SignalsContract, ATextIsItsBytes) {
  Heard heard;
  const std::string topic = "it's \xff";
  const std::string text("a\0b\n'\\ \xc3\x28", 9);
  const auto held = b.subscribe(topic, heard.listener());
  EXPECT_TRUE(heard.hears(a, topic, text));
}

/// Who publishes much at once is heard to the end, whatever got lost on the way.
TEST_P(SignalsContract, ManyPublishersAtOnce) {
  Heard heard;
  const auto held = b.subscribe("rules", heard.listener());
  std::vector<std::thread> publishers;
  for (int i = 0; i < 8; ++i)
    publishers.emplace_back([&, i] {
      for (int number = 0; number < 500; ++number)
        (i % 2 == 0 ? a : b).publish("rules", std::to_string(i) + "." + std::to_string(number));
    });
  for (auto& publisher : publishers) publisher.join();
  EXPECT_TRUE(heard.hears(a, "rules", "last of a"));
  EXPECT_TRUE(heard.hears(b, "rules", "last of b"));
}

TEST_P(SignalsContract, SubscriptionsComeAndGoWhileOthersPublish) {
  const auto publish_some = [&] {
    for (int i = 0; i < 20; ++i) a.publish("rules", "x");
  };
  for (int i = 0; i < 200; ++i) {
    Heard heard;
    publish_some();
    const auto held = b.subscribe("rules", heard.listener());
    EXPECT_TRUE(heard.hears(b, "rules", std::to_string(i)));
    publish_some();
  }
}

INSTANTIATE_TEST_SUITE_P(Every, SignalsContract, testing::ValuesIn(all_backends()),
                         [](const auto& backend) { return backend.param.name; });

}  // namespace
}  // namespace orgo::contract
