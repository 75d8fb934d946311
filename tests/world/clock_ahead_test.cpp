// The wall clock is wrong for a few seconds, by days or years, while Orgo runs or across its restart: whoever is to be
// told is told no later than in the chain's own time from then on, and nobody before.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "adapter/memory/memory_store.h"
#include "adapter/memory/memory_work_hints.h"
#include "core/task/task_change.h"
#include "service/escalation/escalation_service.h"
#include "service/work/sweeper.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"
#include "tests/world/support/fakes.h"

namespace orgo::world {
namespace {

using contract::kStart;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Millis kHour{3'600'000};
constexpr Millis kDay = 24 * kHour;

class WrongClock : public testing::Test {
 protected:
  TaskNumber open_task() {
    auto task = contract::new_task();
    task.escalation = {.steps = {{kHour, "lead"}, {2 * kHour, "head"}, {4 * kHour, "director"}},
                       .level = 0,
                       .started_at = clock.now()};
    for (auto& step : task.escalation.steps) step.to += "@school.example";
    task.due_at = clock.now() + kHour;
    task.created_at = task.updated_at = clock.now();
    auto changes = contract::opening(task);
    changes.at = clock.now();
    changes.timers.push_back(deadline_set(TaskRef::nth_new(0), clock.now() + kHour));
    return store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0)->task;
  }
  void start() { service = std::make_unique<EscalationService>(store, store, clock); }
  EscalationService::Report step() { return service->step().value(); }
  /// Time goes by, with a look now and then.
  void pass(Millis time) {
    for (Millis gone{0}; gone < time; gone += Millis{30'000}) {
      clock.advance(Millis{30'000});
      step();
    }
  }
  std::vector<std::string> told(TaskNumber task) {
    std::vector<std::string> names;
    const auto sends = store.sends_of_task(kTenant, task).value();
    for (const auto& send : sends)
      names.push_back(send.send.recipient.address.substr(0, send.send.recipient.address.find('@')));
    return names;
  }
  int corrections(TaskNumber task) {
    int found = 0;
    const auto history = store.history(kTenant, task, 1'000).value();
    for (const auto& stored : history) found += stored.event.kind == EventKind::task_clock ? 1 : 0;
    return found;
  }

  SimulatedClock clock{kStart};
  MemoryStore store;
  std::unique_ptr<EscalationService> service;
};

TEST_F(WrongClock, AheadForSecondsPutsOffNobody) {
  for (const auto by : {3 * kDay, 730 * kDay})
    for (const bool restart : {false, true}) {
      SCOPED_TRACE(std::to_string(by / kDay) + (restart ? " days, restart" : " days"));
      const auto before = open_task();
      start();
      step();
      clock.advance(Millis{10'000});
      clock.jump(by);
      if (restart) start();
      step();
      EXPECT_THAT(told(before), ElementsAre("lead")) << "for all that is known it is time";
      const auto meanwhile = open_task();
      clock.advance(Millis{4'000});
      step();
      clock.jump(-by);
      if (restart) start();
      EXPECT_EQ(step().mended, 2);
      EXPECT_EQ(step().mended, 0);
      const auto right_at = clock.now();
      EXPECT_EQ(store.read(kTenant, meanwhile)->created_at, right_at);
      EXPECT_EQ(store.read(kTenant, meanwhile)->due_at, right_at + kHour);
      pass(kHour - Millis{30'000});
      EXPECT_THAT(told(before), ElementsAre("lead"));
      EXPECT_THAT(told(meanwhile), IsEmpty());
      pass(Millis{60'000});
      EXPECT_THAT(told(before), ElementsAre("lead", "head"));
      EXPECT_THAT(told(meanwhile), ElementsAre("lead"));
      pass(4 * kHour);
      EXPECT_THAT(told(before), ElementsAre("lead", "head", "director"));
      EXPECT_THAT(told(meanwhile), ElementsAre("lead", "head", "director"));
      EXPECT_EQ(corrections(before), 1);
      EXPECT_EQ(corrections(meanwhile), 1);
    }
}

TEST_F(WrongClock, BehindForSecondsTellsNobodyEarly) {
  for (const auto by : {kHour, 2'000 * kDay})
    for (const bool restart : {false, true}) {
      // Across a start, an hour can't be seen: that would be told an hour early.
      if (restart && by == kHour) continue;
      SCOPED_TRACE(std::to_string(by / kHour) + (restart ? " hours, restart" : " hours"));
      open_task();  // that something was there before is no proof once the clock has jumped
      start();
      pass(2 * kHour);
      const auto task = open_task();
      pass(kHour / 10);
      clock.jump(-by);
      if (restart) start();
      for (int i = 0; i < 4; ++i) {
        clock.advance(Millis{1'000});
        EXPECT_EQ(step().mended, 0);
      }
      clock.jump(by);
      if (restart) start();
      pass(kHour / 2);
      EXPECT_THAT(told(task), IsEmpty());
      EXPECT_EQ(corrections(task), 0);
      pass(kHour / 2);
      EXPECT_THAT(told(task), ElementsAre("lead"));
      pass(4 * kHour);
    }
}

TEST_F(WrongClock, OneThatStaysWhereItWasSetBackIsRightAfterAWhile) {
  clock.jump(730 * kDay);
  start();
  const auto task = open_task();
  step();
  clock.jump(-730 * kDay);
  EXPECT_EQ(step().mended, 0) << "is it right now, or behind?";
  pass(ClockWatch::kSettled + ClockRepair::kEvery);
  EXPECT_EQ(corrections(task), 1);
  pass(kHour);
  EXPECT_THAT(told(task), ElementsAre("lead"));
}

TEST_F(WrongClock, WhatAnotherNodeDidIsSeenNowAndThen) {
  start();
  pass(ClockWatch::kSettled);
  clock.jump(3 * kDay);
  const auto task = open_task();  // by a node whose clock is ahead
  clock.jump(-3 * kDay);
  pass(ClockRepair::kEvery);
  EXPECT_EQ(corrections(task), 1);
}

TEST_F(WrongClock, OfTwoNodesOnePutsItRight) {
  start();
  step();
  clock.jump(3 * kDay);
  const auto task = open_task();
  step();
  clock.jump(-3 * kDay);
  open_task();  // something of before
  EscalationService other(store, store, clock);
  EXPECT_EQ(other.step()->mended + step().mended, 1);
  EXPECT_EQ(corrections(task), 1);
}

TEST_F(WrongClock, HoweverManyTheyAreEachIsPutRightInBoundedSteps) {
  constexpr int kMany = 4'321;  // more than one step looks at
  std::vector<TaskNumber> tasks{open_task()};
  start();
  step();
  clock.jump(3 * kDay);
  step();
  for (int i = 1; i < kMany; ++i) tasks.push_back(open_task());
  clock.jump(-3 * kDay);
  int mended = 0, steps = 0;
  for (;; ++steps) {
    const auto report = step();
    EXPECT_LE(report.mended, 2'000);
    mended += report.mended;
    if (report.next_due > clock.now()) break;
    ASSERT_LT(steps, 10);
  }
  EXPECT_EQ(mended, kMany) << "the first had fired";
  for (const auto task : tasks) ASSERT_LE(store.read(kTenant, task)->escalation.started_at, clock.now());
}

TEST_F(WrongClock, WhatWasAcceptedAheadIsDecidedNowAndNotWhenThatTimeComes) {
  MemoryWorkHints hints;
  const auto announced = [&] {
    std::vector<std::int64_t> numbers;
    for (const auto& one : hints.take(WorkKind::process, 100, clock.now())) numbers.push_back(one.key.reference);
    return numbers;
  };
  const auto accept = [&](std::int64_t number) {
    const std::vector keys{WorkKey{kTenant, WorkKind::process, number}};
    ASSERT_TRUE(store.add(keys, clock.now()));
  };
  clock.jump(30 * kDay);
  accept(1);
  clock.jump(-30 * kDay);
  WorkSweeper sweeper(store, hints, clock);
  ASSERT_TRUE(sweeper.step(WorkKind::process));
  EXPECT_THAT(announced(), ElementsAre(1)) << "at a start";
  clock.jump(kDay);
  ASSERT_TRUE(sweeper.step(WorkKind::process));
  accept(2);
  clock.advance(Millis{4'000});
  clock.jump(-kDay);
  ASSERT_TRUE(sweeper.step(WorkKind::process));
  EXPECT_THAT(announced(), testing::Contains(2)) << "while it runs";
}

}  // namespace
}  // namespace orgo::world
