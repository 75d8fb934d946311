// What every WorkHints must do (port/work_hints.h), and that work gets done over one that forgets everything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>

#include "adapter/memory/memory_store.h"
#include "adapter/memory/memory_work_hints.h"
#include "service/work/sweeper.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// A backend, small, and what makes it forget everything.
struct HintsBackend {
  std::string name;
  std::shared_ptr<WorkHints> (*make)(std::size_t hints_max, Millis hands_max);
  void (*wipe)(WorkHints& hints);
  friend std::ostream& operator<<(std::ostream& out, const HintsBackend& backend) { return out << backend.name; }
};

std::vector<HintsBackend> hints_backends() {
  return {{"memory",
           [](std::size_t hints_max, Millis hands_max) -> std::shared_ptr<WorkHints> {
             return std::make_shared<MemoryWorkHints>(
                 MemoryWorkHintsOptions{.hints_max = hints_max, .hands_max = hands_max});
           },
           [](WorkHints& hints) { static_cast<MemoryWorkHints&>(hints).wipe(); }}};
}

struct FixedClock final : Clock {
  TimePoint time = kStart;
  TimePoint now() override { return time; }
};

class WorkHintsContract : public testing::TestWithParam<HintsBackend> {
 protected:
  static constexpr Millis kHands{60'000};
  static constexpr auto kOtherKind = static_cast<WorkKind>(7);
  static WorkKey key(std::int64_t reference, WorkKind kind = WorkKind::process) { return {kTenant, kind, reference}; }
  void announce(std::initializer_list<std::int64_t> references, TimePoint now = kStart) {
    std::vector<WorkKey> keys;
    for (const auto reference : references) keys.push_back(key(reference));
    hints->announce(keys, now);
  }
  std::vector<std::int64_t> take(int limit = 100, TimePoint now = kStart) {
    std::vector<std::int64_t> found;
    taken = hints->take(WorkKind::process, limit, now);
    for (const auto& one : taken) found.push_back(one.key.reference);
    return found;
  }

  std::shared_ptr<WorkHints> hints = GetParam().make(100, kHands);
  std::vector<WorkHint> taken;  ///< by the last take()
};

TEST_P(WorkHintsContract, GivesWhatWasAnnouncedOldestFirst) {
  EXPECT_THAT(take(), IsEmpty());
  announce({3, 1});
  announce({2});
  EXPECT_THAT(take(2), ElementsAre(3, 1));
  EXPECT_THAT(take(), ElementsAre(2));
  EXPECT_THAT(take(), IsEmpty());
}

TEST_P(WorkHintsContract, KindsDoNotMix) {
  announce({1});
  const std::vector other{key(1, kOtherKind)};
  hints->announce(other, kStart);
  EXPECT_EQ(hints->waiting(WorkKind::process), 1U);
  EXPECT_THAT(take(), ElementsAre(1));
  EXPECT_THAT(hints->take(kOtherKind, 10, kStart), SizeIs(1));
}

TEST_P(WorkHintsContract, WhatWaitsOrIsInHandsIsKeptOnce) {
  announce({1});
  announce({1});
  EXPECT_THAT(take(), ElementsAre(1));
  announce({1});
  EXPECT_THAT(take(), IsEmpty());
  hints->ack(taken);
  announce({1});
  EXPECT_THAT(take(), IsEmpty()) << "that ack was for nothing";
}

TEST_P(WorkHintsContract, AnAcknowledgedHintMayBeAnnouncedAgain) {
  announce({1});
  EXPECT_THAT(take(), ElementsAre(1));
  hints->ack(taken);
  announce({1});
  EXPECT_THAT(take(), ElementsAre(1));
}

TEST_P(WorkHintsContract, WhoKeepsAHintTooLongLosesIt) {
  announce({1});
  EXPECT_THAT(take(), ElementsAre(1));
  const auto first = taken;
  announce({1}, kStart + kHands);
  EXPECT_THAT(take(100, kStart + kHands), ElementsAre(1));
  hints->ack(first);  // too late: it is in other hands
  announce({1}, kStart + kHands);
  EXPECT_THAT(take(100, kStart + kHands), IsEmpty());
}

TEST_P(WorkHintsContract, IsBoundedAndLosesWhatIsTooMuch) {
  for (std::int64_t i = 1; i <= 250; ++i) announce({i});
  EXPECT_EQ(hints->waiting(WorkKind::process), 100U);
  EXPECT_THAT(take(1'000), SizeIs(100));
}

TEST_P(WorkHintsContract, TenantsAreServedInTurn) {
  for (std::int64_t i = 1; i <= 250; ++i) announce({i});  // more than there is room for
  const std::vector neighbours{WorkKey{kOtherTenant, WorkKind::process, 1},
                               WorkKey{kOtherTenant, WorkKind::process, 2}};
  hints->announce(neighbours, kStart);
  std::vector<std::int64_t> served;
  for (const auto& one : hints->take(WorkKind::process, 10, kStart))
    if (one.key.tenant == kOtherTenant) served.push_back(one.key.reference);
  EXPECT_THAT(served, ElementsAre(1, 2));
}

TEST_P(WorkHintsContract, WhatHadToGoMayBeAnnouncedAgain) {
  for (std::int64_t i = 1; i <= 100; ++i) announce({i});
  const std::vector neighbours{WorkKey{kOtherTenant, WorkKind::process, 1}};
  hints->announce(neighbours, kStart);
  EXPECT_THAT(take(1'000), SizeIs(100));
  announce({100});
  EXPECT_THAT(take(), ElementsAre(100));
}

TEST_P(WorkHintsContract, WakesWhoeverWorks) {
  std::vector<WorkKind> woken;
  hints->on_announced([&](WorkKind kind) { woken.push_back(kind); });
  announce({1, 2});
  EXPECT_THAT(woken, ElementsAre(WorkKind::process));
  announce({1});
  EXPECT_THAT(woken, SizeIs(1)) << "nothing new";
}

/// The backend forgets everything again and again, in the middle of the work: all of it is done, once each.
TEST_P(WorkHintsContract, WorkGetsDoneAlthoughTheBackendIsWiped) {
  constexpr std::int64_t kCount = 300;  // more than it holds
  MemoryStore store;
  FixedClock clock;
  WorkSweeper sweeper(store, *hints, clock, {.batch = 40});
  std::vector<WorkKey> keys;
  for (std::int64_t i = 1; i <= kCount; ++i) keys.push_back(key(i));
  ASSERT_TRUE(store.add(keys, kStart));
  hints->announce(keys, kStart);
  std::multiset<std::int64_t> done;
  for (int round = 0; round < 200 && store.depth(WorkKind::process).value() > 0; ++round) {
    clock.time += Millis{1'000};
    if (round % 3 == 0) GetParam().wipe(*hints);
    ASSERT_TRUE(sweeper.step(WorkKind::process));
    const auto mine = hints->take(WorkKind::process, 7, clock.time);
    if (round % 5 == 0) GetParam().wipe(*hints);  // between hearing of it and claiming it
    std::vector<WorkKey> heard;
    for (const auto& one : mine) heard.push_back(one.key);
    const auto leases = store.claim({}, heard, clock.time, Millis{500}).value();
    if (round % 7 == 0) continue;  // this worker dies, with its hints and its leases
    hints->ack(mine);
    for (const auto& lease : leases) done.insert(lease.key.reference);
    ASSERT_EQ(store.complete(leases).value(), static_cast<int>(leases.size()));
  }
  EXPECT_EQ(store.depth(WorkKind::process).value(), 0);
  EXPECT_THAT(done, SizeIs(kCount)) << "once each";
}

TEST_P(WorkHintsContract, TheSweeperSaysWhenToComeAgain) {
  MemoryStore store;
  FixedClock clock;
  WorkSweeper sweeper(store, *hints, clock, {.batch = 2});
  EXPECT_EQ(sweeper.step(WorkKind::process)->next_visible, std::nullopt);
  const std::vector later{key(9)}, now{key(1), key(2), key(3)};
  ASSERT_TRUE(store.add(later, kStart + Millis{500}));
  ASSERT_TRUE(store.add(now, kStart));
  auto report = sweeper.step(WorkKind::process).value();
  EXPECT_EQ(report.announced, 2);
  EXPECT_TRUE(report.more);
  EXPECT_EQ(report.next_visible, kStart + Millis{500});
  report = sweeper.step(WorkKind::process).value();
  EXPECT_EQ(report.announced, 0) << "workers have enough to do";
  EXPECT_TRUE(report.more);
}

INSTANTIATE_TEST_SUITE_P(Every, WorkHintsContract, testing::ValuesIn(hints_backends()),
                         [](const auto& backend) { return backend.param.name; });

}  // namespace
}  // namespace orgo::contract
