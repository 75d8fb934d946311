// A repair finishes what was decided, decides nothing twice, and does what is left however often it ends half-way.
#include "service/work/ledger_repair.h"

#include "adapter/memory/memory_store.h"
#include "core/task/task_change.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Loses decisions that its history tells of, and fails when it is told to.
class LossyStore final : public MemoryStore {
 public:
  Result<States> look_at_states(const LedgerPlace& after, int limit) override {
    auto states = MemoryStore::look_at_states(after, limit);
    for (const auto& place : states->seen)
      if (lost.contains(place)) states->stateless.push_back(place);
    return states;
  }
  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override {
    for (const auto& changes : batch)
      for (const auto& decision : changes.all<MessageDecision>()) {
        if (lost.empty() || changes.all<TaskChange>().size() > 0) continue;
        if (commits_left-- <= 0) return failure(Errc::unavailable, "killed");
        lost.erase({changes.tenant, decision.message});
        given_back.push_back(decision);
        return std::vector<Result<Committed>>{Committed{}};
      }
    return MemoryStore::commit(batch, deadline);
  }
  Result<std::vector<Event>> decided_events(TenantId tenant, std::span<const MessageId> messages) override {
    auto events = MemoryStore::decided_events(tenant, messages);
    for (auto& event : *events) event.data = R"({"outcome":"task_opened","reason":"rule 'water'"})";
    return events;
  }
  std::set<LedgerPlace> lost;
  std::vector<MessageDecision> given_back;
  int commits_left = 1'000;
};

struct Wall final : Clock {
  TimePoint now() override { return kStart; }
};

class LedgerRepairTest : public testing::Test {
 protected:
  LedgerRepair repair() { return LedgerRepair({store, store, store, store, clock}); }
  MessageId accept(const std::string& id, TenantId tenant = kTenant) {
    const auto bytes = mail(id);
    const auto message = raw(bytes, "office@school.example", tenant);
    const auto accepted = static_cast<MessageStore&>(store).accept(std::span(&message, 1), within(Millis{1'000}));
    return accepted->at(0).message;
  }
  /// Decided, with its work done; then the decision is lost.
  MessageId lose(const std::string& id, TenantId tenant = kTenant) {
    const auto message = accept(id, tenant);
    const auto changes = deciding(message, tenant);
    EXPECT_TRUE(store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0));
    forget_work(message, tenant);
    places.push_back({tenant, message});
    return message;
  }
  void forget_work(MessageId message, TenantId tenant = kTenant) {
    const WorkKey key{tenant, WorkKind::process, message.value};
    const auto lease = store.claim(kOwner, std::span(&key, 1), kStart, Millis{1'000}).value();
    EXPECT_EQ(store.complete(lease).value(), 1);
  }
  void begin() { store.lost.insert(places.begin(), places.end()); }
  std::vector<WorkKey> at_work() { return store.unclaimed(WorkKind::process, kStart, 100).value(); }

  LossyStore store;
  Wall clock;
  std::vector<LedgerPlace> places;
};

TEST_F(LedgerRepairTest, WhatWasDecidedIsNotDecidedAnew) {
  const auto decided = lose("a@x");
  const auto never = accept("b@x");
  forget_work(never);
  accept("c@x");  // waits, as it should
  begin();
  auto repair = this->repair();
  const auto mended = repair.repair(std::nullopt).value();
  ASSERT_EQ(mended.size(), 2U);
  ASSERT_EQ(store.given_back.size(), 1U);
  EXPECT_EQ(store.given_back[0].message, decided);
  EXPECT_EQ(store.given_back[0].subject, "Water leak") << "as its mail says";
  EXPECT_EQ(store.given_back[0].from, "anna@school.example");
  EXPECT_EQ(store.given_back[0].reason, "rule 'water'");
  EXPECT_THAT(at_work(), ElementsAre(WorkKey{kTenant, WorkKind::process, never.value},
                                     WorkKey{kTenant, WorkKind::process, never.value + 1}));
  EXPECT_THAT(repair.repair(std::nullopt).value(), IsEmpty()) << "twice does nothing more";
}

TEST_F(LedgerRepairTest, EndedHalfWayItGoesOn) {
  for (int i = 0; i < 5; ++i) lose(std::to_string(i) + "@x");
  begin();
  auto repair = this->repair();
  store.commits_left = 2;
  EXPECT_FALSE(repair.repair(std::nullopt));
  EXPECT_EQ(store.given_back.size(), 2U);
  store.commits_left = 1'000;
  EXPECT_EQ(repair.repair(std::nullopt)->size(), 3U);
  EXPECT_EQ(store.given_back.size(), 5U);
  EXPECT_THAT(at_work(), IsEmpty());
}

TEST_F(LedgerRepairTest, OfOneTenantOrOfAll) {
  lose("a@x");
  lose("b@x", kOtherTenant);
  begin();
  auto repair = this->repair();
  const auto own = repair.repair(kOtherTenant).value();
  ASSERT_EQ(own.size(), 1U);
  EXPECT_EQ(own[0].message.tenant, kOtherTenant);
  EXPECT_EQ(repair.repair(std::nullopt)->size(), 1U);
}

}  // namespace
}  // namespace orgo::contract
