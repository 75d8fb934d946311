// Work that has failed often is told apart, so that it can be tried alone.
#include <gmock/gmock.h>

#include "tests/contract/support/suite.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Millis kLease{60'000};

class OftenFailedContract : public Suite {};

TEST_P(OftenFailedContract, WhatFailedOftenIsTakenOnlyByWhoAsksForIt) {
  const auto key = [](std::int64_t reference) { return WorkKey{kTenant, WorkKind::process, reference}; };
  const std::vector keys{key(1), key(2), key(3), key(4), key(99)};
  ASSERT_TRUE(stores.work.add(std::span(keys).first(4), kStart));
  // 1 is leased three times, 2 twice, 3 once, and no lease is ended.
  for (const auto count : {3U, 2U, 1U}) {
    const auto some = std::span(keys).first(count);
    ASSERT_THAT(stores.work.claim(kOwner, some, kStart, kLease).value(), SizeIs(count));
    ASSERT_TRUE(stores.work.release({.node = kOwner.node, .boot = "next"}, LeasesOf::earlier_boots, kStart));
  }
  const auto often = [&](int from) { return stores.work.often_failed(keys, kStart, from).value(); };
  EXPECT_THAT(often(2), ElementsAre(key(2), key(1))) << "fewest attempts first";
  EXPECT_THAT(often(4), IsEmpty());
  EXPECT_THAT(often(0), SizeIs(4));
  const auto leases = stores.work.claim(kOwner, keys, kStart, kLease, 2).value();
  ASSERT_THAT(leases, SizeIs(2));
  EXPECT_EQ(leases[0].key, key(3));
  EXPECT_EQ(leases[1].key, key(4));
  EXPECT_THAT(often(0), ElementsAre(key(2), key(1))) << "not what somebody has";
  EXPECT_THAT(stores.work.claim(kOwner, keys, kStart, kLease, 0).value(), IsEmpty());
  EXPECT_THAT(stores.work.claim(kOwner, keys, kStart, kLease).value(), SizeIs(2)) << "who does not say gets all";
}

ORGO_CONTRACT(OftenFailedContract);

}  // namespace
}  // namespace orgo::contract
