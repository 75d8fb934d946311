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
                                       Millis lease_time, int attempts_below) override {
    if (full) return failure(Errc::resource_exhausted, "the disk is full");
    return MemoryStore::claim(owner, keys, now, lease_time, attempts_below);
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

TEST(Processor, WhatIsDecidedIsNoWorkAnyMore) {
  world::SimulatedClock clock(kStart);
  MemoryStore store;
  MemoryWorkHints hints;
  Processor processor(store, store, hints, store, store, clock, world::one_policy(rules::load_rules({}).rules), {});
  for (int i = 0; i < 5; ++i) {
    const auto mail = contract::mail(std::to_string(i) + "@a.example");
    const auto raw = contract::raw(mail);
    const auto accepted = store.accept(std::span(&raw, 1), within(Millis{1'000}));
    ASSERT_TRUE(accepted);
    const WorkKey key{kTenant, WorkKind::process, accepted->at(0).message.value};
    hints.announce(std::span(&key, 1), clock.now());
  }
  EXPECT_EQ(processor.step()->decided, 5);
  clock.advance(std::chrono::hours{24});  // beyond any lease
  EXPECT_TRUE(store.unclaimed(WorkKind::process, clock.now(), 100)->empty());
  EXPECT_EQ(hints.waiting(WorkKind::process), 0U);
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

/// A disk that can't be read for a while, and bytes that are damaged.
class TroubledStore final : public MemoryStore {
 public:
  std::vector<Result<Loaded>> load(std::span<const std::pair<TenantId, MessageId>> ids) override {
    auto loaded = MemoryStore::load(ids);
    batches.push_back(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (ids[i].second == damaged) loaded[i] = failure(Errc::corrupt, "the checksum is wrong");
      else if (unreadable) loaded[i] = failure(Errc::unavailable, "input/output error");
    return loaded;
  }
  std::vector<Result<ContextFacts>> load(std::span<const ContextQuery> queries) override {
    auto facts = MemoryStore::load(queries);
    if (refuses_the_third && queries.size() > 2) refused = queries[2].thread.id;
    refuses_the_third = refuses_the_third && refused == 0;
    for (const auto& query : queries)  // the question of one, and the statement of all
      if (query.thread.id == refused)
        for (auto& one : facts) one = failure(Errc::conflict, "a value that the database can't hold");
    return facts;
  }
  bool unreadable = false;
  bool refuses_the_third = false;
  std::int64_t refused = 0;
  MessageId damaged;
  std::vector<std::size_t> batches;
};

class ProcessorTrouble : public testing::Test {
 protected:
  ProcessorTrouble() {
    for (int i = 0; i < 5; ++i) {
      const auto mail = contract::mail("<" + std::to_string(i) + "@a.example>");
      const auto raw = contract::raw(mail);
      ids.push_back(store.accept(std::span(&raw, 1), within(Millis{1'000}))->at(0).message);
    }
    rules = rules::load_rules({{"rules.yaml", "rules:\n  - name: all\n    action: {route_to: a@b.example}\n"}}).rules;
  }
  /// What a sweeper would do.
  void announce() {
    const auto keys = store.unclaimed(WorkKind::process, clock.now(), 100).value();
    hints.announce(keys, clock.now());
  }
  world::SimulatedClock clock{kStart};
  TroubledStore store;
  MemoryWorkHints hints;
  std::vector<MessageId> ids;
  static ProcessingSettings few_attempts() {
    ProcessingSettings settings;
    settings.attempts_max = 4;
    return settings;
  }
  std::shared_ptr<const rules::RuleSet> rules;
  Processor processor{store,
                      store,
                      hints,
                      store,
                      store,
                      clock,
                      [this](TenantId tenant) { return world::one_policy(rules)(tenant); },
                      few_attempts()};
};

TEST_F(ProcessorTrouble, OfTheStoreBuriesNothingHoweverLongItLasts) {
  store.unreadable = true;
  for (int hour = 0; hour < 100; ++hour) {
    announce();
    EXPECT_FALSE(processor.step());
    clock.advance(Millis{3'600'000});
  }
  EXPECT_TRUE(store.dead(std::nullopt, 10)->empty());
  store.unreadable = false;
  int decided = 0;
  for (int i = 0; i < 10; ++i) {
    announce();
    const auto report = processor.step();
    ASSERT_TRUE(report) << report.error().message;
    decided += report->decided;
  }
  EXPECT_EQ(decided, 5);
  EXPECT_TRUE(store.dead(std::nullopt, 10)->empty());
}

TEST_F(ProcessorTrouble, WhatIsDamagedIsBuriedTheSecondTime) {
  store.damaged = ids[2];
  announce();
  EXPECT_EQ(processor.step()->buried, 0);
  EXPECT_TRUE(store.dead(std::nullopt, 10)->empty());
  for (int i = 0; i < 5; ++i) {
    clock.advance(Millis{3'600'000});
    announce();
    ASSERT_TRUE(processor.step());
  }
  const auto dead = store.dead(std::nullopt, 10).value();
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].key.reference, ids[2].value);
}

/// The store is well, and yet refuses whatever one of them is part of: that one ends, the others don't wait for it.
TEST_F(ProcessorTrouble, WhatTheStoreRefusesStopsNobodyElse) {
  store.refuses_the_third = true;
  int decided = 0;
  for (int i = 0; i < 8; ++i) {  // at one instant: nobody waits for a lease to end
    announce();
    const auto report = processor.step();
    ASSERT_TRUE(report) << report.error().message;
    decided += report->decided;
  }
  EXPECT_EQ(decided, 4);
  for (int i = 0; i < 20; ++i) {
    clock.advance(Millis{3'600'000});
    announce();
    ASSERT_TRUE(processor.step());
  }
  const auto dead = store.dead(std::nullopt, 10).value();
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].key.reference, ids[2].value);
}

/// Whoever dies with a message in hand leaves its lease; the message, and all of its batch, is under suspicion.
TEST_F(ProcessorTrouble, WhatFailedOftenIsTriedAlone) {
  for (int deaths = 0; deaths < 3; ++deaths) {
    const auto keys = store.unclaimed(WorkKind::process, clock.now(), 100).value();
    ASSERT_TRUE(store.claim({"dead", "boot"}, keys, clock.now(), Millis{1'000}));
    clock.advance(Millis{1'000});
  }
  store.batches.clear();
  int decided = 0;
  for (int i = 0; i < 10; ++i) {
    announce();
    const auto report = processor.step();
    ASSERT_TRUE(report) << report.error().message;
    decided += report->decided;
  }
  EXPECT_EQ(decided, 5);
  for (const auto size : store.batches) EXPECT_EQ(size, 1U) << "none takes another with it";
  EXPECT_TRUE(store.dead(std::nullopt, 10)->empty());
}

/// Its process is killed behind so many calls: nothing that it asks for happens any more.
class MortalStore final : public MemoryStore {
 public:
  Result<std::vector<WorkLease>> claim(const LeaseOwner& owner, std::span<const WorkKey> keys, TimePoint now,
                                       Millis lease_time, int attempts_below) override {
    if (dies()) return killed();
    return MemoryStore::claim(owner, keys, now, lease_time, attempts_below);
  }
  Result<std::vector<WorkKey>> often_failed(std::span<const WorkKey> keys, TimePoint now, int attempts_from) override {
    if (dies()) return killed();
    return MemoryStore::often_failed(keys, now, attempts_from);
  }
  std::vector<Result<Loaded>> load(std::span<const std::pair<TenantId, MessageId>> ids) override {
    if (dies()) return std::vector<Result<Loaded>>(ids.size(), killed());
    return MemoryStore::load(ids);
  }
  Status give_back(std::span<const WorkLease> leases, TimePoint now) override {
    if (dies()) return killed();
    return MemoryStore::give_back(leases, now);
  }
  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override {
    if (dies()) return killed();
    return MemoryStore::commit(batch, deadline);
  }
  int calls_left = 1'000'000;

 private:
  bool dies() { return --calls_left < 0; }
  static tl::unexpected<Error> killed() { return failure(Errc::unavailable, "killed"); }
};

/// Whatever kills a server again and again, it is none of the messages: none is given up for it, though each life ends
/// at another point of its first steps.
TEST(Processor, KilledOftenItBuriesNobody) {
  world::SimulatedClock clock(kStart);
  MortalStore store;
  constexpr int kMails = 40;
  for (int i = 0; i < kMails; ++i) {
    const auto mail = contract::mail("<" + std::to_string(i) + "@a.example>");
    const auto raw = contract::raw(mail);
    ASSERT_TRUE(store.accept(std::span(&raw, 1), within(Millis{1'000})));
  }
  const auto rules = rules::load_rules({{"rules.yaml", "rules: [{action: {route_to: a@b.example}}]\n"}}).rules;
  for (int life = 0; life < 60; ++life) {
    const bool last = life == 59;
    ProcessingSettings settings;
    settings.owner = {.node = "n", .boot = std::to_string(life)};
    settings.attempts_max = 5;
    store.calls_left = 1'000'000;
    ASSERT_TRUE(store.release(settings.owner, LeasesOf::earlier_boots, clock.now()));
    MemoryWorkHints hints;
    hints.announce(store.unclaimed(WorkKind::process, clock.now(), 100).value(), clock.now());
    Processor processor(store, store, hints, store, store, clock, world::one_policy(rules), settings);
    // At first before anything is decided; what is claimed together pays for it together.
    if (!last) store.calls_left = 1 + life % (life < 8 ? 2 : 5);
    for (int step = 0; step < 3 * kMails && processor.step(); ++step) {
    }
    clock.advance(Millis{1'000});
  }
  store.calls_left = 1'000'000;
  EXPECT_TRUE(store.dead(std::nullopt, 100)->empty()) << store.dead(std::nullopt, 100)->size() << " were given up";
  EXPECT_EQ(store.depth(WorkKind::process).value(), 0) << "and all are decided at last";
}

/// Refuses one message for what it is, each time and at once.
class ChoosyStore final : public MemoryStore {
 public:
  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override {
    std::vector<Result<Committed>> answers;
    for (const auto& changes : batch) {
      const auto* decision = changes.find<MessageDecision>();
      if (decision != nullptr && decision->message == refused) {
        answers.emplace_back(failure(Errc::conflict, "larger than an index takes"));
        continue;
      }
      ORGO_TRY(one, MemoryStore::commit(std::span(&changes, 1), deadline));
      answers.push_back(std::move(one.front()));
    }
    return answers;
  }
  MessageId refused;
};

TEST(Processor, WhatTheStoreCannotHoldEndsAsADeadLetterAndHoldsNobodyUp) {
  world::SimulatedClock clock(kStart);
  ChoosyStore store;
  MemoryWorkHints hints;
  const ProcessingSettings settings;
  Processor processor(store, store, hints, store, store, clock, world::one_policy(rules::load_rules({}).rules),
                      settings);
  std::vector<WorkKey> keys;
  for (int i = 0; i < 5; ++i) {
    const auto mail = contract::mail(std::to_string(i) + "@a.example");
    const auto raw = contract::raw(mail);
    const auto accepted = store.accept(std::span(&raw, 1), within(Millis{1'000}));
    ASSERT_TRUE(accepted);
    keys.push_back({kTenant, WorkKind::process, accepted->at(0).message.value});
  }
  store.refused = MessageId{keys[2].reference};
  hints.announce(keys, clock.now());
  EXPECT_EQ(processor.step()->decided, 4) << "nobody else waits";
  for (int tries = 0; tries < 3 * settings.attempts_max && store.dead(kTenant, 10)->empty(); ++tries) {
    clock.advance(std::chrono::hours{2});
    hints.announce(*store.unclaimed(WorkKind::process, clock.now(), 10), clock.now());
    ASSERT_TRUE(processor.step());
  }
  const auto dead = store.dead(kTenant, 10).value();
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].key, keys[2]);
}

}  // namespace
}  // namespace orgo
