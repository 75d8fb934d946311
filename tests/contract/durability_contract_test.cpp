// What every store that keeps data must still have after kill -9, and after an orderly restart: all that it answered
// for. The worker runs in a process of its own, tells each thing that the store answered, and is killed in the middle
// of its work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/task/task_change.h"
#include "core/work/dead_letter_change.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/world.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr Millis kPatience{10'000};
constexpr Millis kLease{60'000};
constexpr int kReports = 60;  ///< told before the kill: enough for a few group commits

std::string numbered_mail(std::int64_t i) {
  // Of different sizes, so that both small and big bytes are in flight.
  return mail("m" + std::to_string(i) + "@x", std::string(static_cast<std::size_t>(i % 7 * i % 7 * 9'000 + 20), 'w'));
}

WorkKey work(std::int64_t reference) {
  return {kTenant, WorkKind::process, reference};
}
std::vector<WorkKey> numbered_work(int count) {
  std::vector<WorkKey> keys;
  for (int i = 1; i <= count; ++i) keys.push_back(work(i));
  return keys;
}
/// What a sweeper finds and a worker claims.
Result<std::vector<WorkLease>> claim(Stores stores, TimePoint now, int limit = 1'000) {
  ORGO_TRY(keys, stores.work.unclaimed(WorkKind::process, now, limit));
  return stores.work.claim(kOwner, keys, now, kLease);
}

class DurabilityContract : public testing::TestWithParam<DurableBackend> {
 protected:
  DurabilityContract() : world(GetParam().make()) {}
  void expect_balance() {
    const auto lines = world->stores().ledger.count_ledger().value();
    for (const auto& line : lines) EXPECT_THAT(imbalances(line), IsEmpty());
  }
  std::unique_ptr<DurableWorld> world;
};

TEST_P(DurabilityContract, WhatWasAcceptedIsThereByteForByte) {
  const auto told = world->kill_after(kReports, [](Stores stores, const Report& report) {
    for (std::int64_t i = 0;; i += 3) {
      std::vector<std::string> bytes;
      std::vector<RawMessage> batch;
      for (int k = 0; k < 3; ++k) bytes.push_back(numbered_mail(i + k));
      for (const auto& one : bytes) batch.push_back(raw(one));
      if (!stores.messages.accept(batch, within(kPatience))) return;
      report(i);
    }
  });
  auto stores = world->stores();
  std::set<std::string> found;
  const auto listed = stores.messages.list({.tenant = kTenant, .before = {}, .limit = 1000, .task = {}}).value();
  for (const auto& one : listed) found.insert(stores.messages.read_bytes(kTenant, one.message.id).value());
  for (const auto i : told)
    for (int k = 0; k < 3; ++k) EXPECT_TRUE(found.contains(numbered_mail(i + k))) << "mail " << i + k << " is lost";
  EXPECT_EQ(stores.work.depth(WorkKind::process).value(), static_cast<std::int64_t>(listed.size()))
      << "and its work with it";
  EXPECT_EQ(listed.size() % 3, 0U) << "a batch is there whole or not at all";
  expect_balance();
  // Who hears nothing tries again, and makes nothing double.
  const auto again = numbered_mail(told.back());
  const auto message = raw(again);
  EXPECT_TRUE(stores.messages.accept(std::span(&message, 1), within(kPatience))->at(0).duplicate);
}

TEST_P(DurabilityContract, WhatWasCommittedIsThereWhole) {
  const auto told = world->kill_after(kReports, [](Stores stores, const Report& report) {
    for (std::int64_t i = 0;; ++i) {
      const auto bytes = numbered_mail(i);
      const auto message = raw(bytes);
      const auto accepted = stores.messages.accept(std::span(&message, 1), within(kPatience));
      if (!accepted) return;
      auto changes = deciding(accepted->at(0).message);
      changes.sends.push_back(notification());
      changes.events.push_back(event_of_new_task(EventKind::send_queued));
      changes.events.back().send = SendRef::nth_new(0);
      changes.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart + Millis{i}));
      const auto committed = stores.changes.commit(std::span(&changes, 1), within(kPatience));
      if (!committed || !committed->at(0)) return;
      report(committed->at(0)->task.value);
    }
  });
  auto stores = world->stores();
  const auto tasks = stores.tasks.list({.tenant = kTenant, .limit = 1000}).value();
  std::set<std::int64_t> numbers;
  for (const auto& task : tasks) {
    EXPECT_TRUE(numbers.insert(task.number.value).second);
    EXPECT_THAT(stores.tasks.history(kTenant, task.number).value(), SizeIs(3)) << to_string(task.number);
    EXPECT_THAT(stores.outbox.sends_of_task(kTenant, task.number).value(), SizeIs(1)) << to_string(task.number);
    EXPECT_EQ(stores.messages.decision(kTenant, task.origin).value()->task, task.number);
  }
  for (const auto number : told) EXPECT_TRUE(numbers.contains(number)) << "T-" << number << " is lost";
  EXPECT_THAT(stores.tasks.due_timers(kDeadlineTimer, kStart + kLease, 1000).value(), SizeIs(tasks.size()));
  expect_balance();
}

TEST_P(DurabilityContract, ALeaseAndItsAttemptsOutliveTheWorker) {
  {
    auto stores = world->stores();
    ASSERT_TRUE(stores.work.add(numbered_work(100), kStart));
  }
  const auto told = world->kill_after(10, [](Stores stores, const Report& report) {
    for (;;) {
      const auto leases = claim(stores, kStart, 1);
      if (!leases || leases->empty()) return;
      report(leases->at(0).key.reference);
    }
  });
  auto stores = world->stores();
  const std::set<std::int64_t> held(told.begin(), told.end());
  const auto others = claim(stores, kStart).value();
  for (const auto& lease : others)
    EXPECT_FALSE(held.contains(lease.key.reference)) << lease.key.reference << " is under lease";
  const auto again = claim(stores, kStart + kLease).value();
  EXPECT_THAT(again, SizeIs(100));
  for (const auto& lease : again) {
    if (!held.contains(lease.key.reference)) continue;
    EXPECT_EQ(lease.attempts, 2) << "the attempt of a dead worker counts";
  }
}

TEST_P(DurabilityContract, WhatWasCompletedRetriedOrBuriedStaysSo) {
  {
    auto stores = world->stores();
    ASSERT_TRUE(stores.work.add(numbered_work(300), kStart));
  }
  const auto told = world->kill_after(kReports, [](Stores stores, const Report& report) {
    for (;;) {
      const auto leases = claim(stores, kStart, 1);
      if (!leases || leases->empty()) return;
      const auto& one = leases->at(0);
      bool done = false;
      switch (one.key.reference % 3) {
        case 0:
          done = stores.work.complete(std::span(&one, 1)).has_value();
          break;
        case 1:
          done = stores.work.retry(one, kStart + kLease * 5, "later").has_value();
          break;
        default:
          done = stores.work.bury(one, kStart, "poison").has_value();
          break;
      }
      if (!done) return;
      report(one.key.reference);
    }
  });
  auto stores = world->stores();
  std::set<std::int64_t> dead, waiting;
  const auto letters = stores.work.dead(std::nullopt, 1000).value();
  for (const auto& letter : letters) dead.insert(letter.key.reference);
  const auto leases = claim(stores, kStart + kLease * 2).value();
  for (const auto& lease : leases) waiting.insert(lease.key.reference);
  for (const auto reference : told) {
    EXPECT_EQ(dead.contains(reference), reference % 3 == 2) << reference;
    EXPECT_FALSE(waiting.contains(reference)) << reference << " came again too early";
  }
  std::set<std::int64_t> later;
  const auto retried = claim(stores, kStart + kLease * 5).value();
  for (const auto& lease : retried) later.insert(lease.key.reference);
  for (const auto reference : told) EXPECT_EQ(later.contains(reference), reference % 3 == 1) << reference;
}

TEST_P(DurabilityContract, AnOrderlyRestartKeepsEverythingAndNumbersGrowOn) {
  const auto bytes = mail("a@x");
  const auto message = raw(bytes);
  ApiToken token{.tenant = kTenant};
  token.name = "anna";
  token.created_at = kStart;
  std::int64_t last_event = 0;
  WorkLease buried{.key = work(5)};
  {
    auto stores = world->stores();
    const auto id = stores.messages.accept(std::span(&message, 1), within(kPatience))->at(0).message;
    auto changes = deciding(id);
    changes.sends.push_back(notification());
    const auto committed = stores.changes.commit(std::span(&changes, 1), within(kPatience))->at(0).value();
    EXPECT_EQ(committed.task, TaskNumber{1});
    last_event = committed.last_event;
    ASSERT_TRUE(commit_one(stores.changes, make_token(token, sha256("secret"), "test"), within(kPatience)));
    const std::vector keys{work(5)};
    ASSERT_TRUE(stores.work.add(keys, kStart));
    buried = stores.work.claim(kOwner, keys, kStart, kLease)->at(0);
    ASSERT_TRUE(stores.work.bury(buried, kStart, "poison"));
    EXPECT_THAT(stores.outbox.lease_sends(kOwner, kStart, kLease, 1).value(), SizeIs(1));
  }
  world->reopen();
  auto stores = world->stores();
  EXPECT_TRUE(stores.messages.accept(std::span(&message, 1), within(kPatience))->at(0).duplicate);
  EXPECT_TRUE(stores.tokens.find_token(sha256("secret")).value().has_value());
  EXPECT_THAT(stores.work.dead(std::nullopt, 10).value(), SizeIs(1));
  ASSERT_TRUE(commit_one(stores.changes, retry_dead_letter(buried.key, "poison", "test", kStart), within(kPatience)));
  EXPECT_THAT(stores.work.claim(kOwner, std::span(&buried.key, 1), kStart, kLease).value(), SizeIs(1));
  EXPECT_EQ(stores.work.complete(std::span(&buried, 1)).value(), 0) << "a lease from before is stale";
  EXPECT_THAT(stores.outbox.lease_sends(kOwner, kStart, kLease, 1).value(), IsEmpty()) << "the lease of a send lasts";
  EXPECT_EQ(stores.outbox.lease_sends(kOwner, kStart + kLease, kLease, 1)->at(0).attempts, 2);
  const auto changes = opening();
  const auto next = stores.changes.commit(std::span(&changes, 1), within(kPatience))->at(0).value();
  EXPECT_EQ(next.task, TaskNumber{2});
  EXPECT_GT(next.last_event, last_event);
  expect_balance();
}

TEST_P(DurabilityContract, AStaleLeaseNeverMeetsANewItem) {
  // The tokens of work that is gone must not come again, also not after a restart: the holder of a stale lease would
  // complete what nobody has done.
  WorkLease stale{.key = work(1)};
  {
    auto stores = world->stores();
    ASSERT_TRUE(stores.work.add(numbered_work(1), kStart));
    stale = claim(stores, kStart, 1)->at(0);
    const auto newest = claim(stores, kStart + kLease, 1)->at(0);
    ASSERT_EQ(stores.work.complete(std::span(&newest, 1)).value(), 1);
  }
  world->reopen();
  auto stores = world->stores();
  ASSERT_TRUE(stores.work.add(numbered_work(1), kStart));
  EXPECT_THAT(claim(stores, kStart, 1).value(), SizeIs(1));
  EXPECT_EQ(stores.work.complete(std::span(&stale, 1)).value(), 0);
}

INSTANTIATE_TEST_SUITE_P(Every, DurabilityContract, testing::ValuesIn(durable_backends()),
                         [](const auto& backend) { return backend.param.name; });

}  // namespace
}  // namespace orgo::contract
