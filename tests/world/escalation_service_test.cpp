// The escalation service over the memory store: once per deadline, in order after a downtime, never when somebody was
// first.
#include "service/escalation/escalation_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/memory/memory_store.h"
#include "core/rules/rule_set.h"
#include "core/task/commands.h"
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
  EscalationService service() { return EscalationService(store, store, store, clock); }

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

TEST_F(Escalating, CatchesUpInOrderAfterADowntime) {
  const auto task = open_task(chain);
  clock.advance(kHour * 48);
  const auto report = service().step().value();
  EXPECT_EQ(report.fired, 2);
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
  EscalationService escalation(store, store, store, clock);
  const auto report = escalation.step().value();
  EXPECT_EQ(report.fired, 0);
  EXPECT_EQ(report.conflicts, 1);
  EXPECT_THAT(store.sends_of_task(kTenant, number).value(), SizeIs(1));
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

std::shared_ptr<const rules::RuleSet> office_opens_at(std::string_view opens) {
  const auto loaded =
      rules::load_rules({{"rules.yaml", "calendars: {office: {default: true, time_zone: UTC, hours: {daily: \"" +
                                            std::string(opens) + "-23:00\"}}}\n"}});
  EXPECT_TRUE(loaded.rules);
  return loaded.rules;
}

TEST(WorkplaceChanges, DeadlinesOfEveryTenantAreSetAnew) {
  SimulatedClock clock(kStart);
  MemoryStore store;
  const auto other = store.put_tenant(kTenant, *commands::add_tenant("other", {}, "user:cli", kStart)).value().id;
  auto rules = office_opens_at("08:00");
  const auto workplace = [&] { return std::shared_ptr<const Workplace>(rules, &rules->workplace()); };
  EscalationService escalation(store, store, store, clock, {.workplace = workplace});
  for (const auto tenant : {kTenant, other}) {
    auto task = contract::new_task();
    task.tenant = tenant;
    task.escalation = {.steps = {{.after = kHour, .to = "head@school.example", .business = true}},
                       .started_at = kStart};
    auto changes = contract::opening(task, tenant);
    changes.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart));
    ASSERT_TRUE(store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0));
  }
  ASSERT_EQ(escalation.step()->next_due, kStart + kHour * 9);
  rules = office_opens_at("12:00");
  const auto report = escalation.step().value();
  EXPECT_EQ(report.moved, 2);
  EXPECT_EQ(report.next_due, kStart + kHour * 13) << "no deadline of either is left where it was";
}

}  // namespace
}  // namespace orgo::world
