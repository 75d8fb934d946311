// What every TaskStore must do with deadlines that several nodes look at (claim_timers in port/task_store.h).
#include <algorithm>
#include <functional>
#include <utility>

#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Millis kClaim{30'000};
const LeaseOwner kOther{"mail2", "0b"};

class TimerContract : public Suite {
 protected:
  TaskNumber due(TimePoint at, TenantId tenant = kTenant) {
    auto task = new_task();
    task.tenant = tenant;
    auto changes = opening(std::move(task), tenant);
    changes.timers.push_back(deadline_set(TaskRef::nth_new(0), at));
    return must_commit(changes).task;
  }
  std::vector<TaskNumber> claim(const LeaseOwner& owner, TimePoint now, int limit = 100) {
    std::vector<TaskNumber> tasks;
    const auto timers = stores.tasks.claim_timers(owner, kDeadlineTimer, now, kClaim, limit).value();
    for (const auto& timer : timers) tasks.push_back(timer.subject.task());
    return tasks;
  }
  std::optional<TimePoint> next() { return stores.tasks.next_timer(kDeadlineTimer).value(); }
};

TEST_P(TimerContract, OneNodeGetsEachOldestFirst) {
  const auto second = due(kStart + Millis{2}), first = due(kStart + Millis{1}), later = due(kStart + Millis{9});
  EXPECT_THAT(claim(kOwner, kStart), IsEmpty());
  EXPECT_THAT(claim(kOwner, kStart + Millis{5}, 1), ElementsAre(first));
  EXPECT_THAT(claim(kOther, kStart + Millis{5}), ElementsAre(second));
  EXPECT_THAT(claim(kOther, kStart + Millis{5}), IsEmpty()) << "also not its own a second time";
  EXPECT_EQ(next(), kStart + Millis{9});
  EXPECT_THAT(claim(kOwner, kStart + Millis{9}), ElementsAre(later));
}

TEST_P(TimerContract, AClaimEndsByItself) {
  const auto task = due(kStart);
  EXPECT_THAT(claim(kOwner, kStart), ElementsAre(task));
  EXPECT_EQ(next(), kStart + kClaim);
  EXPECT_THAT(claim(kOther, kStart + kClaim - Millis{1}), IsEmpty());
  EXPECT_THAT(claim(kOther, kStart + kClaim), ElementsAre(task));
}

TEST_P(TimerContract, OnlyItsOwnerGivesItBack) {
  const auto mine = due(kStart);
  EXPECT_THAT(claim(kOwner, kStart), SizeIs(1));
  const auto theirs = due(kStart);
  EXPECT_THAT(claim(kOther, kStart), ElementsAre(theirs));
  ASSERT_TRUE(stores.tasks.release_timers(kOwner, LeasesOf::this_boot));
  EXPECT_THAT(claim({"mail3", "0c"}, kStart), ElementsAre(mine));
}

TEST_P(TimerContract, AStartGivesBackWhatEarlierBootsOfTheNodeHeld) {
  const auto task = due(kStart);
  EXPECT_THAT(claim({"mail1", "old"}, kStart), ElementsAre(task));
  ASSERT_TRUE(stores.tasks.release_timers({"mail9", "new"}, LeasesOf::earlier_boots));
  EXPECT_THAT(claim({"mail9", "new"}, kStart), IsEmpty()) << "that node may be alive";
  ASSERT_TRUE(stores.tasks.release_timers({"mail1", "new"}, LeasesOf::earlier_boots));
  EXPECT_THAT(claim({"mail1", "new"}, kStart), ElementsAre(task));
}

TEST_P(TimerContract, ADeadlineThatIsSetAnewIsNobodys) {
  const auto task = due(kStart);
  EXPECT_THAT(claim(kOwner, kStart), SizeIs(1));
  Changes moved{.tenant = kTenant};
  moved.at = kStart;
  moved.timers.push_back(deadline_set(task, kStart + Millis{1}));
  must_commit(moved);
  EXPECT_THAT(claim(kOther, kStart + Millis{1}), ElementsAre(task));
}

TEST_P(TimerContract, OneTaskNumberOfTwoTenantsIsTwoDeadlines) {
  EXPECT_EQ(due(kStart), due(kStart, kOtherTenant));
  EXPECT_THAT(claim(kOwner, kStart), SizeIs(2));
  EXPECT_THAT(claim(kOther, kStart), IsEmpty());
}

TEST_P(TimerContract, WhoeverClaimedItOnlyOneFiresIt) {
  const auto task = due(kStart);
  EXPECT_THAT(claim(kOwner, kStart), SizeIs(1));
  EXPECT_THAT(claim(kOther, kStart + kClaim), SizeIs(1));
  Changes fired{.tenant = kTenant};
  fired.at = kStart;
  fired.timers.push_back(TimerChange::fired(task, kDeadlineTimer, kStart));
  EXPECT_TRUE(commit(fired)) << "the claim was only a courtesy";
  EXPECT_EQ(commit(fired).error().code, Errc::conflict);
  EXPECT_EQ(next(), std::nullopt);
}

TEST_P(TimerContract, TheLatestComeFirstPageByPage) {
  const auto read = [&](std::string_view name, int limit) {
    std::vector<std::pair<TenantId, TaskNumber>> found;
    std::optional<PendingTimer> after;
    for (;;) {
      const auto page = stores.tasks.latest_timers(name, after, limit).value();
      EXPECT_LE(page.size(), static_cast<std::size_t>(limit));
      for (const auto& one : page) found.emplace_back(one.tenant, one.subject.task());
      if (page.empty()) return found;
      after = page.back();
    }
  };
  EXPECT_THAT(read(kDeadlineTimer, 2), IsEmpty());
  std::vector<std::pair<TenantId, TaskNumber>> expected;
  const auto first = due(kStart);
  for (int i = 0; i < 3; ++i) {
    expected.emplace_back(kTenant, due(kStart + Millis{5}));
    expected.emplace_back(kOtherTenant, due(kStart + Millis{5}, kOtherTenant));
  }
  const auto last = due(kStart + Millis{9});
  Changes alarm{.tenant = kTenant, .at = kStart};
  alarm.timers.push_back(overdue_set(last, kStart + Millis{7}));
  must_commit(alarm);
  // At the same instant in some order, and that order is the same for every page.
  std::ranges::sort(expected, std::greater{});
  expected.insert(expected.begin(), {kTenant, last});
  expected.emplace_back(kTenant, first);
  for (const int limit : {1, 2, 3, 100}) EXPECT_EQ(read(kDeadlineTimer, limit), expected) << limit;
  EXPECT_THAT(read(kOverdueTimer, 5), ElementsAre(std::pair(kTenant, last)));
  // One that is claimed stands where its claim ends.
  EXPECT_THAT(claim(kOwner, kStart, 1), ElementsAre(first));
  const auto page = stores.tasks.latest_timers(kDeadlineTimer, std::nullopt, 1).value();
  ASSERT_THAT(page, SizeIs(1));
  EXPECT_EQ(page[0].subject.task(), first);
  EXPECT_EQ(page[0].due_at, kStart);
  EXPECT_EQ(page[0].visible_at, kStart + kClaim);
}

ORGO_CONTRACT(TimerContract);

}  // namespace
}  // namespace orgo::contract
