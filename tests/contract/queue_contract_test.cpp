// What every Queue must do (port/queue.h).
#include <set>
#include <thread>

#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Millis kLease{60'000};

class QueueContract : public Suite {
 protected:
  void publish(std::initializer_list<std::int64_t> references, TimePoint visible_at = kStart,
               std::string_view topic = "work") {
    std::vector<QueueItem> items;
    for (const auto reference : references) items.push_back({kTenant, reference, visible_at});
    const auto published = stores.queue.publish(topic, items);
    EXPECT_TRUE(published) << published.error().message;
  }
  std::vector<QueueLease> lease(TimePoint now, int limit = 100, std::string_view topic = "work") {
    auto leases = stores.queue.lease(topic, now, kLease, limit);
    EXPECT_TRUE(leases) << leases.error().message;
    return leases.value_or(std::vector<QueueLease>{});
  }
  static std::vector<std::int64_t> references(const std::vector<QueueLease>& leases) {
    std::vector<std::int64_t> found;
    for (const auto& one : leases) found.push_back(one.reference);
    return found;
  }
  int complete(const QueueLease& one) { return stores.queue.complete(std::span(&one, 1)).value(); }
};

TEST_P(QueueContract, AnEmptyQueueGivesNothing) {
  EXPECT_THAT(lease(kStart), IsEmpty());
  EXPECT_EQ(stores.queue.depth("work").value(), 0);
  EXPECT_THAT(stores.queue.dead(10).value(), IsEmpty());
  EXPECT_TRUE(stores.queue.publish("work", {}));
  EXPECT_EQ(stores.queue.complete({}).value(), 0);
}

TEST_P(QueueContract, OldestVisibleFirstThenInTheOrderOfPublishing) {
  publish({1, 2}, kStart + Millis{2});
  publish({3}, kStart + Millis{1});
  publish({4}, kStart + Millis{2});
  EXPECT_THAT(references(lease(kStart + Millis{5})), ElementsAre(3, 1, 2, 4));
}

TEST_P(QueueContract, NothingIsLeasedBeforeItIsVisible) {
  publish({1}, kStart + Millis{1'000});
  EXPECT_THAT(lease(kStart + Millis{999}), IsEmpty());
  EXPECT_THAT(references(lease(kStart + Millis{1'000})), ElementsAre(1));
}

TEST_P(QueueContract, GivesAtMostTheLimit) {
  publish({1, 2, 3});
  EXPECT_THAT(references(lease(kStart, 2)), ElementsAre(1, 2));
  EXPECT_THAT(references(lease(kStart, 1)), ElementsAre(3));
}

TEST_P(QueueContract, LeasesAThousandAtOnce) {
  std::vector<QueueItem> items;
  for (int i = 1; i <= 1'001; ++i) items.push_back({kTenant, i, kStart});
  ASSERT_TRUE(stores.queue.publish("work", items));
  const auto leases = lease(kStart, 1'000);
  EXPECT_THAT(leases, SizeIs(1'000));
  EXPECT_EQ(stores.queue.complete(leases).value(), 1'000);
  EXPECT_EQ(stores.queue.depth("work").value(), 1);
}

TEST_P(QueueContract, TopicsDoNotMix) {
  publish({1});
  publish({2}, kStart, "other");
  EXPECT_THAT(references(lease(kStart)), ElementsAre(1));
  EXPECT_EQ(stores.queue.depth("other").value(), 1);
}

TEST_P(QueueContract, AnItemKeepsItsTenant) {
  const QueueItem item{kOtherTenant, 9, kStart};
  ASSERT_TRUE(stores.queue.publish("work", std::span(&item, 1)));
  const auto leases = lease(kStart);
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].tenant, kOtherTenant);
}

TEST_P(QueueContract, DuringTheLeaseNobodyElseGetsItAndAfterItSomebodyDoes) {
  publish({1});
  const auto first = lease(kStart);
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_THAT(lease(kStart + kLease - Millis{1}), IsEmpty());
  const auto second = lease(kStart + kLease);
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].item, first[0].item);
  EXPECT_GT(second[0].token, first[0].token) << "tokens grow with each lease";
  EXPECT_EQ(first[0].attempts, 1);
  EXPECT_EQ(second[0].attempts, 2) << "an attempt counts also when its worker never said a word";
}

TEST_P(QueueContract, OnlyTheNewestLeaseCanEndAnItem) {
  publish({1});
  const auto old = lease(kStart).at(0);
  const auto now = lease(kStart + kLease).at(0);
  EXPECT_EQ(complete(old), 0);
  EXPECT_TRUE(stores.queue.retry(old, kStart, "stale"));
  EXPECT_TRUE(stores.queue.bury(old, kStart, "stale"));
  EXPECT_EQ(stores.queue.depth("work").value(), 1);
  EXPECT_THAT(stores.queue.dead(10).value(), IsEmpty());
  EXPECT_THAT(lease(kStart + kLease + Millis{1}), IsEmpty()) << "a stale retry must not make it visible";
  EXPECT_EQ(complete(now), 1);
  EXPECT_EQ(stores.queue.depth("work").value(), 0);
}

TEST_P(QueueContract, AStaleLeaseNeverMeetsANewItem) {
  publish({1});
  const auto stale = lease(kStart).at(0);
  EXPECT_EQ(complete(lease(kStart + kLease).at(0)), 1);
  publish({2});
  EXPECT_EQ(references(lease(kStart)), std::vector<std::int64_t>{2});
  EXPECT_EQ(complete(stale), 0) << "the number of an item that is gone must not come again";
}

TEST_P(QueueContract, TheNewestLeaseCountsEvenWhenItsTimeIsOver) {
  publish({1});
  const auto late = lease(kStart).at(0);
  EXPECT_EQ(complete(late), 1) << "nobody else has it, so its work is done";
}

TEST_P(QueueContract, CompletingTwiceCountsOnce) {
  publish({1, 2});
  auto leases = lease(kStart);
  EXPECT_EQ(complete(leases[0]), 1);
  EXPECT_EQ(stores.queue.complete(leases).value(), 1) << "the first is gone, the second counts";
  EXPECT_EQ(stores.queue.complete(leases).value(), 0);
  EXPECT_THAT(lease(kStart + kLease), IsEmpty());
}

TEST_P(QueueContract, RetryGivesItBackForLater) {
  publish({1});
  const auto first = lease(kStart).at(0);
  ASSERT_TRUE(stores.queue.retry(first, kStart + Millis{5'000}, "peer down"));
  EXPECT_EQ(stores.queue.depth("work").value(), 1);
  EXPECT_EQ(complete(first), 0) << "a lease that was given back is over";
  EXPECT_THAT(lease(kStart + Millis{4'999}), IsEmpty());
  const auto second = lease(kStart + Millis{5'000});
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].attempts, 2);
}

TEST_P(QueueContract, BuriedItemsWaitForAPerson) {
  publish({7});
  const auto leased = lease(kStart).at(0);
  ASSERT_TRUE(stores.queue.bury(leased, kStart + Millis{10}, "cannot be read"));
  EXPECT_THAT(lease(kStart + kLease * 10), IsEmpty());
  EXPECT_EQ(stores.queue.depth("work").value(), 0) << "the dead don't wait";
  const auto dead = stores.queue.dead(10).value();
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].item, leased.item);
  EXPECT_EQ(dead[0].tenant, kTenant);
  EXPECT_EQ(dead[0].topic, "work");
  EXPECT_EQ(dead[0].reference, 7);
  EXPECT_EQ(dead[0].attempts, 1);
  EXPECT_EQ(dead[0].error, "cannot be read");
  EXPECT_EQ(dead[0].died_at, kStart + Millis{10});
}

TEST_P(QueueContract, ListsAtMostTheLimitOfTheDead) {
  publish({1, 2, 3});
  for (const auto& one : lease(kStart)) ASSERT_TRUE(stores.queue.bury(one, kStart, "x"));
  EXPECT_THAT(stores.queue.dead(2).value(), SizeIs(2));
  EXPECT_THAT(stores.queue.dead(10).value(), SizeIs(3));
}

TEST_P(QueueContract, RevivedItemsStartAgain) {
  publish({7});
  const auto old = lease(kStart).at(0);
  ASSERT_TRUE(stores.queue.bury(old, kStart, "x"));
  ASSERT_TRUE(stores.queue.revive(old.item, kStart + Millis{100}));
  EXPECT_THAT(stores.queue.dead(10).value(), IsEmpty());
  EXPECT_THAT(lease(kStart + Millis{99}), IsEmpty());
  const auto again = lease(kStart + Millis{100});
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].reference, 7);
  EXPECT_EQ(again[0].attempts, 1);
  EXPECT_EQ(complete(old), 0) << "a lease from before its death is stale";
  EXPECT_EQ(complete(again[0]), 1);
}

TEST_P(QueueContract, DroppedItemsAreGoneAndTold) {
  publish({7});
  const auto leased = lease(kStart).at(0);
  ASSERT_TRUE(stores.queue.bury(leased, kStart, "x"));
  const auto dropped = stores.queue.drop(leased.item).value();
  EXPECT_EQ(dropped.reference, 7);
  EXPECT_EQ(dropped.error, "x");
  EXPECT_THAT(stores.queue.dead(10).value(), IsEmpty());
  EXPECT_THAT(lease(kStart + kLease * 10), IsEmpty());
  EXPECT_EQ(stores.queue.drop(leased.item).error().code, Errc::not_found);
}

TEST_P(QueueContract, OnlyTheDeadCanBeRevivedOrDropped) {
  publish({1});
  const auto alive = lease(kStart).at(0);
  EXPECT_EQ(stores.queue.revive(alive.item, kStart).error().code, Errc::not_found);
  EXPECT_EQ(stores.queue.drop(alive.item).error().code, Errc::not_found);
  EXPECT_EQ(stores.queue.revive(QueueItemId{4711}, kStart).error().code, Errc::not_found);
}

TEST_P(QueueContract, KeepsAKibibyteOfAnErrorAndSurvivesMore) {
  publish({1, 2});
  const auto leases = lease(kStart);
  ASSERT_TRUE(stores.queue.bury(leases[0], kStart, std::string(1024, 'e')));
  ASSERT_TRUE(stores.queue.bury(leases[1], kStart, std::string(1025, 'e')));
  const auto dead = stores.queue.dead(10).value();
  ASSERT_THAT(dead, SizeIs(2));
  for (const auto& letter : dead) EXPECT_TRUE(letter.error == std::string(1024, 'e')) << letter.error.size();
}

TEST_P(QueueContract, TwoWorkersNeverHoldTheSameItem) {
  std::vector<QueueItem> items;
  for (int i = 1; i <= 400; ++i) items.push_back({kTenant, i, kStart});
  ASSERT_TRUE(stores.queue.publish("work", items));
  std::vector<std::vector<QueueLease>> held(8);
  {
    std::vector<std::jthread> workers;
    for (auto& mine : held)
      workers.emplace_back([&, at = &mine] {
        for (;;) {
          const auto leases = stores.queue.lease("work", kStart, kLease, 7);
          if (!leases || leases->empty()) return;
          at->insert(at->end(), leases->begin(), leases->end());
        }
      });
  }
  std::set<QueueItemId> distinct;
  std::size_t all = 0;
  for (const auto& mine : held)
    for (const auto& one : mine) {
      distinct.insert(one.item);
      ++all;
    }
  EXPECT_EQ(all, 400U);
  EXPECT_EQ(distinct.size(), 400U);
}

ORGO_CONTRACT(QueueContract);

}  // namespace
}  // namespace orgo::contract
