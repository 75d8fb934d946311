#include "service/processing/processor.h"

#include <gtest/gtest.h>

#include "adapter/memory/memory_store.h"
#include "adapter/memory/memory_work_hints.h"
#include "core/rules/rule_set.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"

namespace orgo {
namespace {

using contract::kStart;

/// A disk that is full for a while: nothing can be claimed.
class FullStore final : public MemoryStore {
 public:
  Result<std::vector<WorkLease>> claim(const LeaseOwner& owner, std::span<const WorkKey> keys, TimePoint now,
                                       Millis lease_time) override {
    if (full) return failure(Errc::resource_exhausted, "the disk is full");
    return MemoryStore::claim(owner, keys, now, lease_time);
  }
  bool full = false;
};

TEST(Processor, WhatCouldNotBeClaimedIsClaimedAsSoonAsTheStoreIsWell) {
  world::SimulatedClock clock(kStart);
  FullStore store;
  MemoryWorkHints hints;
  const auto loaded =
      rules::load_rules({{"rules.yaml", "rules:\n  - name: all\n    action: {route_to: a@b.example}\n"}});
  ASSERT_TRUE(loaded.rules);
  Processor processor(store, store, hints, store, store, clock, [&] { return loaded.rules; }, {});
  const auto mail = contract::mail("<1@a.example>");
  const auto raw = contract::raw(mail);
  const auto accepted = store.accept(std::span(&raw, 1), within(Millis{1'000}));
  ASSERT_TRUE(accepted);
  const WorkKey key{kTenant, WorkKind::process, accepted->at(0).message.value};
  hints.announce(std::span(&key, 1), clock.now());

  store.full = true;
  EXPECT_EQ(processor.step().error().code, Errc::resource_exhausted);
  EXPECT_EQ(processor.step().error().code, Errc::resource_exhausted);
  store.full = false;
  const auto report = processor.step();  // at once: no hint is announced again meanwhile
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->decided, 1);
}

}  // namespace
}  // namespace orgo
