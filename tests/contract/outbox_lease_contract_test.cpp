// What every Outbox must do so that nothing is held back, sent twice or waits for ever (port/outbox.h).
#include <algorithm>
#include <set>

#include "core/delivery/send_outcome.h"
#include "tests/contract/support/outbox_contract.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class OutboxLeaseContract : public OutboxContract {
 protected:
  static Changes held(const LeasedSend& leased, TimePoint at, TimePoint until) {
    auto changes = outcome(leased, SendOutcome::Kind::deferred, at, "held: too much", until);
    changes.find<SendOutcome>()->wait = SendOutcome::Wait::held;
    return changes;
  }
};

TEST_P(OutboxLeaseContract, CountsForTheBrakeWhatGoesOrWent) {
  auto ordinary = notification("a@x.example", kStart), urgent = notification("b@x.example", kStart, Priority::urgent);
  ordinary.cause = urgent.cause = "anna@x.example";
  ordinary.rule = urgent.rule = "water";
  queue({ordinary, ordinary, urgent});
  ordinary.cause = "ben@x.example";
  queue({ordinary, notification("c@x.example", kStart)}, kStart + Millis{100});
  queue({ordinary}, kStart, kOtherTenant);
  const auto count = [&](CountedBy by, std::string_view name, bool is_urgent, TimePoint since = kStart,
                         SendId upto = {}) {
    return stores.outbox
        .count_for_brake({.tenant = kTenant, .by = by, .name = name, .urgent = is_urgent, .since = since, .upto = upto})
        .value();
  };
  using enum CountedBy;
  EXPECT_EQ(count(lane, "mail", false), 4);
  EXPECT_EQ(count(lane, "mail", true), 1);
  EXPECT_EQ(count(lane, "mail", false, kStart + Millis{1}), 2);
  EXPECT_EQ(count(lane, "mail", false, kStart, SendId{2}), 2) << "up to an id";
  EXPECT_EQ(count(cause, "anna@x.example", false), 2);
  EXPECT_EQ(count(cause, "anna@x.example", true), 1);
  EXPECT_EQ(count(cause, "ben@x.example", false), 1);
  EXPECT_EQ(count(cause, "water", false), 0) << "that is a rule";
  EXPECT_EQ(count(rule, "water", false), 3) << "whoever's mails it matched";
  EXPECT_EQ(count(rule, "water", true), 1);
  EXPECT_EQ(count(rule, "water", false, kStart, SendId{1}), 1);
  EXPECT_EQ(count(rule, "water", false, kStart + Millis{1}), 1);
  EXPECT_EQ(count(rule, "fire", false), 0);

  // What the brake holds counts for nothing until it goes, and then from when it went.
  const auto leases = lease(kStart + Millis{100});
  const auto first = std::ranges::find(leases, SendId{1}, &LeasedSend::id);
  ASSERT_NE(first, leases.end());
  EXPECT_FALSE(first->held);
  must_commit(held(*first, kStart + Millis{200}, kStart + Millis{300}));
  EXPECT_EQ(count(lane, "mail", false), 3);
  EXPECT_EQ(count(cause, "anna@x.example", false), 1);
  EXPECT_EQ(count(rule, "water", false), 2);
  const auto again = lease(kStart + Millis{300});
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_TRUE(again[0].held);
  EXPECT_EQ(again[0].attempts, 1) << "that it was held was no attempt";
  must_commit(outcome(again[0], SendOutcome::Kind::delivered, kStart + Millis{400}));
  EXPECT_EQ(count(cause, "anna@x.example", false), 2);
  EXPECT_EQ(count(rule, "water", false), 3);
  EXPECT_EQ(count(cause, "anna@x.example", false, kStart + Millis{400}), 1) << "as of when it went";
}

TEST_P(OutboxLeaseContract, TellsWhatTheBrakeHoldsAndUntilWhen) {
  queue({notification("a@x.example"), notification("b@x.example"), notification("c@x.example")});
  queue({notification("d@x.example")}, kStart, kOtherTenant);
  const auto ids_of = [&](TenantId tenant, SendId after = {}, int limit = 50) {
    std::vector<std::int64_t> ids;
    const auto sends = stores.outbox.held_sends(tenant, after, limit).value();
    for (const auto& send : sends) ids.push_back(send.id.value);
    return ids;
  };
  const auto leases = lease(kStart);
  EXPECT_THAT(ids_of(kTenant), IsEmpty());
  for (const auto& leased : leases)
    if (leased.tenant == kOtherTenant || leased.id != SendId{2}) must_commit(held(leased, kStart, kStart + kLease));
    else must_commit(outcome(leased, SendOutcome::Kind::deferred, kStart, "451 later", kStart + 2 * kLease));
  EXPECT_THAT(ids_of(kTenant), ElementsAre(1, 3)) << "no other one that waits, and none of another tenant";
  EXPECT_THAT(ids_of(kTenant, SendId{}, 1), ElementsAre(1));
  EXPECT_THAT(ids_of(kTenant, SendId{1}), ElementsAre(3));
  EXPECT_THAT(ids_of(kOtherTenant), ElementsAre(1));
  const auto told = stores.outbox.held_sends(kTenant, {}, 1)->at(0);
  EXPECT_EQ(told.detail, "held: too much");
  EXPECT_EQ(told.send.due_at, kStart + kLease);
  for (const auto& leased : lease(kStart + kLease))
    must_commit(outcome(leased, SendOutcome::Kind::delivered, kStart + kLease));
  EXPECT_THAT(ids_of(kTenant), IsEmpty()) << "they are gone, and what waits for its peer is not held";
}

TEST_P(OutboxLeaseContract, CountsItsOwnHoweverMuchOthersSend) {
  queue({notification(), notification()});
  for (int i = 0; i < 21; ++i) queue(std::vector<Send>(1'000, notification()), kStart, kOtherTenant);
  EXPECT_EQ(stores.outbox.count_for_brake({.tenant = kTenant, .name = "mail", .since = kStart}).value(), 2);
  EXPECT_GE(stores.outbox.count_for_brake({.tenant = kOtherTenant, .name = "mail", .since = kStart}).value(), 20'000);
}

TEST_P(OutboxLeaseContract, LeasesOnlyWhatIsUrgentEnough) {
  queue({notification("low", kStart, Priority::low), notification("high", kStart, Priority::high),
         notification("urgent", kStart, Priority::urgent)});
  EXPECT_THAT(recipients(*stores.outbox.lease_sends(kOwner, kStart, kLease, 10, "mail", {.least = Priority::urgent})),
              ElementsAre("urgent"));
  EXPECT_THAT(recipients(*stores.outbox.lease_sends(kOwner, kStart, kLease, 10, "mail", {.least = Priority::high})),
              ElementsAre("high"));
  EXPECT_THAT(recipients(lease(kStart)), ElementsAre("low"));
}

TEST_P(OutboxLeaseContract, WhatIsUnderWayIsNotLeasedWhateverTheClockSays) {
  queue({notification("a"), notification("b"), notification("c")});
  const auto first = stores.outbox.lease_sends(kOwner, kStart, kLease, 2).value();
  ASSERT_THAT(first, SizeIs(2));
  std::set<std::pair<TenantId, SendId>> under_way;
  for (const auto& one : first) under_way.emplace(one.tenant, one.id);
  const auto later = kStart + 10 * kLease;
  EXPECT_THAT(recipients(*stores.outbox.lease_sends(kOwner, later, kLease, 1, "mail", {.under_way = &under_way})),
              ElementsAre("c"))
      << "places are for those that can be had";
  EXPECT_THAT(lease(later), SizeIs(2)) << "somebody else, who does not know better";
}

TEST_P(OutboxLeaseContract, WhatIsGivenBackWasNoAttempt) {
  queue({notification("a")});
  auto first = lease(kStart);
  ASSERT_TRUE(stores.outbox.give_back(first, kStart + Millis{5}));
  EXPECT_EQ(commit(outcome(first[0], SendOutcome::Kind::delivered)).error().code, Errc::conflict) << "it is over";
  EXPECT_EQ(stores.outbox.next_send().value(), kStart + Millis{5});
  const auto second = lease(kStart + Millis{5});
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].attempts, 1);
  ASSERT_TRUE(stores.outbox.give_back(first, kStart + Millis{6}));
  must_commit(outcome(second[0], SendOutcome::Kind::delivered));
  ASSERT_TRUE(stores.outbox.give_back(second, kStart + Millis{7}));
  EXPECT_EQ(stores.outbox.next_send().value(), std::nullopt) << "what is done with stays so";
}

TEST_P(OutboxLeaseContract, NoWaitIsLongerThanTheLongest) {
  queue({notification("tried"), notification("leased"), notification("planned", kStart + Millis{900'000})});
  const auto leases = lease(kStart);
  ASSERT_THAT(leases, SizeIs(2));
  must_commit(outcome(leases[0], SendOutcome::Kind::deferred, kStart, "451", kStart + std::chrono::hours(80'000)));
  EXPECT_EQ(stores.outbox.cap_waits(kStart, Millis{60'000}, Millis{5'000}, "webhook").value(), 0) << "of another lane";
  EXPECT_EQ(stores.outbox.cap_waits(kStart, Millis{60'000}, Millis{5'000}, "mail").value(), 1);
  EXPECT_EQ(stores.outbox.cap_waits(kStart, Millis{60'000}, Millis{5'000}, "mail").value(), 0);
  EXPECT_THAT(recipients(lease(kStart + Millis{4'999})), IsEmpty());
  EXPECT_THAT(recipients(lease(kStart + Millis{5'000})), ElementsAre("tried"));
}

TEST_P(OutboxLeaseContract, WhatHadFailedIsSentAgainWhenAPersonSaysSo) {
  queue({notification("fails"), notification("goes"), notification("waits"), notification("under way")});
  const auto leases = lease(kStart);
  must_commit(outcome(leases[0], SendOutcome::Kind::failed));
  must_commit(outcome(leases[1], SendOutcome::Kind::delivered));
  must_commit(outcome(leases[2], SendOutcome::Kind::deferred, kStart, "451", kStart + Millis{1'000'000}));
  const auto retried = [&](SendId id, TenantId tenant = kTenant) {
    Changes changes{.tenant = tenant, .at = kStart + Millis{10}};
    changes.add(SendRetried{id});
    return commit(changes);
  };
  EXPECT_TRUE(retried(leases[0].id));
  EXPECT_EQ(retried(leases[1].id).error().code, Errc::conflict) << "it was delivered";
  EXPECT_TRUE(retried(leases[2].id)) << "at once";
  EXPECT_EQ(retried(leases[3].id).error().code, Errc::conflict) << "it is being sent";
  EXPECT_EQ(retried(SendId{99}).error().code, Errc::not_found);
  EXPECT_EQ(retried(leases[0].id, kOtherTenant).error().code, Errc::not_found);
  const auto again = lease(kStart + Millis{10});
  EXPECT_THAT(recipients(again), ElementsAre("fails", "waits"));
  for (const auto& one : again) EXPECT_EQ(one.attempts, 1) << "counted anew";
}

/// Made at ten by a clock that is set back to nine: it waits the seconds that it was to wait, not the hour besides.
TEST_P(OutboxLeaseContract, AClockThatIsSetBackDelaysNothingThatWasNeverTried) {
  constexpr Millis kHour{3'600'000}, kUndo{10'000};
  auto answer = notification("a@x.example", kStart + kHour + kUndo);
  auto now_due = notification("b@x.example", kStart + kHour);
  queue({answer, now_due}, kStart + kHour);
  auto later = notification("c@x.example", kStart + kHour);
  queue({later}, kStart);  // by a clock that was right, and for then
  EXPECT_THAT(lease(kStart), IsEmpty());
  EXPECT_EQ(stores.outbox.cap_waits(kStart, kHour, Millis{5'000}, "mail").value(), 2);
  EXPECT_EQ(stores.outbox.cap_waits(kStart, kHour, Millis{5'000}, "mail").value(), 0) << "once";
  EXPECT_THAT(recipients(lease(kStart)), ElementsAre("b@x.example"));
  EXPECT_THAT(lease(kStart + kUndo - Millis{1}), IsEmpty()) << "until then it can be taken back";
  const auto left = lease(kStart + kUndo);
  EXPECT_THAT(recipients(left), ElementsAre("a@x.example"));
  EXPECT_EQ(left.at(0).created_at, kStart);
}

ORGO_CONTRACT(OutboxLeaseContract);

}  // namespace
}  // namespace orgo::contract
