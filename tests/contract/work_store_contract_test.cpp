// What every WorkStore must do (port/work_store.h).
#include <set>
#include <thread>

#include "base/text.h"
#include "core/work/dead_letter_change.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Millis kLease{60'000};
constexpr auto kOtherKind = static_cast<WorkKind>(7);
const LeaseOwner kOther{"mail2", "0b"};

class WorkStoreContract : public Suite {
 protected:
  static WorkKey key(std::int64_t reference) { return {kTenant, WorkKind::process, reference}; }
  void add(std::initializer_list<std::int64_t> references, TimePoint visible_at = kStart) {
    std::vector<WorkKey> keys;
    for (const auto reference : references) keys.push_back(key(reference));
    const auto added = stores.work.add(keys, visible_at);
    EXPECT_TRUE(added) << added.error().message;
  }
  /// What a sweeper finds and a worker claims.
  std::vector<WorkLease> claim(TimePoint now, const LeaseOwner& owner = kOwner) {
    auto keys = stores.work.unclaimed(WorkKind::process, now, 1'000);
    EXPECT_TRUE(keys) << keys.error().message;
    auto leases = stores.work.claim(owner, *keys, now, kLease);
    EXPECT_TRUE(leases) << leases.error().message;
    return leases.value_or(std::vector<WorkLease>{});
  }
  std::vector<std::int64_t> unclaimed(TimePoint now, int limit = 100) {
    std::vector<std::int64_t> found;
    const auto keys = stores.work.unclaimed(WorkKind::process, now, limit).value();
    for (const auto& one : keys) found.push_back(one.reference);
    return found;
  }
  std::vector<DeadLetter> dead() { return stores.work.dead(std::nullopt, 100).value(); }
  int complete(const WorkLease& one) { return stores.work.complete(std::span(&one, 1)).value(); }
  Result<Committed> revive(const WorkKey& work, TimePoint now) {
    return commit(retry_dead_letter(work, "x", "user:anna", now));
  }
  Result<Committed> drop(const WorkKey& work) {
    return commit(drop_dead_letter(work, "x", "of no use", "user:anna", kStart));
  }
  std::int64_t depth() { return stores.work.depth(WorkKind::process).value(); }
};

TEST_P(WorkStoreContract, NothingIsThereAtFirst) {
  EXPECT_THAT(claim(kStart), IsEmpty());
  EXPECT_EQ(depth(), 0);
  EXPECT_THAT(dead(), IsEmpty());
  EXPECT_EQ(stores.work.next_visible(WorkKind::process, kStart).value(), std::nullopt);
  EXPECT_TRUE(stores.work.add({}, kStart));
  EXPECT_THAT(stores.work.claim(kOwner, {}, kStart, kLease).value(), IsEmpty());
  EXPECT_EQ(stores.work.complete({}).value(), 0);
}

TEST_P(WorkStoreContract, WhatIsGivenBackWasNoAttempt) {
  add({1, 2});
  const auto first = claim(kStart);
  ASSERT_TRUE(stores.work.give_back(first, kStart + Millis{5}));
  EXPECT_EQ(complete(first[0]), 0) << "it is over";
  const auto second = claim(kStart + Millis{5});
  ASSERT_THAT(second, SizeIs(2));
  EXPECT_EQ(second[0].attempts, 1);
  ASSERT_TRUE(stores.work.give_back(first, kStart + Millis{6})) << "a stale one changes nothing";
  EXPECT_EQ(complete(second[0]), 1);
}

TEST_P(WorkStoreContract, WhatWaitsIsFoundLongestVisibleFirst) {
  add({1, 2}, kStart + Millis{2});
  add({3}, kStart + Millis{1});
  add({4}, kStart + Millis{9});
  EXPECT_THAT(unclaimed(kStart + Millis{5}), ElementsAre(3, 1, 2));
  EXPECT_THAT(unclaimed(kStart + Millis{5}, 2), ElementsAre(3, 1));
  EXPECT_EQ(stores.work.next_visible(WorkKind::process, kStart + Millis{5}).value(), kStart + Millis{9});
}

TEST_P(WorkStoreContract, IsClaimedByWhatItIsAboutAndSkipsWhatIsNotThere) {
  add({1, 2, 3});
  const std::vector keys{key(3), key(99), key(1)};
  const auto leases = stores.work.claim(kOwner, keys, kStart, kLease).value();
  ASSERT_THAT(leases, SizeIs(2));
  EXPECT_EQ(leases[0].key, key(3)) << "in the order asked for";
  EXPECT_EQ(leases[1].key, key(1));
  EXPECT_EQ(leases[0].attempts, 1);
  EXPECT_THAT(unclaimed(kStart), ElementsAre(2));
}

TEST_P(WorkStoreContract, NothingIsClaimedBeforeItIsVisible) {
  add({1}, kStart + Millis{1'000});
  const std::vector keys{key(1)};
  EXPECT_THAT(stores.work.claim(kOwner, keys, kStart + Millis{999}, kLease).value(), IsEmpty());
  EXPECT_THAT(stores.work.claim(kOwner, keys, kStart + Millis{1'000}, kLease).value(), SizeIs(1));
}

TEST_P(WorkStoreContract, OneThingIsOnePieceOfWork) {
  add({1});
  add({1}, kStart + Millis{5'000});
  EXPECT_EQ(depth(), 1);
  EXPECT_THAT(unclaimed(kStart), ElementsAre(1)) << "what is there stays as it is";
  const auto lease = claim(kStart).at(0);
  ASSERT_TRUE(stores.work.bury(lease, kStart, "x"));
  add({1});
  EXPECT_EQ(depth(), 0) << "also when it is dead";
}

TEST_P(WorkStoreContract, KindsAndTenantsDoNotMix) {
  const std::vector keys{key(1), WorkKey{kTenant, kOtherKind, 1}, WorkKey{kOtherTenant, WorkKind::process, 1}};
  ASSERT_TRUE(stores.work.add(keys, kStart));
  EXPECT_EQ(depth(), 2);
  EXPECT_EQ(stores.work.depth(kOtherKind).value(), 1);
  auto leases = claim(kStart);
  ASSERT_THAT(leases, SizeIs(2));
  auto& mine = leases[leases[0].key.tenant == kTenant ? 0 : 1];
  auto theirs = mine;
  theirs.key.tenant = kOtherTenant;
  ASSERT_TRUE(stores.work.bury(mine, kStart, "x"));
  EXPECT_THAT(stores.work.dead(kTenant, 10).value(), SizeIs(1));
  EXPECT_THAT(stores.work.dead(kOtherTenant, 10).value(), IsEmpty());
  EXPECT_EQ(revive(theirs.key, kStart).error().code, Errc::not_found);
  EXPECT_EQ(drop({kTenant, kOtherKind, 1}).error().code, Errc::not_found);
  EXPECT_EQ(stores.work.find_dead(theirs.key).value(), std::nullopt);
  EXPECT_EQ(depth(), 1);
}

TEST_P(WorkStoreContract, DuringTheLeaseNobodyElseGetsItAndAfterItSomebodyDoes) {
  add({1});
  const auto first = claim(kStart);
  ASSERT_THAT(first, SizeIs(1));
  const std::vector keys{key(1)};
  EXPECT_THAT(stores.work.claim(kOther, keys, kStart + kLease - Millis{1}, kLease).value(), IsEmpty());
  EXPECT_THAT(unclaimed(kStart + kLease - Millis{1}), IsEmpty());
  EXPECT_EQ(stores.work.next_visible(WorkKind::process, kStart).value(), kStart + kLease);
  const auto second = stores.work.claim(kOther, keys, kStart + kLease, kLease).value();
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_GT(second[0].token, first[0].token) << "tokens grow with each lease";
  EXPECT_EQ(second[0].attempts, 2) << "an attempt counts also when its worker never said a word";
}

TEST_P(WorkStoreContract, WhatIsPostponedHasNotBeenTried) {
  add({1});
  const auto first = claim(kStart).at(0);
  ASSERT_TRUE(stores.work.postpone(first, kStart + Millis{5'000}, "its rules can't be read"));
  EXPECT_TRUE(stores.work.postpone(first, kStart, "again")) << "twice is once";
  EXPECT_EQ(complete(first), 0) << "it was given back";
  EXPECT_THAT(claim(kStart + Millis{4'999}), IsEmpty());
  const auto second = claim(kStart + Millis{5'000}).at(0);
  EXPECT_EQ(second.attempts, 1);
  EXPECT_GT(second.token, first.token);
}

TEST_P(WorkStoreContract, OnlyTheNewestLeaseCanEndIt) {
  add({1});
  const auto old = claim(kStart).at(0);
  const auto now = claim(kStart + kLease).at(0);
  EXPECT_EQ(complete(old), 0);
  EXPECT_TRUE(stores.work.retry(old, kStart, "stale"));
  EXPECT_TRUE(stores.work.bury(old, kStart, "stale"));
  EXPECT_EQ(depth(), 1);
  EXPECT_THAT(dead(), IsEmpty());
  EXPECT_THAT(unclaimed(kStart + kLease + Millis{1}), IsEmpty()) << "a stale retry must not make it visible";
  EXPECT_EQ(complete(now), 1);
  EXPECT_EQ(complete(now), 0) << "once";
  EXPECT_EQ(depth(), 0);
}

TEST_P(WorkStoreContract, AStaleLeaseNeverMeetsWhatIsAddedAnewAboutTheSame) {
  add({1});
  const auto stale = claim(kStart).at(0);
  EXPECT_EQ(complete(claim(kStart + kLease).at(0)), 1);
  add({1});
  const auto again = claim(kStart).at(0);
  EXPECT_GT(again.token, stale.token);
  EXPECT_EQ(complete(stale), 0);
  EXPECT_EQ(complete(again), 1);
}

TEST_P(WorkStoreContract, TheNewestLeaseCountsEvenWhenItsTimeIsOver) {
  add({1});
  const auto late = claim(kStart).at(0);
  EXPECT_EQ(complete(late), 1) << "nobody else has it, so its work is done";
}

TEST_P(WorkStoreContract, CompletesManyAtOnceAndWithoutWaiting) {
  std::vector<WorkKey> keys;
  for (int i = 1; i <= 1'000; ++i) keys.push_back(key(i));
  ASSERT_TRUE(stores.work.add(keys, kStart));
  const auto leases = claim(kStart);
  ASSERT_THAT(leases, SizeIs(1'000));
  stores.work.complete_without_waiting(std::span(leases).first(400));
  EXPECT_EQ(stores.work.complete(std::span(leases).subspan(300)).value(), 600) << "what was posted before goes first";
  EXPECT_EQ(depth(), 0);
}

TEST_P(WorkStoreContract, RetryGivesItBackForLater) {
  add({1});
  const auto first = claim(kStart).at(0);
  ASSERT_TRUE(stores.work.retry(first, kStart + Millis{5'000}, "peer down"));
  EXPECT_EQ(depth(), 1);
  EXPECT_EQ(complete(first), 0) << "a lease that was given back is over";
  EXPECT_TRUE(stores.work.retry(first, kStart, "again")) << "twice is once";
  EXPECT_THAT(unclaimed(kStart + Millis{4'999}), IsEmpty());
  const auto second = claim(kStart + Millis{5'000});
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(second[0].attempts, 2);
}

TEST_P(WorkStoreContract, AnOwnerGivesBackItsOwnLeasesAndNobodyElses) {
  add({1, 2});
  const std::vector one{key(1)}, two{key(2)};
  const auto mine = stores.work.claim(kOwner, one, kStart, kLease)->at(0);
  const auto theirs = stores.work.claim(kOther, two, kStart, kLease)->at(0);
  ASSERT_TRUE(stores.work.release(kOwner, LeasesOf::this_boot, kStart + Millis{5}));
  EXPECT_THAT(unclaimed(kStart + Millis{5}), ElementsAre(1));
  EXPECT_EQ(complete(mine), 0) << "it is given back";
  EXPECT_EQ(complete(theirs), 1);
  EXPECT_EQ(claim(kStart + Millis{5}).at(0).attempts, 2) << "the attempt stays counted";
}

TEST_P(WorkStoreContract, AStartGivesBackWhatEarlierBootsOfTheSameNodeHeld) {
  add({1, 2, 3, 4});
  const auto hold = [&](const LeaseOwner& owner, std::int64_t reference) {
    const std::vector keys{key(reference)};
    EXPECT_THAT(stores.work.claim(owner, keys, kStart, kLease).value(), SizeIs(1));
  };
  hold({"mail1", "0a"}, 1);
  hold({"mail1", "0b"}, 2);
  hold({"mail2", "0a"}, 3);
  hold({"mail11", "0a"}, 4);
  ASSERT_TRUE(stores.work.release({"mail1", "0b"}, LeasesOf::earlier_boots, kStart));
  EXPECT_THAT(unclaimed(kStart), ElementsAre(1)) << "the others are of living nodes";
}

TEST_P(WorkStoreContract, AReleaseLeavesWhatWaitsForItsNextAttempt) {
  add({1});
  ASSERT_TRUE(stores.work.retry(claim(kStart).at(0), kStart + kLease, "peer down"));
  ASSERT_TRUE(stores.work.release(kOwner, LeasesOf::this_boot, kStart));
  EXPECT_THAT(unclaimed(kStart + kLease - Millis{1}), IsEmpty());
}

TEST_P(WorkStoreContract, BuriedWorkWaitsForAPerson) {
  add({7});
  const auto leased = claim(kStart).at(0);
  ASSERT_TRUE(stores.work.bury(leased, kStart + Millis{10}, "cannot be read"));
  EXPECT_THAT(unclaimed(kStart + kLease * 10), IsEmpty());
  const std::vector keys{key(7)};
  EXPECT_THAT(stores.work.claim(kOwner, keys, kStart + kLease * 10, kLease).value(), IsEmpty());
  EXPECT_EQ(depth(), 0) << "the dead don't wait";
  ASSERT_THAT(dead(), SizeIs(1));
  const auto letter = stores.work.find_dead(key(7)).value();
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->key, key(7));
  EXPECT_EQ(letter->attempts, 1);
  EXPECT_EQ(letter->error, "cannot be read");
  EXPECT_EQ(letter->died_at, kStart + Millis{10});
}

TEST_P(WorkStoreContract, ListsTheDeadNewestFirstAndAtMostTheLimit) {
  add({1, 2, 3});
  auto at = kStart;
  for (const auto& one : claim(kStart)) ASSERT_TRUE(stores.work.bury(one, at += Millis{1}, "x"));
  const auto two = stores.work.dead(kTenant, 2).value();
  ASSERT_THAT(two, SizeIs(2));
  EXPECT_EQ(two[0].key.reference, 3);
  EXPECT_EQ(two[1].key.reference, 2);
  EXPECT_THAT(dead(), SizeIs(3));
}

TEST_P(WorkStoreContract, RevivedWorkStartsAgain) {
  add({7});
  const auto old = claim(kStart).at(0);
  ASSERT_TRUE(stores.work.bury(old, kStart, "x"));
  ASSERT_TRUE(revive(old.key, kStart + Millis{100}));
  EXPECT_THAT(dead(), IsEmpty());
  EXPECT_THAT(unclaimed(kStart + Millis{99}), IsEmpty());
  const auto again = claim(kStart + Millis{100});
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].attempts, 1);
  EXPECT_EQ(complete(old), 0) << "a lease from before its death is stale";
  EXPECT_EQ(complete(again[0]), 1);
}

TEST_P(WorkStoreContract, DroppedWorkIsToldAndNeverTakenUpAgain) {
  add({7});
  ASSERT_TRUE(stores.work.bury(claim(kStart).at(0), kStart, "x"));
  ASSERT_TRUE(drop(key(7)));
  EXPECT_THAT(dead(), IsEmpty());
  add({7});
  EXPECT_THAT(unclaimed(kStart + kLease * 10), IsEmpty());
  EXPECT_EQ(depth(), 0);
}

TEST_P(WorkStoreContract, KeepsAKibibyteOfAnErrorCutAtACharacter) {
  add({1, 2, 3});
  const auto leases = claim(kStart);
  ASSERT_TRUE(stores.work.bury(leases[0], kStart, std::string(1024, 'e')));
  ASSERT_TRUE(stores.work.bury(leases[1], kStart, std::string(1025, 'e')));
  ASSERT_TRUE(stores.work.bury(leases[2], kStart, std::string(1023, 'e') + "\u00e9"));
  EXPECT_EQ(stores.work.find_dead(key(1)).value()->error, std::string(1024, 'e'));
  EXPECT_EQ(stores.work.find_dead(key(2)).value()->error, std::string(1024, 'e'));
  EXPECT_EQ(stores.work.find_dead(key(3)).value()->error, std::string(1023, 'e'));
}

/// All orders of bury, revive, drop, retry, complete and add, with the lease that was newest and with one that was not:
/// the work is in one state, is never lost and is never there twice.
TEST_P(WorkStoreContract, NoOrderOfMovesLosesOrDoublesIt) {
  enum class Move { bury, revive, drop, retry, complete, add, stale_bury, stale_complete };
  constexpr int kMoves = 8;
  std::int64_t reference = 0;
  for (int order = 0; order < kMoves * kMoves * kMoves; ++order) {
    add({++reference});
    const auto stale = claim(kStart).at(0);
    const auto lease = claim(kStart + kLease).at(0);
    bool leased = true, is_dead = false, dropped = false, gone = false;
    for (int digits = order, i = 0; i < 3; ++i, digits /= kMoves) {
      switch (static_cast<Move>(digits % kMoves)) {
        case Move::bury:
          ASSERT_TRUE(stores.work.bury(lease, kStart, "x"));
          if (leased) is_dead = true, leased = false;
          break;
        case Move::revive:
          EXPECT_EQ(revive(lease.key, kStart + kLease * 9).has_value(), is_dead);
          is_dead = false;
          break;
        case Move::drop:
          EXPECT_EQ(drop(lease.key).has_value(), is_dead);
          if (is_dead) dropped = true, is_dead = false;
          break;
        case Move::retry:
          ASSERT_TRUE(stores.work.retry(lease, kStart + kLease * 9, "x"));
          leased = false;
          break;
        case Move::complete:
          EXPECT_EQ(complete(lease), leased ? 1 : 0);
          if (leased) gone = true, leased = false;
          break;
        case Move::add:
          ASSERT_TRUE(stores.work.add(std::span(&lease.key, 1), kStart + kLease * 9));
          gone = false;
          break;
        case Move::stale_bury:
          ASSERT_TRUE(stores.work.bury(stale, kStart, "x"));
          break;
        case Move::stale_complete:
          EXPECT_EQ(complete(stale), 0);
          break;
      }
      const bool waits = !is_dead && !dropped && !gone;
      ASSERT_EQ(depth(), waits ? 1 : 0) << "order " << order << ", move " << i;
      ASSERT_THAT(dead(), SizeIs(is_dead ? 1 : 0)) << "order " << order << ", move " << i;
    }
    // Out of the way of the next order.
    for (const auto& left : claim(kStart + kLease * 20)) EXPECT_EQ(complete(left), 1);
    if (is_dead) {
      ASSERT_TRUE(drop(lease.key));
    }
  }
}

TEST_P(WorkStoreContract, TwoNodesNeverHoldTheSame) {
  std::vector<WorkKey> keys;
  for (int i = 1; i <= 400; ++i) keys.push_back(key(i));
  ASSERT_TRUE(stores.work.add(keys, kStart));
  std::vector<std::vector<WorkLease>> held(8);
  {
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < held.size(); ++i)
      workers.emplace_back([&, i] {
        const LeaseOwner owner{"node" + std::to_string(i % 2), std::to_string(i)};
        for (std::size_t at = 0; at < keys.size(); at += 7) {  // all hear of all
          const auto some = std::span(keys).subspan(at, std::min<std::size_t>(7, keys.size() - at));
          const auto leases = stores.work.claim(owner, some, kStart, kLease);
          if (leases) held[i].insert(held[i].end(), leases->begin(), leases->end());
        }
      });
  }
  std::set<WorkKey> distinct;
  std::size_t all = 0;
  for (const auto& mine : held)
    for (const auto& one : mine) {
      distinct.insert(one.key);
      ++all;
    }
  EXPECT_EQ(all, 400U);
  EXPECT_EQ(distinct.size(), 400U);
}

ORGO_CONTRACT(WorkStoreContract);

}  // namespace
}  // namespace orgo::contract
