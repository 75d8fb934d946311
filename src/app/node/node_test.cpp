#include "app/node/node.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>
#include <vector>

#include "adapter/clock/agreed_clock.h"
#include "adapter/in_process/in_process_locks.h"

namespace orgo {
namespace {

/// Tells whoever publishes, before it goes on.
class DirectSignals final : public Signals {
 public:
  void publish(std::string_view topic, std::string_view text) override {
    ++published;
    for (const auto& listener : listeners_[std::string(topic)]) listener(text);
  }
  std::unique_ptr<Subscription> subscribe(std::string topic, Listener listener) override {
    listeners_[std::move(topic)].push_back(std::move(listener));
    return std::make_unique<Subscription>();
  }
  int published = 0;

 private:
  std::map<std::string, std::vector<Listener>> listeners_;
};

class NodesTest : public testing::Test {
 protected:
  AgreedClock clock;
  DirectSignals signals;
  InProcessLocks locks{clock.now()};
  Lifecycle lifecycle;
  Node one{"one", clock, signals, locks, lifecycle};
  Node two{"two", clock, signals, locks, lifecycle};
};

TEST_F(NodesTest, OthersHearWhatIsToldAndTheTellerDoesNot) {
  int by_one = 0, by_two = 0;
  const auto first = one.hear_others(kWorkWaits, [&] { ++by_one; });
  const auto second = two.hear_others(kWorkWaits, [&] { ++by_two; });
  one.set_others(true);
  one.tell_others(kWorkWaits);
  EXPECT_EQ(by_one, 0);
  EXPECT_EQ(by_two, 1);
  one.tell_others(kSendsWait);
  EXPECT_EQ(by_two, 1) << "of something else";
}

TEST_F(NodesTest, WhoIsAloneTellsNobody) {
  one.tell_others(kWorkWaits);
  EXPECT_EQ(signals.published, 0);
}

TEST_F(NodesTest, WhatMayHaveBeenMissedIsHeard) {
  int heard = 0;
  const auto subscription = one.hear_others(kDecided, [&] { ++heard; });
  signals.publish(kDecided, "");
  EXPECT_EQ(heard, 1);
}

}  // namespace
}  // namespace orgo
