#include "service/processing/processor.h"

#include <gtest/gtest.h>

#include "adapter/memory/memory_store.h"
#include "adapter/memory/memory_work_hints.h"
#include "core/rules/rule_set.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"
#include "tests/world/support/policies.h"

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
  Processor processor(store, store, hints, store, store, clock, world::one_policy(loaded.rules), {});
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

/// A tenant whose rules have never been right: its mail waits, however often it was looked at, and nobody else's does.
TEST(Processor, MailOfATenantWithoutAPolicyWaitsAndIsNoDeadLetter) {
  world::SimulatedClock clock(kStart);
  MemoryStore store;
  MemoryWorkHints hints;
  ASSERT_EQ(store.put_tenant(kTenant, *commands::add_tenant("other", {}, "user:root", kStart))->id, kOtherTenant);
  const auto rules = rules::load_rules({}).rules;
  bool mended = false;
  const PolicyOf policies = [&](TenantId tenant) -> Result<std::shared_ptr<const Policy>> {
    if (tenant == kOtherTenant && !mended) return failure(Errc::invalid_input, "the rule files have 1 error");
    return std::make_shared<const Policy>(Policy{.tenant = tenant, .rules = rules, .settings = {}});
  };
  Processor processor(store, store, hints, store, store, clock, policies, {.attempts_max = 3});
  const auto mail = contract::mail("<1@a.example>");
  for (const auto tenant : {kOtherTenant, kTenant}) {
    const auto raw = contract::raw(mail, "office@school.example", tenant);
    ASSERT_TRUE(static_cast<MessageStore&>(store).accept(std::span(&raw, 1), within(Millis{1'000})));
  }
  int decided = 0;
  for (int i = 0; i < 20; ++i) {
    const auto waiting = store.unclaimed(WorkKind::process, clock.now(), 10).value();
    hints.announce(waiting, clock.now());
    const auto report = processor.step();
    ASSERT_TRUE(report) << report.error().message;
    decided += report->decided;
    clock.advance(Millis{60'000});
  }
  EXPECT_EQ(decided, 1) << "the first tenant's";
  EXPECT_TRUE(store.dead(kOtherTenant, 10)->empty());
  mended = true;
  hints.announce(store.unclaimed(WorkKind::process, clock.now(), 10).value(), clock.now());
  EXPECT_EQ(processor.step()->decided, 1) << "and is decided once they are mended";
}

}  // namespace
}  // namespace orgo
