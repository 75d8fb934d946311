// How long work may wait, whatever a clock said when it was put off (port/work_store.h).
#include <gmock/gmock.h>

#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::SizeIs;

constexpr Millis kLease{60'000};

class WorkWaitsContract : public Suite {
 protected:
  static WorkKey key(std::int64_t reference) { return {kTenant, WorkKind::process, reference}; }
  void add(std::initializer_list<std::int64_t> references, TimePoint visible_at = kStart) {
    std::vector<WorkKey> keys;
    for (const auto reference : references) keys.push_back(key(reference));
    EXPECT_TRUE(stores.work.add(keys, visible_at));
  }
  std::vector<WorkLease> claim(TimePoint now) {
    const auto keys = stores.work.unclaimed(WorkKind::process, now, 100).value();
    return stores.work.claim(kOwner, keys, now, kLease).value();
  }
  std::vector<std::int64_t> unclaimed(TimePoint now) {
    std::vector<std::int64_t> found;
    const auto keys = stores.work.unclaimed(WorkKind::process, now, 100).value();
    for (const auto& one : keys) found.push_back(one.reference);
    return found;
  }
};

TEST_P(WorkWaitsContract, WhatAClockThatWasAheadHasPutOffIsThereNow) {
  constexpr Millis kMonth{30LL * 24 * 3'600'000}, kMost = kLease * 2;
  add({1, 2, 3}, kStart + kMonth);  // never tried
  add({4, 5, 6, 7});
  const auto leases = claim(kStart);
  ASSERT_THAT(leases, SizeIs(4));
  ASSERT_TRUE(stores.work.retry(leases[0], kStart + kMonth, "later"));
  ASSERT_TRUE(stores.work.retry(leases[1], kStart + kLease, "soon"));
  ASSERT_TRUE(stores.work.postpone(leases[2], kStart + kLease, "not now"));
  ASSERT_EQ(stores.work.claim(kOwner, std::vector{key(1)}, kStart + kMonth, kLease)->size(), 1U);
  EXPECT_EQ(stores.work.cap_waits(WorkKind::process, kStart, kMost).value(), 4);
  EXPECT_THAT(unclaimed(kStart), testing::UnorderedElementsAre(2, 3, 4)) << "what waits as it is to still does";
  EXPECT_THAT(unclaimed(kStart + kLease), testing::UnorderedElementsAre(2, 3, 4, 5, 6, 7));
  EXPECT_THAT(unclaimed(kStart + kMost), testing::Contains(1)) << "a lease ends";
  EXPECT_EQ(stores.work.cap_waits(WorkKind::process, kStart, kMost).value(), 0);
}

ORGO_CONTRACT(WorkWaitsContract);

}  // namespace
}  // namespace orgo::contract
