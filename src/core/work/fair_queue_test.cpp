#include "core/work/fair_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

namespace orgo {
namespace {

WorkKey key(std::int64_t tenant, std::int64_t reference) {
  return {TenantId{tenant}, WorkKind::process, reference};
}

std::vector<std::int64_t> tenants(const std::vector<WorkKey>& keys) {
  std::vector<std::int64_t> found;
  for (const auto& one : keys) found.push_back(one.tenant.value);
  return found;
}

TEST(FairQueue, WhoComesWithOneIsServedBesideAFlood) {
  FairQueue queue(20'000);
  for (std::int64_t i = 1; i <= 20'000; ++i) queue.push(key(1, i));
  EXPECT_TRUE(queue.push(key(2, 7)).kept);
  const auto taken = queue.take(100);
  EXPECT_EQ(taken.size(), 100U);
  EXPECT_THAT(taken, testing::Contains(key(2, 7)));
}

TEST(FairQueue, TurnsGoOnWhereTheyEnded) {
  FairQueue queue(100);
  for (std::int64_t tenant = 1; tenant <= 5; ++tenant)
    for (std::int64_t i = 1; i <= 2; ++i) queue.push(key(tenant, i));
  EXPECT_THAT(tenants(queue.take(3)), testing::ElementsAre(1, 2, 3));
  EXPECT_THAT(tenants(queue.take(3)), testing::ElementsAre(4, 5, 1));
  EXPECT_THAT(tenants(queue.take(9)), testing::ElementsAre(2, 3, 4, 5));
  EXPECT_TRUE(queue.take(9).empty());
}

TEST(FairQueue, APlaceOfATenantStandsBesideItsOthers) {
  FairQueue queue(100);
  for (std::int64_t i = 1; i <= 40; ++i) queue.push(key(1 + i % 2, i));
  EXPECT_THAT(tenants(queue.take(6)), testing::ElementsAre(2, 2, 2, 1, 1, 1));
}

TEST(FairQueue, WhoFillsItKeepsNobodyOut) {
  FairQueue queue(4);
  for (std::int64_t i = 1; i <= 4; ++i) EXPECT_TRUE(queue.push(key(1, i)).kept);
  EXPECT_FALSE(queue.push(key(1, 5)).kept) << "nobody has more";
  const auto pushed = queue.push(key(2, 1));
  EXPECT_TRUE(pushed.kept);
  EXPECT_EQ(pushed.given_up, key(1, 4)) << "its newest";
  EXPECT_EQ(queue.push(key(2, 2)).given_up, key(1, 3));
  EXPECT_FALSE(queue.push(key(2, 3)).kept) << "both have two";
  EXPECT_EQ(queue.size(), 4U);
}

RC_GTEST_PROP(FairQueue, IsBoundedInOrderAndFair, ()) {
  const auto room = *rc::gen::inRange<std::size_t>(1, 40);
  FairQueue queue(room);
  std::map<std::int64_t, std::deque<std::int64_t>> model;
  std::int64_t next = 0;
  const auto waiting = [&] {
    std::size_t count = 0;
    for (const auto& [tenant, line] : model) count += line.size();
    return count;
  };
  for (const auto step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 60))) {
    if (step < 50) {  // tenant 0 brings most
      const std::int64_t tenant = step < 30 ? 0 : step % 7;
      const auto full = waiting() == room;
      const auto pushed = queue.push(key(tenant, ++next));
      RC_ASSERT(pushed.given_up.has_value() == (full && pushed.kept));
      if (pushed.given_up) {
        auto& line = model[pushed.given_up->tenant.value];
        RC_ASSERT(line.back() == pushed.given_up->reference);
        line.pop_back();
        for (const auto& [other, others] : model) RC_ASSERT(others.size() <= line.size() + 1);
      }
      if (pushed.kept) model[tenant].push_back(next);
      if (!pushed.kept)
        for (const auto& [other, others] : model) RC_ASSERT(others.size() <= model[tenant].size() + 1);
    } else {
      const auto limit = static_cast<std::size_t>(step - 50);
      const auto expected = std::min(limit, waiting());
      std::size_t hungry = 0;
      for (const auto& [tenant, line] : model) hungry += line.empty() ? 0 : 1;
      const auto taken = queue.take(limit);
      RC_ASSERT(taken.size() == expected);
      std::set<std::int64_t> served;
      for (const auto& one : taken) {
        auto& line = model[one.tenant.value];
        RC_ASSERT(line.front() == one.reference);
        line.pop_front();
        served.insert(one.tenant.value);
      }
      RC_ASSERT(served.size() == std::min(hungry, expected));
    }
    RC_ASSERT(queue.size() == waiting());
    RC_ASSERT(queue.size() <= room);
  }
}

}  // namespace
}  // namespace orgo
