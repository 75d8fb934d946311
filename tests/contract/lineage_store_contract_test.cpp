// What every LineageStore must do (port/lineage_store.h), with what a person decides of the sends that a restore holds
// (RestoredSendMoved, Outbox).
#include <list>

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
  const Lineage lineage{.epoch = 3, .last = {12, "twelve"}, .before = {11, "eleven"}, .restored_at = kStart};
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

// What was undecided in the backup, or due before the restore, may have had its consequences already.
class OlderThanTheRestore : public LineageStoreContract {
 protected:
  static constexpr TimePoint kRestored = kStart + Millis{60'000};
  static constexpr TimePoint kMuchLater = kStart + std::chrono::hours(1'000);

  MessageId accept_at(TimePoint at, std::string_view id, TenantId tenant = kTenant) {
    bytes_.push_back(mail(std::string(id) + "@client.example"));
    auto message = raw(bytes_.back(), "office@school.example", tenant);
    message.envelope.received_at = at;
    return accept(message);
  }
  void begin() {
    ASSERT_TRUE(stores.lineage.begin_epoch({.epoch = 2, .last = {5, "e"}, .before = {}, .restored_at = kRestored}));
  }
  /// Decides it, with two mails to `recipient`.
  void decide(MessageId message, std::string_view recipient, TenantId tenant = kTenant) {
    auto changes = deciding(message, tenant);
    changes.at = kRestored + Millis{5};
    changes.sends = {notification(recipient), notification(recipient)};
    must_commit(changes);
  }
  std::vector<std::string> who_is_held(TenantId tenant = kTenant) {
    std::vector<std::string> found;
    for (const auto& one : held(tenant)) found.push_back(one.send.recipient.address);
    return found;
  }

 private:
  std::list<std::string> bytes_;
};

TEST_P(OlderThanTheRestore, WhatIsDecidedLaterIsHeldFromItsFirstMoment) {
  const auto old = accept_at(kStart, "old"), last = accept_at(kRestored - Millis{1}, "last");
  const auto of_another = accept_at(kStart, "theirs", kOtherTenant);
  begin();
  const auto fresh = accept_at(kRestored, "fresh");
  decide(old, "old");
  decide(fresh, "fresh");
  decide(last, "last");
  decide(of_another, "theirs", kOtherTenant);
  EXPECT_THAT(who_is_held(), ElementsAre("old", "old", "last", "last"));
  EXPECT_THAT(who_is_held(kOtherTenant), SizeIs(2));
  EXPECT_THAT(stores.outbox.count_restored().value(),
              ElementsAre(std::pair(kTenant, std::int64_t{4}), std::pair(kOtherTenant, std::int64_t{2})));
  EXPECT_THAT(recipients(lease(kMuchLater)), ElementsAre("fresh", "fresh"));
  EXPECT_EQ(restore(), 2) << "those that wait, and not those that are held already";
}

TEST_P(OlderThanTheRestore, OnceReleasedAllIsNormal) {
  const auto message = accept_at(kStart, "old");
  begin();
  decide(message, "old");
  const auto sends = held();
  ASSERT_THAT(sends, SizeIs(2));
  ASSERT_TRUE(release(sends[0].id));
  ASSERT_TRUE(drop(sends[1].id));
  const auto leases = lease(kMuchLater);
  ASSERT_THAT(leases, SizeIs(1));
  EXPECT_EQ(leases[0].id, sends[0].id);
  EXPECT_EQ(leases[0].attempts, 1);
  must_commit(outcome(leases[0], SendOutcome::Kind::delivered, kMuchLater));
  EXPECT_EQ(stores.outbox.read_send(kTenant, sends[0].id)->state, SendState::delivered);
  EXPECT_EQ(stores.outbox.read_send(kTenant, sends[1].id)->state, SendState::refused);
}

TEST_P(OlderThanTheRestore, ATimerThatWasDueBeforeTellsNobodyByItself) {
  const auto fire = [&](std::string_view name, TimePoint due) {
    const auto task = queue({});
    Changes set{.tenant = kTenant, .at = kStart};
    set.timers.push_back(TimerChange::set(task, name, due));
    must_commit(set);
    return [this, task, name, due] {
      Changes fired{.tenant = kTenant, .at = kMuchLater};
      fired.timers.push_back(TimerChange::fired(task, name, due));
      fired.sends.push_back(notification(name));
      fired.sends[0].subject = task;
      must_commit(fired);
    };
  };
  const auto early = fire("early", kStart), last = fire("last", kRestored - Millis{1}), now = fire("now", kRestored),
             later = fire("later", kRestored + Millis{1});
  begin();
  for (const auto& one : {&early, &last}) (*one)();
  now();
  later();
  EXPECT_THAT(who_is_held(), ElementsAre("early", "last"));
  EXPECT_THAT(recipients(lease(kMuchLater)), testing::UnorderedElementsAre("now", "later"));
}

TEST_P(OlderThanTheRestore, WhileSomethingOfATaskIsHeldItsDeadlinesTellNobody) {
  const auto held_one = queue({notification("waited")}), other = queue({});
  begin();
  const auto fire = [&](TaskNumber task, Millis due, std::string_view recipient) {
    Changes set{.tenant = kTenant, .at = kStart};
    set.timers.push_back(TimerChange::set(task, "deadline", kRestored + due));
    must_commit(set);
    Changes fired{.tenant = kTenant, .at = kMuchLater};
    fired.timers.push_back(TimerChange::fired(task, "deadline", kRestored + due));
    fired.sends.push_back(notification(recipient));
    fired.sends[0].subject = task;
    must_commit(fired);
  };
  fire(held_one, Millis{1}, "first");
  fire(other, Millis{1}, "other");
  EXPECT_THAT(who_is_held(), ElementsAre("waited", "first"));
  ASSERT_TRUE(release(held()[0].id));
  fire(held_one, Millis{2}, "second");
  EXPECT_THAT(who_is_held(), ElementsAre("first", "second")) << "one is held still";
  for (const auto& one : held()) ASSERT_TRUE(drop(one.id));
  fire(held_one, Millis{3}, "third");
  EXPECT_THAT(who_is_held(), IsEmpty());
  EXPECT_THAT(recipients(lease(kMuchLater)), testing::UnorderedElementsAre("other", "waited", "third"));
}

TEST_P(OlderThanTheRestore, WhatComesOfNeitherGoesOutAndMarksForgetNothing) {
  const auto message = accept_at(kStart, "old");
  begin();
  auto lineage = stores.lineage.read_lineage().value();
  EXPECT_EQ(lineage.restored_at, kRestored);
  ASSERT_TRUE(stores.lineage.keep(go_on(lineage, "f")));
  queue({notification("an alarm")});
  decide(message, "old");
  EXPECT_THAT(who_is_held(), ElementsAre("old", "old"));
  EXPECT_THAT(recipients(lease(kMuchLater)), ElementsAre("an alarm"));
}

TEST_P(OlderThanTheRestore, WithoutARestoreNothingIsHeld) {
  decide(accept_at(kStart, "first"), "first");
  EXPECT_THAT(who_is_held(), IsEmpty());
}

TEST_P(LineageStoreContract, WhatIsHeldIsNotSentByTryingItAgain) {
  queue({notification("a")});
  restore();
  Changes retried{.tenant = kTenant, .at = kStart};
  retried.add(SendRetried{SendId{1}});
  const auto refused = commit(retried);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("release it or drop it"));
  ASSERT_TRUE(drop(SendId{1}));
  EXPECT_TRUE(commit(retried)) << "what was dropped may be sent all the same, by name";
}

ORGO_CONTRACT(LineageStoreContract);
ORGO_CONTRACT(OlderThanTheRestore);

}  // namespace
}  // namespace orgo::contract
