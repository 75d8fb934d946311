#include "core/escalation/escalate.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>

#include "core/parts/parts.h"
#include "core/rules/rule_set.h"
#include "core/task/commands.h"
#include "core/task/lifecycle.h"
#include "tests/support/tenants.h"
#include "tests/support/timers.h"

namespace orgo {
namespace {

constexpr TimePoint kStart{Millis{1'800'000'000'000}};
constexpr Millis kHour{3'600'000};

Task chained(std::vector<EscalationStep> steps) {
  Task task{.tenant = kTenant};
  task.number = TaskNumber{4};
  task.version = 1;
  task.title = "Water leak";
  task.team = "maintenance@organization.com";
  task.escalation = {std::move(steps), 0, kStart};
  return task;
}
Task two_steps() {
  return chained({{2 * kHour, "supervisor@organization.com"}, {4 * kHour, "head@organization.com"}});
}

TEST(Chain, TheFirstCountsAndWhatWaitsForAnAnswerComesFromEveryRule) {
  const auto step = [](int minutes, const char* to, bool waits) {
    EscalationStep made;
    made.after = std::chrono::minutes(minutes);
    made.to = to;
    made.unless_answered = waits;
    return made;
  };
  const auto names = [](const std::vector<EscalationStep>& chain) {
    std::string all;
    for (const auto& one : chain) all += one.to + " ";
    return all;
  };
  std::vector<EscalationStep> chain;
  join_chain(chain, {step(30, "waiting", true)});
  join_chain(chain, {step(10, "first", false), step(60, "last", false)});
  EXPECT_EQ(names(chain), "first waiting last ") << "what waits is no chain yet";
  join_chain(chain, {step(5, "other", false), step(40, "late", true)});
  EXPECT_EQ(names(chain), "first waiting late last ");
}

TEST(Escalate, NeverEarly) {
  const auto task = two_steps();
  EXPECT_TRUE(is_empty(escalate(task, {task.number, kStart + 2 * kHour}, kStart + 2 * kHour - Millis{1})));
  EXPECT_FALSE(is_empty(escalate(task, {task.number, kStart + 2 * kHour}, kStart + 2 * kHour)));
  EXPECT_TRUE(is_empty(escalate(task, {TaskNumber{5}, kStart}, kStart + 9 * kHour)));
}

TEST(Escalate, TellsTheStepAndSetsTheNext) {
  const auto task = two_steps();
  const auto changes = escalate(task, {task.number, kStart + 2 * kHour}, kStart + 2 * kHour);
  ASSERT_EQ(timers_fired(changes).size(), 1U);
  EXPECT_EQ(timers_fired(changes)[0].due_at, kStart + 2 * kHour);
  ASSERT_EQ(timers_set(changes).size(), 1U);
  EXPECT_EQ(timers_set(changes)[0].due_at, kStart + 4 * kHour);
  ASSERT_EQ(changes.sends.size(), 1U);
  EXPECT_EQ(changes.sends[0].recipient.address, "supervisor@organization.com");
  EXPECT_EQ(changes.sends[0].kind, SendKind::escalation);
  EXPECT_EQ(changes.sends[0].priority, Priority::high);
  EXPECT_EQ(changes.sends[0].note, "Level 1 of 2: nobody has acknowledged it within 2 hours.");
  ASSERT_EQ(changes.all<TaskChange>().size(), 1U);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.escalation.level, 1);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.version, 2);
  ASSERT_EQ(changes.events.size(), 1U);
  EXPECT_EQ(
      changes.events[0].data,
      R"({"level":1,"of":2,"to":"supervisor@organization.com","deadline":"2027-01-15T10:00:00Z","after":"2 hours"})");
  const auto last = escalate(changes.all<TaskChange>()[0].task, {task.number, kStart + 4 * kHour}, kStart + 4 * kHour);
  EXPECT_TRUE(timers_set(last).empty());
  EXPECT_EQ(last.sends.at(0).priority, Priority::urgent) << "the last step is critical";
}

TEST(Escalate, OnlyTheLastStepIsUrgentWhereTimesAreKnownToo) {
  const Workplace house;
  for (const bool by_context : {false, true})
    for (const Workplace* workplace : {static_cast<const Workplace*>(nullptr), &house})
      for (int count = 1; count <= 4; ++count) {
        std::vector<EscalationStep> steps;
        for (int i = 1; i <= count; ++i) steps.push_back({i * kHour, "head" + std::to_string(i) + "@organization.com"});
        auto task = chained(steps);
        EscalationContext context;
        context.workplace = workplace;
        for (int i = 1; i <= count; ++i) {
          const auto now = kStart + i * kHour;
          const DueTimer timer{task.number, now};
          const auto changes = by_context ? escalate(task, timer, now, context) : escalate(task, timer, now);
          ASSERT_EQ(changes.sends.size(), 1U) << i << " of " << count;
          EXPECT_EQ(changes.sends[0].priority, i == count ? Priority::urgent : Priority::high) << i << " of " << count;
          EXPECT_EQ(timers_set(changes).size(), i == count ? 0U : 1U);
          task = changes.all<TaskChange>().front().task;
          EXPECT_EQ(task.escalation.level, i);
        }
      }
}

/// The chain of a rule with `no reply within 2 hours`.
Task waiting(bool tells = true) {
  EscalationStep step{2 * kHour, tells ? "head@organization.com" : "", false, true};
  step.tells = tells;
  step.rule = "late";
  step.effects =
      StepEffects{Priority::urgent, "ben@organization.com", {"late", "leak"}, {"https://hooks.organization.com/late"},
                  {"patience"},     "Ask for the key.",     "anna@school.org"};
  auto task = chained({step, {4 * kHour, "boss@organization.com"}});
  task.tags = {"leak"};
  task.origin = MessageId{7};
  return task;
}

TEST(Escalate, AStepChangesTheTaskOnce) {
  for (const bool tells : {true, false}) {
    const auto task = waiting(tells);
    const auto changes = escalate(task, {task.number, kStart + 2 * kHour}, kStart + 2 * kHour, EscalationContext{});
    ASSERT_EQ(changes.all<TaskChange>().size(), 1U);
    const auto& next = changes.all<TaskChange>()[0].task;
    EXPECT_EQ(next.version, 2) << "all in one change";
    EXPECT_EQ(next.priority, Priority::urgent);
    EXPECT_EQ(next.assignee, "ben@organization.com");
    EXPECT_EQ(next.tags, (std::vector<std::string>{"leak", "late"}));
    std::vector<std::string> sent;
    for (const auto& send : changes.sends)
      sent.push_back(std::string(to_string(send.kind)) + " " + send.recipient.address + " " + send.template_name);
    std::vector<std::string> wanted{"notification ben@organization.com task_assigned",
                                    "webhook https://hooks.organization.com/late escalated",
                                    "reply anna@school.org patience"};
    if (tells) wanted.push_back("escalation head@organization.com escalated");
    EXPECT_EQ(sent, wanted);
    std::vector<EventKind> kinds;
    for (const auto& event : changes.events) {
      kinds.push_back(event.kind);
      EXPECT_NE(event.data.find(R"("rule":"late")"), std::string::npos) << event.data;
    }
    EXPECT_EQ(kinds, (std::vector{EventKind::escalation_fired, EventKind::task_priority, EventKind::task_assigned,
                                  EventKind::task_tagged, EventKind::task_commented}));
    // Level 2 is another step; this one can't come again.
    const auto after = escalate(next, {task.number, kStart + 4 * kHour}, kStart + 4 * kHour, EscalationContext{});
    ASSERT_EQ(after.sends.size(), 1U);
    EXPECT_EQ(after.sends[0].recipient.address, "boss@organization.com");
    EXPECT_EQ(after.events.size(), 1U);
  }
}

/// A house whose rota begins only in a far year, and whose team has an address.
const Workplace& gap_house() {
  static const auto house = rules::load_rules(
      {{"rules.yaml",
        "teams: {desk: desk@school.org, night: {on_call: future}}\n"
        "on_call: {future: {time_zone: UTC, start: 2100-01-01, members: [anna@school.org]}}\nrules: []\n"}});
  return house.rules->workplace();
}

TEST(Escalate, AStepWithNobodyOnDutyTellsTheNextAtOnce) {
  EscalationContext context;
  context.workplace = &gap_house();
  auto task = chained({{2 * kHour, "future"}, {4 * kHour, "chief@school.org"}, {6 * kHour, "head@school.org"}});
  const auto changes = escalate(task, {task.number, kStart + 2 * kHour}, kStart + 2 * kHour, context);
  ASSERT_EQ(changes.sends.size(), 1U);
  EXPECT_EQ(changes.sends[0].recipient.address, "chief@school.org");
  ASSERT_EQ(changes.events.size(), 2U);
  EXPECT_NE(changes.events[0].data.find(R"("told":false)"), std::string::npos) << changes.events[0].data;
  EXPECT_NE(changes.events[1].data.find(R"("nobody_reached_by":"future")"), std::string::npos);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.escalation.level, 2);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.version, 2);
  ASSERT_EQ(timers_set(changes).size(), 1U);
  EXPECT_EQ(timers_set(changes)[0].due_at, kStart + 6 * kHour) << "the one behind it has its time";
}

TEST(Escalate, BehindTheLastStepTheTeamIsToldElseTheAdministrators) {
  EscalationContext context;
  context.workplace = &gap_house();
  context.administrators = {"root@school.org"};
  for (const auto& [team, told] :
       std::vector<std::pair<std::string, std::string>>{{"desk", "desk@school.org"},
                                                        {"office@school.org", "office@school.org"},
                                                        {"night", "root@school.org"},
                                                        {"", "root@school.org"}}) {
    auto task = chained({{2 * kHour, "future"}, {4 * kHour, "future"}});
    task.team = team;
    const auto changes = escalate(task, {task.number, kStart + 2 * kHour}, kStart + 2 * kHour, context);
    ASSERT_EQ(changes.sends.size(), 1U) << team;
    EXPECT_EQ(changes.sends[0].recipient.address, told);
    EXPECT_EQ(changes.sends[0].priority, Priority::urgent);
    EXPECT_TRUE(timers_set(changes).empty());
  }
  context.administrators.clear();
  auto task = chained({{2 * kHour, "future"}});
  task.team = "night";
  const auto silent = escalate(task, {task.number, kStart + 2 * kHour}, kStart + 2 * kHour, context);
  EXPECT_TRUE(silent.sends.empty());
  EXPECT_EQ(silent.events.size(), 1U) << "it stands in the history that nobody was told";
}

TEST(Escalate, WhatIsSoAlreadyIsNoEvent) {
  auto task = waiting();
  task.priority = Priority::urgent;
  task.assignee = "ben@organization.com";
  task.tags = {"late", "leak"};
  const auto changes = escalate(task, {task.number, kStart + 2 * kHour}, kStart + 2 * kHour, EscalationContext{});
  EXPECT_EQ(changes.events.size(), 2U) << "that it fired, and the note";
  EXPECT_EQ(changes.all<TaskChange>()[0].task.tags.size(), 2U);
}

TEST(Escalate, AnAnswerLeavesTheTaskAsItIs) {
  const auto task = waiting();
  Event mail{.kind = EventKind::task_replied,
             .subject = task.number,
             .at = kStart + kHour,
             .actor = "rules",
             .data = R"({"from":"ben@organization.com"})"};
  Workplace workplace;
  workplace.teams["desk"].members = {"ben@organization.com"};
  const std::vector<Event> history{mail};
  EscalationContext context;
  context.workplace = &workplace;
  context.history = history;
  const auto changes = escalate(task, {task.number, kStart + 2 * kHour}, kStart + 2 * kHour, context);
  EXPECT_TRUE(changes.sends.empty());
  EXPECT_TRUE(changes.events.empty());
  ASSERT_EQ(changes.all<TaskChange>().size(), 1U);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.priority, Priority::normal);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.escalation.level, 1);
}

TEST(Escalate, AnEmptyStepRemindsTheTeamAndANameIsRecordedOnly) {
  const auto remind = chained({{kHour, ""}});
  EXPECT_EQ(escalate(remind, {remind.number, kStart + kHour}, kStart + kHour).sends.at(0).recipient.address,
            remind.team);
  const auto named = chained({{kHour, "supervisor"}});
  const auto changes = escalate(named, {named.number, kStart + kHour}, kStart + kHour);
  EXPECT_TRUE(changes.sends.empty());
  EXPECT_NE(changes.events.at(0).data.find("\"told\":false"), std::string::npos);
  EXPECT_EQ(changes.all<TaskChange>()[0].task.escalation.level, 1);
}

TEST(Escalate, WhatIsTakenOnOrDoneIsLeftInPeace) {
  for (const auto state : {TaskState::acknowledged, TaskState::resolved, TaskState::closed}) {
    auto task = two_steps();
    task.state = state;
    const auto changes = escalate(task, {task.number, kStart + 2 * kHour}, kStart + 9 * kHour);
    EXPECT_EQ(timers_fired(changes).size(), 1U);
    EXPECT_TRUE(changes.sends.empty() && changes.events.empty() && changes.all<TaskChange>().empty() &&
                timers_set(changes).empty());
  }
}

TEST(Escalate, ATimerThatIsNotOfTheChainIsSetRight) {
  const auto task = two_steps();
  const auto changes = escalate(task, {task.number, kStart + kHour}, kStart + 9 * kHour);
  EXPECT_TRUE(changes.sends.empty());
  ASSERT_EQ(timers_set(changes).size(), 1U);
  EXPECT_EQ(timers_set(changes)[0].due_at, kStart + 2 * kHour);
}

TEST(Escalate, ABusinessCalendarIsAnotherFunction) {
  const auto task = two_steps();
  const auto skips_a_day = [](TimePoint from, Millis counted) { return from + counted + 24 * kHour; };
  EXPECT_TRUE(is_empty(escalate(task, {task.number, kStart + 26 * kHour}, kStart + 25 * kHour, skips_a_day)));
  EXPECT_EQ(escalate(task, {task.number, kStart + 26 * kHour}, kStart + 26 * kHour, skips_a_day).sends.size(), 1U);
}

/// A store in miniature: one task, its pending deadline, and the fencing that ChangeStore promises.
struct World {
  Task task{.tenant = kTenant};
  std::optional<TimePoint> pending;
  struct Fired {
    TimePoint deadline;
    TimePoint at;
    int level;
  };
  std::vector<Fired> fired;

  bool commit(const Changes& changes) {
    for (const auto& timer : timers_fired(changes))
      if (pending != timer.due_at) return false;
    for (const auto& change : changes.all<TaskChange>())
      if (change.task.version != task.version + 1) return false;
    for (const auto& timer : timers_fired(changes)) {
      pending.reset();
      for (const auto& event : changes.events)
        if (event.kind == EventKind::escalation_fired)
          fired.push_back({timer.due_at, changes.at, changes.all<TaskChange>()[0].task.escalation.level});
    }
    if (!timers_cleared(changes).empty()) pending.reset();
    for (const auto& timer : timers_set(changes)) pending = timer.due_at;
    for (const auto& change : changes.all<TaskChange>()) task = change.task;
    return true;
  }
};

RC_GTEST_PROP(Escalate, EachDeadlineAtMostOnceNeverEarlyInOrder, ()) {
  // Random chains; time jumps (downtimes); two workers that read the same state; people who acknowledge, close and
  // reopen.
  auto hours = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 20));
  if (hours.size() > 10) hours.resize(10);
  std::sort(hours.begin(), hours.end());
  std::vector<EscalationStep> steps;
  for (const auto h : hours)
    steps.push_back({h * kHour, h % 3 == 0 ? "" : "boss" + std::to_string(h) + "@organization.com"});
  World world{chained(steps), {}, {}};
  world.pending = next_deadline(world.task.escalation);
  auto now = kStart;
  std::size_t since_reopening = 0;  // index into fired
  const auto moves = *rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(0, 8), rc::gen::inRange(0, 5 * 3600)));
  for (const auto& [what, seconds] : moves) {
    now += Millis{seconds * 1000LL};
    if (what <= 5) {
      for (int sweep = 0; sweep < 3 && world.pending && *world.pending <= now; ++sweep) {
        const DueTimer due{world.task.number, *world.pending};
        const auto one = escalate(world.task, due, now);
        const auto other = escalate(world.task, due, now);
        RC_ASSERT(one.events.size() <= 1U);
        RC_ASSERT(world.commit(one));
        // The other worker decided upon the same state: it may only get through where nothing was told.
        const auto before = world.fired.size();
        if (!other.events.empty()) RC_ASSERT(!world.commit(other));
        RC_ASSERT(world.fired.size() == before);
      }
    } else if (what == 6) {
      if (const auto changes = world.task.state == TaskState::acknowledged
                                   ? commands::set_state(world.task, TaskState::open, "user:a", now)
                                   : commands::acknowledge(world.task, "user:a", now))
        RC_ASSERT(world.commit(*changes));
    } else {
      const bool done = !is_open(world.task.state);
      const auto changes =
          done ? commands::reopen(world.task, "user:a", now) : commands::close(world.task, "user:a", now);
      RC_ASSERT(changes.has_value());
      RC_ASSERT(world.commit(*changes));
      if (done) since_reopening = world.fired.size();
    }
    const auto& escalation = world.task.escalation;
    RC_ASSERT(world.fired.size() - since_reopening == static_cast<std::size_t>(escalation.level));
    for (std::size_t i = since_reopening; i < world.fired.size(); ++i) {
      const auto step = i - since_reopening;
      RC_ASSERT(world.fired[i].level == static_cast<int>(step) + 1);
      RC_ASSERT(world.fired[i].deadline >= escalation.started_at + escalation.steps[step].after);
      if (step > 0) {
        const auto gap = escalation.steps[step].after - escalation.steps[step - 1].after;
        RC_ASSERT(world.fired[i].deadline - world.fired[i - 1].at >= gap * 9 / 10);
      }
      RC_ASSERT(world.fired[i].at >= world.fired[i].deadline);
    }
    RC_ASSERT(world.pending == (escalates(world.task.state) ? next_deadline(escalation) : std::nullopt));
  }
}

/// One message, to whoever was due first; the next in its own time from there.
TEST(Escalate, EachLevelHasItsTimeAfterADowntime) {
  World world{two_steps(), kStart + 2 * kHour, {}};
  const auto up_again = kStart + 100 * kHour;
  ASSERT_TRUE(world.commit(escalate(world.task, {world.task.number, *world.pending}, up_again)));
  ASSERT_EQ(world.fired.size(), 1U);
  EXPECT_EQ(world.fired[0].deadline, kStart + 2 * kHour);
  ASSERT_EQ(world.pending, up_again + 2 * kHour);
  ASSERT_TRUE(world.commit(escalate(world.task, {world.task.number, *world.pending}, *world.pending)));
  EXPECT_EQ(world.fired[1].level, 2);
  EXPECT_FALSE(world.pending);
}

TEST(Escalate, ALittleLateChangesNothingAndARunOfTheChainForgetsTheOneBefore) {
  auto task = two_steps();
  advance(task.escalation, kStart + 2 * kHour + Millis{60'000});
  EXPECT_EQ(next_deadline(task.escalation), kStart + 4 * kHour);
  task = two_steps();
  advance(task.escalation, kStart + 3 * kHour);
  EXPECT_EQ(next_deadline(task.escalation), kStart + 5 * kHour);
  task.escalation.level = 0;  // reopened
  task.escalation.started_at = kStart + 50 * kHour;
  EXPECT_EQ(next_deadline(task.escalation), kStart + 52 * kHour);
  auto passed = task;
  pass_over(passed.escalation);
  EXPECT_EQ(next_deadline(passed.escalation), kStart + 54 * kHour);
  advance(task.escalation, kStart + 52 * kHour);
  EXPECT_EQ(next_deadline(task.escalation), kStart + 54 * kHour);
}

}  // namespace
}  // namespace orgo
