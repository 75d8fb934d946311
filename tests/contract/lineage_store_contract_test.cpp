// What every LineageStore must do (port/lineage_store.h), with what a person decides of the sends that a restore holds
// (RestoredSendMoved, Outbox).
#include "core/delivery/restored_alarm.h"
#include "port/lineage_store.h"
#include "tests/contract/support/outbox_contract.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class LineageStoreContract : public OutboxContract {
 protected:
  std::int64_t restore() {
    return stores.lineage.begin_epoch({.epoch = 2, .last = {5, "e"}, .before = {4, "d"}}).value();
  }
  std::vector<StoredSend> held(TenantId tenant = kTenant, SendId after = {}, int limit = 100) {
    return stores.outbox.restored_sends(tenant, after, limit).value();
  }
  Result<Committed> release(SendId id, TenantId tenant = kTenant) {
    return commit(release_restored(tenant, id, {}, {}, "user:anna", kStart + Millis{9}));
  }
  Result<Committed> drop(SendId id, TenantId tenant = kTenant) {
    return commit(drop_restored(tenant, id, {}, {}, "went out before", "user:anna", kStart + Millis{9}));
  }
};

TEST_P(LineageStoreContract, ANewDatabaseHasNoMark) {
  EXPECT_EQ(stores.lineage.read_lineage().value(), Lineage{});
}

TEST_P(LineageStoreContract, WhatIsKeptComesBack) {
  const Lineage lineage{.epoch = 3, .last = {12, "twelve"}, .before = {11, "eleven"}};
  ASSERT_TRUE(stores.lineage.keep(lineage));
  EXPECT_EQ(stores.lineage.read_lineage().value(), lineage);
}

TEST_P(LineageStoreContract, ARestoreHoldsAllThatWaitsAndNothingElse) {
  queue({notification("leased"), notification("delivered"), notification("failed")});
  const auto leases = lease(kStart);
  must_commit(outcome(leases[1], SendOutcome::Kind::delivered));
  must_commit(outcome(leases[2], SendOutcome::Kind::failed));
  queue({notification("waits"), notification("later", kStart + Millis{900'000})});
  queue({notification("of another")}, kStart, kOtherTenant);
  EXPECT_THAT(stores.outbox.count_restored().value(), IsEmpty());
  EXPECT_EQ(restore(), 4);
  EXPECT_EQ(stores.lineage.read_lineage()->epoch, 2);
  EXPECT_EQ(stores.lineage.read_lineage()->last, (LineageMark{5, "e"}));
  EXPECT_THAT(lease(kStart + std::chrono::hours(1000)), IsEmpty());
  EXPECT_EQ(stores.outbox.next_send().value(), std::nullopt);
  const auto sends = held();
  ASSERT_THAT(sends, SizeIs(3));
  EXPECT_EQ(sends[0].send.recipient.address, "leased");
  EXPECT_EQ(sends[2].send.recipient.address, "later");
  EXPECT_EQ(sends[0].state, SendState::restored);
  EXPECT_EQ(sends[0].updated_at, kStart) << "nothing else of it changes";
  EXPECT_THAT(stores.outbox.count_restored().value(),
              ElementsAre(std::pair(kTenant, std::int64_t{3}), std::pair(kOtherTenant, std::int64_t{1})));
  EXPECT_EQ(stores.outbox.read_send(kTenant, leases[1].id)->state, SendState::delivered);
  EXPECT_EQ(stores.outbox.read_send(kTenant, leases[2].id)->state, SendState::failed);
  EXPECT_EQ(commit(outcome(leases[0], SendOutcome::Kind::delivered)).error().code, Errc::conflict)
      << "a lease of before is worth nothing";
  ASSERT_TRUE(stores.outbox.give_back(leases, kStart));
  ASSERT_TRUE(stores.outbox.release_sends(kOwner, LeasesOf::this_boot, kStart));
  EXPECT_EQ(stores.outbox.cap_waits(kStart, Millis{0}, Millis{0}, "mail").value(), 0);
  EXPECT_THAT(lease(kStart + std::chrono::hours(1000)), IsEmpty());
  EXPECT_EQ(restore(), 0) << "once more holds nothing new";
  EXPECT_THAT(held(), SizeIs(3));
}

TEST_P(LineageStoreContract, WhatComesSinceGoesOut) {
  queue({notification("old")});
  restore();
  const auto before = held()[0];
  const auto task = queue({notification("new")}, kStart + Millis{2});
  const auto leases = lease(kStart + Millis{2});
  EXPECT_THAT(recipients(leases), ElementsAre("new"));
  EXPECT_GE(leases[0].id.value, before.id.value + LineageStore::kSendGap)
      << "numbers that others got behind the backup are not given again";
  EXPECT_GE(task.value, before.send.subject.task().value + LineageStore::kTaskGap);
}

TEST_P(LineageStoreContract, ThePagesOfWhatIsHeldGoOn) {
  queue({notification("a"), notification("b"), notification("c")});
  restore();
  const auto first = held(kTenant, {}, 2);
  ASSERT_THAT(first, SizeIs(2));
  const auto second = held(kTenant, first.back().id, 2);
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].send.recipient.address, "c");
}

TEST_P(LineageStoreContract, WhatIsReleasedIsDueAtOnceAndWhatIsDroppedNeverIs) {
  queue({notification("goes", kStart + Millis{900'000}), notification("tried"), notification("never")});
  const auto leases = lease(kStart);
  must_commit(outcome(leases[0], SendOutcome::Kind::deferred, kStart, "451", kStart + Millis{500'000}));
  restore();
  const auto sends = held();
  ASSERT_THAT(sends, SizeIs(3));
  ASSERT_TRUE(release(sends[0].id));
  ASSERT_TRUE(release(sends[1].id));
  ASSERT_TRUE(drop(sends[2].id));
  EXPECT_THAT(held(), IsEmpty());
  const auto again = lease(kStart + Millis{9});
  ASSERT_THAT(again, SizeIs(2));
  EXPECT_EQ(again[0].attempts + again[1].attempts, 1 + 2) << "attempts stay counted";
  const auto dropped = stores.outbox.read_send(kTenant, sends[2].id).value();
  EXPECT_EQ(dropped.state, SendState::refused);
  EXPECT_EQ(dropped.detail, "went out before");
  const auto events = stores.tasks.events_after(kTenant, 0, 100).value();
  EXPECT_EQ(std::ranges::count_if(events, [](const auto& one) { return one.event.kind == EventKind::send_released; }),
            2);
  EXPECT_EQ(std::ranges::count_if(events, [](const auto& one) { return one.event.kind == EventKind::send_dropped; }),
            1);
}

TEST_P(LineageStoreContract, OnlyWhatIsHeldIsDecidedAndOnce) {
  queue({notification("a"), notification("b"), notification("c")});
  EXPECT_EQ(release(SendId{1}).error().code, Errc::conflict) << "it waits by itself";
  restore();
  EXPECT_EQ(release(SendId{99}).error().code, Errc::not_found);
  EXPECT_EQ(release(SendId{1}, kOtherTenant).error().code, Errc::not_found);
  ASSERT_TRUE(release(SendId{1}));
  EXPECT_EQ(release(SendId{1}).error().code, Errc::conflict);
  EXPECT_EQ(drop(SendId{1}).error().code, Errc::conflict);
  ASSERT_TRUE(drop(SendId{2}));
  EXPECT_EQ(release(SendId{2}).error().code, Errc::conflict);
  ASSERT_TRUE(commit_part(SendBounced{SendId{3}, "550"})) << "it had gone out, and a report says so";
  EXPECT_EQ(release(SendId{3}).error().code, Errc::conflict);
}

ORGO_CONTRACT(LineageStoreContract);

}  // namespace
}  // namespace orgo::contract
