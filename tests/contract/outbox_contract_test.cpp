// What every Outbox must do, together with the SendOutcome of ChangeStore (port/outbox.h).
#include <algorithm>
#include <set>
#include <thread>

#include "core/delivery/send_outcome.h"
#include "tests/contract/support/outbox_contract.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_P(OutboxContract, AnEmptyOutboxGivesNothing) {
  EXPECT_THAT(lease(kStart), IsEmpty());
  EXPECT_EQ(stores.outbox.next_send().value(), std::nullopt);
  EXPECT_THAT(stores.outbox.sends_of_task(kTenant, TaskNumber{1}).value(), IsEmpty());
}

TEST_P(OutboxContract, ASendComesBackWhole) {
  const auto bytes = mail("a@x");
  const auto message = accept(raw(bytes));
  auto send = notification("anna@school.example");
  send.kind = SendKind::reply;
  send.channel = "webhook";
  send.priority = Priority::normal;
  send.message = message;
  send.template_name = "thanks";
  send.note = "with \xc3\xbc and \n lines";
  send.cause = "ben@home.example";
  send.rule = "water/rule 1 (a.yaml:3)";
  const auto task = queue({send}, kStart + Millis{7});
  const auto leases = lease(kStart + Millis{7});
  ASSERT_THAT(leases, SizeIs(1));
  const auto& leased = leases[0];
  EXPECT_TRUE(leased.id);
  EXPECT_EQ(leased.tenant, kTenant);
  EXPECT_EQ(leased.attempts, 1);
  EXPECT_EQ(leased.created_at, kStart + Millis{7});
  EXPECT_EQ(leased.send.kind, SendKind::reply);
  EXPECT_EQ(leased.send.channel, "webhook");
  EXPECT_EQ(leased.send.recipient.address, "anna@school.example");
  EXPECT_EQ(leased.send.priority, Priority::normal);
  EXPECT_EQ(leased.send.subject.task(), task);
  EXPECT_EQ(leased.send.message, message);
  EXPECT_EQ(leased.send.template_name, "thanks");
  EXPECT_EQ(leased.send.note, send.note);
  EXPECT_EQ(leased.send.cause, send.cause);
  EXPECT_EQ(leased.send.rule, send.rule);
  EXPECT_EQ(leased.send.due_at, kStart);
}

TEST_P(OutboxContract, WithoutALaneItGoesByTheChannelThatReachesItsRecipient) {
  Send hook;
  hook.recipient = webhook_contact("https://hook.example/");
  hook.due_at = kStart;
  queue({notification("anna@school.example"), hook});
  for (const auto* lane : {"mail", "webhook"}) {
    const auto leases = stores.outbox.lease_sends(kOwner, kStart, kLease, 10, lane);
    ASSERT_THAT(*leases, SizeIs(1)) << lane;
    EXPECT_EQ(leases->at(0).send.channel, lane);
  }
}

TEST_P(OutboxContract, OnlyOneChannelWhenAskedForIt) {
  auto hook = notification("https://hook.example/", kStart + Millis{5}, Priority::normal);
  hook.channel = "webhook";
  queue({notification("mail"), hook});
  EXPECT_EQ(stores.outbox.next_send("webhook").value(), kStart + Millis{5});
  EXPECT_EQ(stores.outbox.next_send().value(), kStart);
  const auto leases = stores.outbox.lease_sends(kOwner, kStart + Millis{5}, kLease, 10, "webhook");
  EXPECT_THAT(recipients(*leases), ElementsAre("https://hook.example/"));
  EXPECT_THAT(recipients(lease(kStart + Millis{5})), ElementsAre("mail"));
}

TEST_P(OutboxContract, MostUrgentFirstThenOldestDueFirst) {
  queue({notification("late", kStart + Millis{2}, Priority::high),
         notification("early", kStart + Millis{1}, Priority::high), notification("marketing", kStart, Priority::low),
         notification("critical", kStart + Millis{3}, Priority::urgent)});
  EXPECT_THAT(recipients(lease(kStart + Millis{5})), ElementsAre("critical", "early", "late", "marketing"));
}

TEST_P(OutboxContract, ALoudTenantKeepsNoOtherWaiting) {
  queue(std::vector<Send>(50, notification("loud", kStart)));
  queue({notification("quiet", kStart + Millis{1}), notification("quiet", kStart + Millis{2})}, kStart, kOtherTenant);
  const auto first = recipients(lease(kStart + Millis{5}, 4));
  EXPECT_EQ(std::count(first.begin(), first.end(), "quiet"), 2) << "although all of the other's are older";
  EXPECT_THAT(first, SizeIs(4));
}

TEST_P(OutboxContract, TenantsTakeTurnsWhenThereAreMoreThanPlaces) {
  queue(std::vector<Send>(3, notification("a")));
  queue(std::vector<Send>(3, notification("b")), kStart, kOtherTenant);
  std::vector<std::string> order;
  for (int i = 0; i < 6; ++i) {
    const auto one = recipients(lease(kStart, 1));
    ASSERT_THAT(one, SizeIs(1));
    order.push_back(one[0]);
  }
  EXPECT_THAT(order, ElementsAre("a", "b", "a", "b", "a", "b"));
}

TEST_P(OutboxContract, UrgentOfOneTenantGoesBeforeTheOrdinaryOfAnother) {
  queue({notification("ordinary", kStart), notification("ordinary", kStart)});
  queue({notification("urgent", kStart + Millis{5}, Priority::urgent)}, kStart, kOtherTenant);
  EXPECT_THAT(recipients(lease(kStart + Millis{5}, 1)), ElementsAre("urgent"));
}

TEST_P(OutboxContract, CountsALaneOfATenantByItself) {
  auto hook = notification("https://hook.example/");
  hook.recipient = webhook_contact("https://hook.example/");
  queue({notification(), hook, hook}, kStart);
  queue({notification(), notification(), hook}, kStart, kOtherTenant);
  const auto count = [&](TenantId tenant, std::string_view lane, TimePoint since) {
    return stores.outbox.count_for_brake({.tenant = tenant, .name = lane, .since = since}).value();
  };
  EXPECT_EQ(count(kTenant, "mail", kStart), 1);
  EXPECT_EQ(count(kTenant, "webhook", kStart), 2);
  EXPECT_EQ(count(kOtherTenant, "mail", kStart), 2);
  EXPECT_EQ(count(kOtherTenant, "webhook", kStart + Millis{1}), 0);
  EXPECT_EQ(count(kTenant, "pigeon", kStart), 0);
}

TEST_P(OutboxContract, NothingGoesOutBeforeItIsDue) {
  queue({notification("a", kStart + Millis{1'000})});
  EXPECT_EQ(stores.outbox.next_send().value(), kStart + Millis{1'000});
  EXPECT_THAT(lease(kStart + Millis{999}), IsEmpty());
  EXPECT_THAT(lease(kStart + Millis{1'000}), SizeIs(1));
}

TEST_P(OutboxContract, GivesAtMostTheLimit) {
  queue({notification("a"), notification("b"), notification("c")});
  EXPECT_THAT(lease(kStart, 2), SizeIs(2));
  EXPECT_THAT(lease(kStart, 2), SizeIs(1));
}

TEST_P(OutboxContract, DuringTheLeaseNobodyElseGetsItAndEachLeaseIsAnAttempt) {
  queue({notification()});
  const auto first = lease(kStart);
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(stores.outbox.next_send().value(), kStart + kLease) << "under lease: when its lease ends";
  EXPECT_THAT(lease(kStart + kLease - Millis{1}), IsEmpty());
  const auto second = lease(kStart + kLease);
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].id, first[0].id);
  EXPECT_EQ(second[0].attempts, 2);
  EXPECT_NE(second[0].lease, first[0].lease);
}

TEST_P(OutboxContract, ADeliveredSendIsOver) {
  const auto task = queue({notification()});
  const auto leased = lease(kStart).at(0);
  must_commit(outcome(leased, SendOutcome::Kind::delivered, kStart + Millis{9}, "250 2.0.0 taken"));
  EXPECT_THAT(lease(kStart + kLease * 10), IsEmpty());
  EXPECT_EQ(stores.outbox.next_send().value(), std::nullopt);
  const auto stored = stores.outbox.sends_of_task(kTenant, task).value();
  ASSERT_THAT(stored, SizeIs(1));
  EXPECT_EQ(stored[0].id, leased.id);
  EXPECT_EQ(stored[0].state, SendState::delivered);
  EXPECT_EQ(stored[0].attempts, 1);
  EXPECT_EQ(stored[0].detail, "250 2.0.0 taken");
  EXPECT_EQ(stored[0].created_at, kStart);
  EXPECT_EQ(stored[0].updated_at, kStart + Millis{9});
}

TEST_P(OutboxContract, AFailedOrRefusedSendIsOverAndSaysSo) {
  const auto task = queue({notification("a"), notification("b")});
  const auto leases = lease(kStart);
  ASSERT_THAT(leases, SizeIs(2));
  must_commit(outcome(leases[0], SendOutcome::Kind::failed, kStart, "550 unknown"));
  must_commit(outcome(leases[1], SendOutcome::Kind::refused, kStart, "11th mail to T-1 within an hour"));
  EXPECT_THAT(lease(kStart + kLease * 10), IsEmpty());
  const auto stored = stores.outbox.sends_of_task(kTenant, task).value();
  ASSERT_THAT(stored, SizeIs(2));
  EXPECT_EQ(stored[0].state, SendState::failed);
  EXPECT_EQ(stored[0].detail, "550 unknown");
  EXPECT_EQ(stored[1].state, SendState::refused);
}

TEST_P(OutboxContract, ADeferredSendComesAgainWhenItsTimeComes) {
  const auto task = queue({notification()});
  const auto leased = lease(kStart).at(0);
  const auto next = kStart + kLease * 5;
  must_commit(outcome(leased, SendOutcome::Kind::deferred, kStart, "451 later", next));
  EXPECT_EQ(stores.outbox.next_send().value(), next);
  EXPECT_THAT(lease(next - Millis{1}), IsEmpty());
  EXPECT_EQ(stores.outbox.sends_of_task(kTenant, task)->at(0).detail, "451 later");
  EXPECT_EQ(stores.outbox.sends_of_task(kTenant, task)->at(0).state, SendState::queued);
  const auto again = lease(next);
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].attempts, 2);
}

TEST_P(OutboxContract, AStaleLeaseIsRefusedAndNothingOfItsChangesIsWritten) {
  const auto task = queue({notification()});
  const auto old = lease(kStart).at(0);
  const auto newest = lease(kStart + kLease).at(0);
  auto late = outcome(old, SendOutcome::Kind::failed);
  late.events.push_back(event(EventKind::send_failed));
  late.events[0].subject = task;
  EXPECT_EQ(commit(late).error().code, Errc::conflict);
  EXPECT_EQ(stores.outbox.sends_of_task(kTenant, task)->at(0).state, SendState::queued);
  EXPECT_THAT(stores.tasks.history(kTenant, task).value(), SizeIs(1));
  must_commit(outcome(newest, SendOutcome::Kind::delivered));
  EXPECT_EQ(commit(outcome(newest, SendOutcome::Kind::delivered)).error().code, Errc::conflict) << "told twice";
  EXPECT_EQ(commit(outcome(newest, SendOutcome::Kind::deferred)).error().code, Errc::conflict) << "it is over";
  EXPECT_EQ(stores.outbox.sends_of_task(kTenant, task)->at(0).state, SendState::delivered);
}

TEST_P(OutboxContract, TheNewestLeaseCountsEvenWhenItsTimeIsOver) {
  queue({notification()});
  const auto leased = lease(kStart).at(0);
  must_commit(outcome(leased, SendOutcome::Kind::delivered, kStart + kLease * 3));
  EXPECT_THAT(lease(kStart + kLease * 4), IsEmpty()) << "delivered late is delivered";
}

TEST_P(OutboxContract, AnotherTenantsSendIsNotFound) {
  queue({notification()}, kStart, kOtherTenant);
  const auto leased = lease(kStart).at(0);
  EXPECT_EQ(leased.tenant, kOtherTenant);
  auto foreign = outcome(leased, SendOutcome::Kind::failed);
  foreign.tenant = kTenant;
  EXPECT_EQ(commit(foreign).error().code, Errc::not_found);
  EXPECT_THAT(stores.outbox.sends_of_task(kTenant, TaskNumber{1}).value(), IsEmpty());
}

TEST_P(OutboxContract, CountsWhatWasMadeSince) {
  const auto one = queue({notification(), notification()}, kStart);
  queue({notification()}, kStart + Millis{100});
  Changes more{.tenant = kTenant};
  more.at = kStart + Millis{200};
  more.sends.push_back(notification());
  more.sends[0].subject = one;
  must_commit(more);
  queue({notification()}, kStart + Millis{300}, kOtherTenant);
  const auto count = [&](TimePoint since) { return stores.outbox.count_sends(kTenant, one, since).value(); };
  EXPECT_EQ(count(kStart), 3);
  EXPECT_EQ(count(kStart + Millis{1}), 1);
  EXPECT_EQ(count(kStart + Millis{200}), 1) << "at or after";
  EXPECT_EQ(count(kStart + Millis{201}), 0);
}

TEST_P(OutboxContract, EachTenantHasNumbersOfItsOwn) {
  const auto mine = queue({notification("mine")}), theirs = queue({notification("theirs")}, kStart, kOtherTenant);
  EXPECT_EQ(mine, theirs);
  const SendId first{1};
  EXPECT_EQ(stores.outbox.read_send(kTenant, first).value().send.recipient.address, "mine");
  EXPECT_EQ(stores.outbox.read_send(kOtherTenant, first).value().send.recipient.address, "theirs");
  const auto leases = lease(kStart);
  ASSERT_THAT(leases, SizeIs(2));
  for (const auto& leased : leases)
    if (leased.tenant == kOtherTenant) must_commit(outcome(leased, SendOutcome::Kind::delivered));
  EXPECT_EQ(stores.outbox.read_send(kTenant, first).value().state, SendState::queued);
  EXPECT_EQ(stores.outbox.read_send(kOtherTenant, first).value().state, SendState::delivered);
}

TEST_P(OutboxContract, AnOwnerGivesBackItsOwnLeasesAndNobodyElses) {
  queue({notification("mine")});
  const auto mine = lease(kStart).at(0);
  queue({notification("theirs")});
  const LeaseOwner other{"mail2", "0a"};
  const auto theirs = stores.outbox.lease_sends(other, kStart, kLease, 10)->at(0);
  ASSERT_TRUE(stores.outbox.release_sends({"mail1", "0b"}, LeasesOf::this_boot, kStart)) << "of another boot";
  ASSERT_TRUE(stores.outbox.release_sends({"mail3", "0b"}, LeasesOf::earlier_boots, kStart)) << "of another node";
  EXPECT_THAT(lease(kStart), IsEmpty());
  ASSERT_TRUE(stores.outbox.release_sends({"mail1", "0b"}, LeasesOf::earlier_boots, kStart));
  EXPECT_EQ(commit(outcome(mine, SendOutcome::Kind::delivered)).error().code, Errc::conflict) << "it is given back";
  const auto again = lease(kStart);
  ASSERT_THAT(recipients(again), ElementsAre("mine"));
  EXPECT_EQ(again[0].attempts, 2) << "the attempt stays counted";
  must_commit(outcome(theirs, SendOutcome::Kind::delivered));
}

TEST_P(OutboxContract, CountsOfOneRecipientUpToOneSend) {
  auto to_anna = notification();
  to_anna.recipient = mail_contact("anna@example.org");
  auto to_bob = notification();
  to_bob.recipient = mail_contact("bob@example.org");
  const auto task = queue({to_anna, to_bob, to_anna}, kStart);
  const auto sends = stores.outbox.sends_of_task(kTenant, task).value();
  ASSERT_EQ(sends.size(), 3U);
  const auto count = [&](std::string_view recipient, SendId upto) {
    return stores.outbox.count_sends(kTenant, task, kStart, recipient, upto).value();
  };
  EXPECT_EQ(count("Anna@example.org", {}), 2);
  EXPECT_EQ(count("anna@example.org", sends[0].id), 1);
  EXPECT_EQ(count("bob@example.org", sends[0].id), 0);
  EXPECT_EQ(count("bob@example.org", sends[1].id), 1);
  EXPECT_EQ(count("", sends[1].id), 2);
  EXPECT_EQ(count("", {}), 3);
}

TEST_P(OutboxContract, NoAnswerOfWordsThatAreNotThere) {
  auto answer = notification("a@x.example");
  answer.kind = SendKind::answer;
  answer.content = MessageId{4711};
  auto changes = opening(new_task());
  changes.sends = {answer};
  const auto committed = stores.changes.commit(std::span(&changes, 1), within(kPatience)).value().at(0);
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, Errc::not_found);
}

TEST_P(OutboxContract, OnlyWhatNobodyTriedIsTakenBack) {
  const auto task = queue({notification("a@x.example"), notification("b@x.example"), notification("c@x.example")});
  std::vector<SendId> ids;
  const auto sends = stores.outbox.sends_of_task(kTenant, task).value();
  for (const auto& one : sends) ids.push_back(one.id);
  const auto take_back = [&](SendId id, TenantId tenant = kTenant) {
    Changes changes{.tenant = tenant, .at = kStart};
    changes.add(SendRecalled{id});
    return stores.changes.commit(std::span(&changes, 1), within(kPatience)).value().at(0);
  };
  const auto code = [](const auto& answer) { return answer ? std::optional<Errc>() : answer.error().code; };
  EXPECT_TRUE(take_back(ids[0]));
  EXPECT_EQ(code(take_back(ids[0])), Errc::conflict) << "it was already";
  EXPECT_EQ(code(take_back(ids[1], kOtherTenant)), Errc::not_found);
  const auto leases = lease(kStart);
  EXPECT_THAT(recipients(leases), testing::UnorderedElementsAre("b@x.example", "c@x.example"));
  EXPECT_EQ(code(take_back(ids[1])), Errc::conflict) << "somebody is sending it";
  for (const auto& leased : leases)
    must_commit(outcome(leased, leased.id == ids[1] ? SendOutcome::Kind::deferred : SendOutcome::Kind::delivered,
                        kStart, "450 later", kStart + Millis{1'000}));
  EXPECT_EQ(code(take_back(ids[1])), Errc::conflict) << "it was tried, and may have arrived";
  EXPECT_EQ(code(take_back(ids[2])), Errc::conflict) << "it has arrived";
  EXPECT_EQ(stores.outbox.read_send(kTenant, ids[0])->state, SendState::recalled);
  Changes retried{.tenant = kTenant, .at = kStart};
  retried.add(SendRetried{ids[0]});
  EXPECT_EQ(code(stores.changes.commit(std::span(&retried, 1), within(kPatience)).value().at(0)), Errc::conflict)
      << "and is not sent again";
  EXPECT_THAT(lease(kStart + Millis{999}), IsEmpty());
  EXPECT_THAT(recipients(lease(kStart + Millis{1'000})), ElementsAre("b@x.example"));
}

TEST_P(OutboxContract, WhatSurelyHasNotArrivedIsTakenBackByWhoKnowsOfEachTry) {
  const auto task = queue({notification("a@x.example")});
  const auto id = stores.outbox.sends_of_task(kTenant, task)->at(0).id;
  const auto take_back = [&](int attempts) {
    Changes changes{.tenant = kTenant, .at = kStart};
    changes.add(SendRecalled{id, attempts});
    return stores.changes.commit(std::span(&changes, 1), within(kPatience)).value().at(0);
  };
  const auto leases = lease(kStart);
  EXPECT_EQ(take_back(1).error().code, Errc::conflict) << "somebody is sending it";
  must_commit(outcome(leases.at(0), SendOutcome::Kind::deferred, kStart, "450 later", kStart + Millis{1'000}));
  EXPECT_EQ(take_back(0).error().code, Errc::conflict) << "it was tried once more";
  EXPECT_EQ(take_back(2).error().code, Errc::conflict);
  EXPECT_TRUE(take_back(1));
  EXPECT_THAT(lease(kStart + Millis{1'000}), IsEmpty());
}

TEST_P(OutboxContract, OfManySendsOfATaskTheNewestAreShown) {
  constexpr int kAll = 1'010;
  std::vector<Send> sends;
  for (int i = 0; i < kAll; ++i) sends.push_back(notification(std::to_string(i) + "@x.example"));
  const auto task = queue(sends);
  const auto shown = stores.outbox.sends_of_task(kTenant, task).value();
  ASSERT_THAT(shown, SizeIs(1'000));
  EXPECT_EQ(shown.front().send.recipient.address, "10@x.example");
  EXPECT_EQ(shown.back().send.recipient.address, "1009@x.example");
}

TEST_P(OutboxContract, TwoWorkersNeverHoldTheSameSend) {
  queue(std::vector<Send>(200, notification()));
  std::vector<std::vector<LeasedSend>> held(8);
  {
    std::vector<std::jthread> workers;
    for (auto& mine : held)
      workers.emplace_back([&, at = &mine] {
        for (;;) {
          const auto leases = stores.outbox.lease_sends(kOwner, kStart, kLease, 7);
          if (!leases || leases->empty()) return;
          at->insert(at->end(), leases->begin(), leases->end());
        }
      });
  }
  std::set<SendId> distinct;
  std::size_t all = 0;
  for (const auto& mine : held) {
    all += mine.size();
    for (const auto& one : mine) distinct.insert(one.id);
  }
  EXPECT_EQ(all, 200U);
  EXPECT_EQ(distinct.size(), 200U);
}

ORGO_CONTRACT(OutboxContract);

}  // namespace
}  // namespace orgo::contract
