// The escalation service over the memory store: once per deadline, each level in its own time after a downtime, never
// when somebody was first.
#include "service/escalation/escalation_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "adapter/memory/memory_store.h"
#include "core/escalation/wake_pending.h"
#include "core/rules/rule_set.h"
#include "core/task/commands.h"
#include "core/task/pend.h"
#include "core/task/task_change.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"

namespace orgo::world {
namespace {

using contract::kStart;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Millis kHour{3'600'000};

class Escalating : public testing::Test {
 protected:
  TaskNumber open_task(std::vector<EscalationStep> steps) {
    auto task = contract::new_task();
    task.escalation = {.steps = std::move(steps), .level = 0, .started_at = clock.now()};
    auto changes = contract::opening(task);
    changes.at = clock.now();
    if (const auto deadline = next_deadline(task.escalation))
      changes.timers.push_back(deadline_set(TaskRef::nth_new(0), *deadline));
    return store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0)->task;
  }
  std::vector<std::string> told(TaskNumber task) {
    std::vector<std::string> recipients;
    const auto sends = store.sends_of_task(kTenant, task).value();
    for (const auto& send : sends) recipients.push_back(send.send.recipient.address);
    return recipients;
  }
  EscalationService service() { return EscalationService(store, store, clock); }

  SimulatedClock clock{kStart};
  MemoryStore store;
  const std::vector<EscalationStep> chain{{kHour, "head@school.example"}, {kHour * 2, "director@school.example"}};
};

TEST_F(Escalating, NothingPendingIsNoWork) {
  const auto report = service().step().value();
  EXPECT_EQ(report.due, 0);
  EXPECT_EQ(report.next_due, std::nullopt);
}

TEST_F(Escalating, FiresAtTheDeadlineAndNotBefore) {
  const auto task = open_task(chain);
  auto escalation = service();
  clock.advance(kHour - Millis{1});
  auto report = escalation.step().value();
  EXPECT_EQ(report.fired, 0);
  EXPECT_EQ(report.next_due, kStart + kHour);
  clock.advance(Millis{1});
  report = escalation.step().value();
  EXPECT_EQ(report.fired, 1);
  EXPECT_EQ(report.next_due, kStart + kHour * 2);
  EXPECT_THAT(told(task), ElementsAre("head@school.example"));
  EXPECT_EQ(escalation.step()->fired, 0) << "once";
}

TEST_F(Escalating, AfterADowntimeOneIsToldAndTheNextInItsOwnTime) {
  const auto task = open_task(chain);
  clock.advance(kHour * 48);
  auto report = service().step().value();
  EXPECT_EQ(report.fired, 1);
  EXPECT_EQ(report.next_due, kStart + kHour * 49);
  EXPECT_THAT(told(task), ElementsAre("head@school.example"));
  clock.advance(kHour);
  report = service().step().value();
  EXPECT_EQ(report.next_due, std::nullopt);
  EXPECT_THAT(told(task), ElementsAre("head@school.example", "director@school.example"));
  EXPECT_EQ(store.read(kTenant, task)->escalation.level, 2);
}

TEST_F(Escalating, WhoAcknowledgedIsLeftInPeace) {
  const auto task = open_task(chain);
  const auto taken_on = commands::acknowledge(store.read(kTenant, task).value(), "user:anna", clock.now()).value();
  ASSERT_TRUE(store.commit(std::span(&taken_on, 1), within(Millis{1'000}))->at(0));
  clock.advance(kHour * 48);
  const auto report = service().step().value();
  EXPECT_EQ(report.fired, 0);
  EXPECT_EQ(report.next_due, std::nullopt);
  EXPECT_THAT(told(task), IsEmpty());
}

/// A store in which somebody else fires each deadline between our look and our commit.
class FasterStore : public MemoryStore {
 public:
  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override {
    if (std::exchange(race, false)) (void)MemoryStore::commit(batch, deadline);
    return MemoryStore::commit(batch, deadline);
  }
  bool race = false;
};

TEST(EscalationRace, OfTwoServicesOneFires) {
  SimulatedClock clock(kStart);
  FasterStore store;
  auto task = contract::new_task();
  task.escalation = {.steps = {{kHour, "head@school.example"}}, .level = 0, .started_at = kStart};
  auto changes = contract::opening(task);
  changes.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart + kHour));
  const auto number = store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0)->task;
  clock.advance(kHour);
  store.race = true;
  EscalationService escalation(store, store, clock);
  const auto report = escalation.step().value();
  EXPECT_EQ(report.fired, 0);
  EXPECT_EQ(report.conflicts, 1);
  EXPECT_THAT(store.sends_of_task(kTenant, number).value(), SizeIs(1));
}

/// A store in which, between our look and our commit, somebody writes to the task, or the disk is gone.
class DisturbedStore : public MemoryStore {
 public:
  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override {
    if (std::exchange(down, false)) return failure(Errc::unavailable, "disk gone");
    if (const auto first = std::exchange(meanwhile, {})) first();
    return MemoryStore::commit(batch, deadline);
  }
  std::function<void()> meanwhile;
  bool down = false;
};

TEST(EscalationRace, WhatWasNotWrittenIsDecidedAgainAtOnce) {
  for (const bool down : {false, true}) {
    SCOPED_TRACE(down ? "the disk was gone" : "somebody wrote to the task");
    SimulatedClock clock(kStart);
    DisturbedStore store;
    auto task = contract::new_task();
    task.escalation = {.steps = {{kHour, "head@school.example"}}, .level = 0, .started_at = kStart};
    auto changes = contract::opening(task);
    changes.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart + kHour));
    const auto number = store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0)->task;
    clock.advance(kHour);
    store.down = down;
    if (!down)
      store.meanwhile = [&] {
        Changes other{.tenant = kTenant, .at = clock.now()};
        auto next = store.read(kTenant, number).value();
        ++next.version;
        other.add(TaskChange{std::move(next)});
        ASSERT_TRUE(store.commit(std::span(&other, 1), within(Millis{1'000}))->at(0));
      };
    EscalationService escalation(store, store, clock);
    const auto first = escalation.step();
    EXPECT_EQ(first.has_value(), !down);
    if (first) {
      EXPECT_EQ(first->conflicts, 1);
      EXPECT_EQ(first->next_due, kStart + kHour);
    }
    EXPECT_EQ(escalation.step()->fired, 1) << "and not when its lease is over";
  }
}

TEST_F(Escalating, WhatIsOverdueWakesItAndIsTold) {
  auto task = contract::new_task();
  task.assignee = "ina@school.example";
  task.due_at = kStart + kHour;
  auto changes = contract::opening(task);
  changes.timers.push_back(overdue_set(TaskRef::nth_new(0), kStart + kHour));
  const auto number = store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0)->task;
  auto escalation = service();
  EXPECT_EQ(escalation.step()->next_due, kStart + kHour);
  clock.advance(kHour);
  EXPECT_EQ(escalation.step()->fired, 1);
  EXPECT_THAT(told(number), ElementsAre("ina@school.example"));
}

TEST_F(Escalating, WhatIsPendingUntilADateWakesItAndIsOpenAgain) {
  auto task = contract::new_task();
  task.assignee = "ina@school.example";
  auto changes = contract::opening(task);
  const auto number = store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0)->task;
  const auto pended = commands::pend(store.read(kTenant, number).value(), kStart + kHour, "user:ina", clock.now());
  ASSERT_TRUE(pended);
  ASSERT_TRUE(store.commit(std::span(&*pended, 1), within(Millis{1'000}))->at(0));
  auto escalation = service();
  EXPECT_EQ(escalation.step()->next_due, kStart + kHour);
  clock.advance(kHour * 24);  // it was down meanwhile
  auto again = service();
  EXPECT_EQ(again.step()->fired, 1);
  EXPECT_EQ(store.read(kTenant, number)->state, TaskState::open);
  EXPECT_THAT(told(number), ElementsAre("ina@school.example"));
  EXPECT_EQ(again.step()->fired, 0) << "once";
}

TEST_F(Escalating, OfSeveralWhoWakeItOneDoes) {
  auto task = contract::new_task();
  task.state = TaskState::pending;
  task.pending_until = kStart + kHour;
  auto changes = contract::opening(task);
  changes.timers.push_back(pending_set(TaskRef::nth_new(0), kStart + kHour));
  const auto number = store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0)->task;
  const auto seen = store.read(kTenant, number).value();
  clock.advance(kHour);
  const DueTimer due{.task = number, .due_at = kStart + kHour};
  const std::vector both{wake_pending(seen, due, clock.now(), {}), wake_pending(seen, due, clock.now(), {})};
  const auto answers = store.commit(both, within(Millis{1'000})).value();
  EXPECT_NE(answers[0].has_value(), answers[1].has_value());
  EXPECT_THAT(told(number), SizeIs(1));
}

TEST_F(Escalating, ManyOverdueDeadlinesAreWorkedThroughInBoundedSteps) {
  for (int i = 0; i < 2'500; ++i) open_task({{kHour, "head@school.example"}});
  clock.advance(kHour);
  auto escalation = service();
  int fired = 0, steps = 0;
  for (;; ++steps) {
    const auto report = escalation.step().value();
    EXPECT_LE(report.due, 1'000);
    fired += report.fired;
    if (!report.next_due) break;
    ASSERT_LT(steps, 10);
  }
  EXPECT_EQ(fired, 2'500);
}

std::shared_ptr<const Policy> office_opens_at(TenantId tenant, std::string_view opens) {
  const auto loaded =
      rules::load_rules({{"rules.yaml", "calendars: {office: {default: true, time_zone: UTC, hours: {daily: \"" +
                                            std::string(opens) + "-23:00\"}}}\n"}});
  EXPECT_TRUE(loaded.rules);
  return std::make_shared<const Policy>(Policy{.tenant = tenant, .rules = loaded.rules, .settings = {}});
}

class PoliciesChange : public testing::Test {
 protected:
  PoliciesChange() {
    const auto added = store.put_tenant(kTenant, *commands::add_tenant("other", {}, "user:cli", kStart));
    EXPECT_EQ(added->id, kOtherTenant);
    for (const auto tenant : {kTenant, kOtherTenant}) {
      policies[tenant] = office_opens_at(tenant, tenant == kTenant ? "08:00" : "09:00");
      auto task = contract::new_task();
      task.tenant = tenant;
      task.escalation = {.steps = {{.after = kHour, .to = "head@school.example", .business = true}},
                         .started_at = kStart};
      auto changes = contract::opening(task, tenant);
      changes.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart));
      EXPECT_TRUE(store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0));
    }
  }
  DeadlinePolicies given() {
    return {.of = [this](TenantId tenant) -> Result<std::shared_ptr<const Policy>> {
              if (!policies[tenant]) return failure(Errc::unavailable, "it can't be read");
              return policies[tenant];
            },
            .changed = [this] { return std::exchange(changed, {}); }};
  }
  SimulatedClock clock{kStart};
  MemoryStore store;
  std::map<TenantId, std::shared_ptr<const Policy>> policies;
  std::vector<TenantId> changed;
};

TEST_F(PoliciesChange, AtTheStartTheDeadlinesOfEveryTenantAreSetByItsOwnPolicy) {
  EscalationService escalation(store, store, clock, given());
  const auto report = escalation.step().value();
  EXPECT_EQ(report.moved, 2);
  const auto timers = store.due_timers(kDeadlineTimer, kStart + kHour * 24, 10).value();
  ASSERT_THAT(timers, SizeIs(2));
  EXPECT_EQ(timers[0].tenant, kTenant);
  EXPECT_EQ(timers[0].due_at, kStart + kHour * 9);
  EXPECT_EQ(timers[1].tenant, kOtherTenant);
  EXPECT_EQ(timers[1].due_at, kStart + kHour * 10);
}

TEST_F(PoliciesChange, ThenOfThoseWithAnotherPolicyOnly) {
  EscalationService escalation(store, store, clock, given());
  ASSERT_TRUE(escalation.step());
  EXPECT_EQ(escalation.step()->moved, 0);
  policies[kOtherTenant] = office_opens_at(kOtherTenant, "06:00");
  changed = {kOtherTenant};
  const auto report = escalation.step().value();
  EXPECT_EQ(report.moved, 1);
  EXPECT_EQ(report.next_due, kStart + kHour * 7);
}

TEST_F(PoliciesChange, HoweverManyTasksAreOpenEachIsSetAnew) {
  constexpr int kMore = 1'204;  // with the first: pages of 500 and a rest
  std::vector<Changes> batch;
  for (int i = 0; i < kMore; ++i) {
    auto task = contract::new_task();
    task.tenant = kOtherTenant;
    task.escalation = {.steps = {{.after = kHour, .to = "head@school.example", .business = true}},
                       .started_at = kStart};
    batch.push_back(contract::opening(task, kOtherTenant));
    batch.back().timers.push_back(deadline_set(TaskRef::nth_new(0), kStart + kHour));
  }
  const auto committed = store.commit(batch, within(Millis{60'000})).value();
  for (const auto& one : committed) ASSERT_TRUE(one);
  EscalationService escalation(store, store, clock, given());
  EXPECT_EQ(escalation.step()->moved, kMore + 2);
  policies[kOtherTenant] = office_opens_at(kOtherTenant, "06:00");
  changed = {kOtherTenant};
  EXPECT_EQ(escalation.step()->moved, kMore + 1);
  const auto timers = store.due_timers(kDeadlineTimer, kStart + kHour * 24, 5'000).value();
  int at_seven = 0;
  for (const auto& timer : timers)
    at_seven += timer.tenant == kOtherTenant && timer.due_at == kStart + kHour * 7 ? 1 : 0;
  EXPECT_EQ(at_seven, kMore + 1);
}

TEST_F(PoliciesChange, APolicyThatCantBeReadHoldsNobodyElseBack) {
  policies[kTenant] = nullptr;
  EscalationService escalation(store, store, clock, given());
  clock.advance(kHour * 12);
  const auto report = escalation.step().value();
  EXPECT_EQ(report.fired, 1);
  EXPECT_THAT(store.sends_of_task(kOtherTenant, TaskNumber{1}).value(), SizeIs(1));
  EXPECT_THAT(store.sends_of_task(kTenant, TaskNumber{1}).value(), IsEmpty());
  EXPECT_EQ(report.next_due, kStart + kHour * 12 + Millis{60'000}) << "it waits";
  policies[kTenant] = office_opens_at(kTenant, "08:00");
  clock.advance(Millis{60'000});
  ASSERT_TRUE(escalation.step());
  EXPECT_THAT(store.sends_of_task(kTenant, TaskNumber{1}).value(), SizeIs(1)) << "and nothing is lost";
}

TEST_F(PoliciesChange, WhatIsOverdueWaitsForItsPolicyAsWhatItIs) {
  auto task = contract::new_task();
  task.team = "water@school.example";
  task.due_at = kStart + kHour;
  auto changes = contract::opening(task);
  changes.timers.push_back(overdue_set(TaskRef::nth_new(0), kStart + kHour));
  const auto number = store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0)->task;
  const auto policy = std::exchange(policies[kTenant], nullptr);
  EscalationService escalation(store, store, clock, given());
  clock.advance(kHour);
  ASSERT_TRUE(escalation.step());
  EXPECT_THAT(store.sends_of_task(kTenant, number).value(), IsEmpty());
  EXPECT_EQ(store.next_timer(kOverdueTimer).value(), clock.now() + Millis{60'000});
  policies[kTenant] = policy;
  clock.advance(Millis{60'000});
  ASSERT_TRUE(escalation.step());
  const auto sends = store.sends_of_task(kTenant, number).value();
  ASSERT_THAT(sends, SizeIs(1));
  EXPECT_EQ(sends[0].send.template_name, "task_overdue");
}

TEST_F(PoliciesChange, TheEndOfQuietHoursIsSeenByWallTimeToo) {
  auto task = contract::new_task();
  task.escalation = {.steps = {{kHour, "head@school.example"}}, .level = 0, .started_at = kStart};
  auto changes = contract::opening(task);
  changes.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart + kHour));
  const auto number = store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0)->task;
  const auto loud = policies[kTenant];
  const auto quiet =
      rules::load_rules({{"rules.yaml", "quiet_hours: {time_zone: UTC, hours: {daily: \"00:00-22:00\"}}\n"}});
  ASSERT_TRUE(quiet.rules) << to_string(quiet.errors, {});
  policies[kTenant] = std::make_shared<const Policy>(Policy{.tenant = kTenant, .rules = quiet.rules, .settings = {}});
  EscalationService escalation(store, store, clock, given());
  ASSERT_TRUE(escalation.step());
  clock.advance(kHour * 2);
  ASSERT_TRUE(escalation.step());
  EXPECT_THAT(store.sends_of_task(kTenant, number).value(), IsEmpty());
  policies[kTenant] = loud;
  changed = {kTenant};
  ASSERT_TRUE(escalation.step());
  EXPECT_THAT(store.sends_of_task(kTenant, number).value(), SizeIs(1)) << "what they held back is due";
}

}  // namespace
}  // namespace orgo::world
