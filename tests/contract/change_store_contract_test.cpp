// What every ChangeStore must do, and what TaskStore reads of it (port/change_store.h, port/task_store.h).
#include <thread>

#include "core/delivery/send_outcome.h"
#include "core/processing/message_decision.h"
#include "core/task/task_change.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Millis kHour{3'600'000};

class ChangeStoreContract : public Suite {
 protected:
  TaskNumber open_task(Task task = new_task(), TenantId tenant = kTenant) {
    return must_commit(opening(std::move(task), tenant)).task;
  }
  Task read(TaskNumber number, TenantId tenant = kTenant) {
    auto task = stores.tasks.read(tenant, number);
    EXPECT_TRUE(task) << task.error().message;
    return task.value_or(Task{.tenant = kTenant});
  }
  /// The task as it is, changed by `change`, with its next version.
  template <typename Change>
  Changes changing(TaskNumber number, Change change) {
    auto task = read(number);
    change(task);
    ++task.version;
    Changes changes{.tenant = kTenant, .at = kStart};
    changes.add(TaskChange{std::move(task)});
    return changes;
  }
  std::vector<PendingTimer> due(TimePoint now, int limit = 100) {
    return stores.tasks.due_timers(kDeadlineTimer, now, limit).value();
  }
  /// All that a reader can see of the default tenant, to prove that a refused Changes left nothing behind.
  std::string picture() {
    std::string text;
    const auto tasks = stores.tasks.list({.tenant = kTenant, .limit = 1000}).value();
    for (const auto& task : tasks)
      text += to_string(task.number) + " v" + std::to_string(task.version) + " " + task.title + "; ";
    const auto events = stores.tasks.events_after(kTenant, 0, 1000).value();
    text += std::to_string(events.size()) + " events; ";
    for (const auto& task : tasks) {
      const auto sends = stores.outbox.sends_of_task(kTenant, task.number).value();
      text += std::to_string(sends.size()) + " sends, ";
      for (const auto& send : sends) text += std::string(to_string(send.state)) + " ";
    }
    const auto timers = due(kStart + kHour * 1000);
    for (const auto& timer : timers) text += to_string(timer.subject) + " due " + to_rfc3339(timer.due_at) + "; ";
    const auto messages = stores.messages.list({.tenant = kTenant}).value();
    for (const auto& message : messages) text += message.decision ? "decided " : "waiting ";
    return text;
  }
};

TEST_P(ChangeStoreContract, ATaskComesBackWholeWithItsNumber) {
  auto task = new_task("Wasser im Keller \xc3\xbc");
  task.state = TaskState::open;
  task.priority = Priority::urgent;
  task.assignee = "anna";
  task.tags = {"water", "with space", "a,b"};
  task.type = "maintenance/repair";
  task.fields = {{"room", "Room", "102", ""}, {"floor", "Stockwerk", "", "missing"}};
  task.due_at = kStart + kHour;
  task.escalation.steps = {
      {Millis{7'200'000}, "supervisor@school.example"}, {Millis{14'400'000}, ""}, {Millis{15'000'000}, "a b", true}};
  task.escalation.level = 1;
  task.escalation.started_at = kStart;
  task.escalation.pace = {kStart + kHour * 9, Millis{7'200'000}, kHour};
  task.updated_at = kStart + Millis{1};
  const auto number = open_task(task);
  EXPECT_EQ(number, TaskNumber{1}) << "numbers start at 1, because people say them";
  const auto stored = read(number);
  EXPECT_EQ(stored.number, number);
  EXPECT_EQ(stored.tenant, kTenant);
  EXPECT_EQ(stored.state, TaskState::open);
  EXPECT_EQ(stored.priority, Priority::urgent);
  EXPECT_EQ(stored.title, task.title);
  EXPECT_EQ(stored.requester.address, task.requester.address);
  EXPECT_EQ(stored.team, task.team);
  EXPECT_EQ(stored.assignee, "anna");
  EXPECT_EQ(stored.tags, task.tags);
  EXPECT_EQ(stored.type, task.type);
  EXPECT_EQ(stored.fields, task.fields);
  EXPECT_EQ(stored.due_at, task.due_at);
  EXPECT_EQ(stored.escalation, task.escalation);
  EXPECT_EQ(stored.created_at, kStart);
  EXPECT_EQ(stored.updated_at, kStart + Millis{1});
}

TEST_P(ChangeStoreContract, EmptyAndMissingFieldsStayEmptyAndMissing) {
  Task bare{.tenant = kTenant};
  bare.created_at = bare.updated_at = kStart;
  const auto stored = read(open_task(bare));
  EXPECT_EQ(stored.assignee, "");
  EXPECT_THAT(stored.tags, IsEmpty());
  EXPECT_EQ(stored.due_at, std::nullopt);
  EXPECT_THAT(stored.escalation.steps, IsEmpty());
  EXPECT_FALSE(stored.origin);
}

TEST_P(ChangeStoreContract, NumbersGrowPerTenant) {
  EXPECT_EQ(open_task(), TaskNumber{1});
  EXPECT_EQ(open_task(), TaskNumber{2});
  EXPECT_EQ(open_task(new_task(), kOtherTenant), TaskNumber{1});
  EXPECT_EQ(open_task(), TaskNumber{3});
}

TEST_P(ChangeStoreContract, WhatIsNewIsNamedBeforeItHasANumber) {
  const auto bytes = mail("a@x");
  const auto message = accept(raw(bytes));
  open_task();  // so that the number is not 1 by chance
  auto changes = deciding(message);
  changes.sends = {notification("a@school.example"), notification("b@school.example")};
  for (std::size_t k : {1U, 0U}) {
    changes.events.push_back(event_of_new_task(EventKind::send_queued));
    changes.events.back().send = SendRef::nth_new(k);
  }
  changes.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart + kHour));
  const auto committed = must_commit(changes);
  EXPECT_EQ(committed.task, TaskNumber{2});
  EXPECT_EQ(stores.messages.decision(kTenant, message).value()->task, committed.task);
  const auto sends = stores.outbox.sends_of_task(kTenant, committed.task).value();
  ASSERT_THAT(sends, SizeIs(2));
  const auto timers = due(kStart + kHour);
  ASSERT_THAT(timers, SizeIs(1));
  EXPECT_EQ(timers[0].subject, committed.task);
  const auto history = stores.tasks.history(kTenant, committed.task).value();
  ASSERT_THAT(history, SizeIs(4)) << "opened, decided and two queued";
  EXPECT_EQ(history[0].event.kind, EventKind::task_opened);
  EXPECT_EQ(history[1].event.kind, EventKind::message_decided);
  EXPECT_EQ(history[1].event.message, message);
  EXPECT_EQ(history[2].event.send, sends[1].id);
  EXPECT_EQ(history[3].event.send, sends[0].id);
  EXPECT_EQ(committed.last_event, history[3].sequence);
  EXPECT_EQ(read(committed.task).origin, message);
}

TEST_P(ChangeStoreContract, ADecisionMayBeAboutNoTask) {
  const auto bytes = mail("a@x");
  const auto message = accept(raw(bytes));
  auto changes = deciding(message);
  changes.remove_all<TaskChange>();
  changes.events.erase(changes.events.begin());
  changes.find<MessageDecision>()->outcome = Outcome::recorded;
  changes.find<MessageDecision>()->task = {};
  changes.events[0].subject = {};
  const auto committed = must_commit(changes);
  EXPECT_FALSE(committed.task);
  EXPECT_FALSE(stores.messages.decision(kTenant, message).value()->task);
  const auto events = stores.tasks.message_events(kTenant, message).value();
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[1].event.kind, EventKind::message_decided);
  EXPECT_FALSE(events[1].event.subject.task());
}

TEST_P(ChangeStoreContract, AMessageIsDecidedOnce) {
  const auto bytes = mail("a@x");
  const auto message = accept(raw(bytes));
  must_commit(deciding(message));
  const auto before = picture();
  const auto again = commit(deciding(message));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::conflict);
  EXPECT_EQ(picture(), before);
}

TEST_P(ChangeStoreContract, AMessageIsDecidedOnceAlsoWithinABatch) {
  const auto bytes = mail("a@x");
  const auto message = accept(raw(bytes));
  const std::vector<Changes> batch{deciding(message), deciding(message)};
  const auto answers = stores.changes.commit(batch, within(kPatience)).value();
  ASSERT_THAT(answers, SizeIs(2));
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(answers[1].error().code, Errc::conflict);
  EXPECT_THAT(stores.tasks.list({.tenant = kTenant}).value(), SizeIs(1));
}

TEST_P(ChangeStoreContract, ARefusedChangesTouchesNoOtherOfItsBatch) {
  const auto a = mail("a@x"), b = mail("b@x");
  const auto first = accept(raw(a)), second = accept(raw(b));
  must_commit(deciding(first));
  auto refused = deciding(first);
  refused.sends.push_back(notification());
  refused.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart));
  const std::vector<Changes> batch{opening(new_task("one")), refused, deciding(second), opening(new_task("two"))};
  const auto answers = stores.changes.commit(batch, within(kPatience)).value();
  ASSERT_THAT(answers, SizeIs(4));
  EXPECT_TRUE(answers[0]);
  EXPECT_EQ(answers[1].error().code, Errc::conflict);
  EXPECT_TRUE(answers[2]);
  EXPECT_TRUE(answers[3]);
  EXPECT_THAT(stores.tasks.list({.tenant = kTenant}).value(), SizeIs(4));
  EXPECT_THAT(due(kStart + kHour), IsEmpty());
  EXPECT_EQ(stores.outbox.next_send().value(), std::nullopt);
  EXPECT_EQ(read(answers[3]->task).title, "two") << "answers are in order";
}

TEST_P(ChangeStoreContract, AnEmptyBatchAndAnEmptyChangesAreFine) {
  EXPECT_THAT(stores.changes.commit({}, within(kPatience)).value(), IsEmpty());
  Changes nothing{.tenant = kTenant};
  nothing.at = kStart;
  EXPECT_TRUE(commit(nothing));
}

TEST_P(ChangeStoreContract, AChangeOfATaskNamesTheVersionItSaw) {
  const auto number = open_task();
  const auto seen = read(number);
  auto renamed = changing(number, [](Task& task) { task.title = "renamed"; });
  must_commit(renamed);
  EXPECT_EQ(read(number).title, "renamed");
  EXPECT_EQ(read(number).version, seen.version + 1);
  const auto before = picture();
  renamed.all<TaskChange>()[0].task.title = "too late";
  renamed.events.push_back(event(EventKind::task_commented));
  renamed.sends.push_back(notification());
  renamed.sends[0].subject = number;
  renamed.timers.push_back(deadline_set(number, kStart));
  EXPECT_EQ(commit(renamed).error().code, Errc::conflict) << "its version was seen by somebody else before";
  renamed.all<TaskChange>()[0].task.version = seen.version + 5;
  EXPECT_EQ(commit(renamed).error().code, Errc::conflict) << "a version from the future";
  EXPECT_EQ(picture(), before);
}

TEST_P(ChangeStoreContract, WhatDoesNotExistIsNotFound) {
  const auto number = open_task();
  const auto before = picture();
  const auto refused = [&](auto&& change) {
    Changes changes{.tenant = kTenant};
    changes.at = kStart;
    changes.events.push_back(event(EventKind::task_commented));
    changes.events.back().subject = number;
    change(changes);
    const auto answer = commit(changes);
    EXPECT_FALSE(answer);
    return answer ? std::string_view("applied") : to_string(answer.error().code);
  };
  EXPECT_EQ(refused([](Changes& c) { c.add(MessageDecision{.message = MessageId{4711}}); }), "not_found");
  EXPECT_EQ(refused([](Changes& c) {
              auto task = new_task();
              task.number = TaskNumber{4711};
              task.version = 2;
              c.add(TaskChange{task});
            }),
            "not_found");
  EXPECT_EQ(refused([](Changes& c) { c.timers.push_back(deadline_set(TaskNumber{4711}, kStart)); }), "not_found");
  EXPECT_EQ(refused([](Changes& c) { c.add(SendOutcome{.send = SendId{4711}, .lease = 1, .detail = {}}); }),
            "not_found");
  EXPECT_EQ(refused([](Changes& c) {
              c.sends.push_back(notification());
              c.sends.back().subject = TaskNumber{4711};
            }),
            "not_found");
  EXPECT_EQ(picture(), before);
}

TEST_P(ChangeStoreContract, ATenantCannotReachIntoAnother) {
  const auto other = kOtherTenant;
  open_task(new_task("secret"), other);
  const auto second = open_task(new_task("secret 2"), other);
  open_task(new_task("mine"));
  EXPECT_EQ(stores.tasks.read(kTenant, second).error().code, Errc::not_found);
  auto stolen = new_task("stolen");
  stolen.number = second;
  stolen.version = stores.tasks.read(other, second)->version + 1;
  Changes changes{.tenant = kTenant};
  changes.at = kStart;
  changes.add(TaskChange{stolen});
  EXPECT_EQ(commit(changes).error().code, Errc::not_found);
  EXPECT_EQ(stores.tasks.read(other, second)->title, "secret 2");
  const auto listed = stores.tasks.list({.tenant = kTenant}).value();
  ASSERT_THAT(listed, SizeIs(1));
  EXPECT_EQ(listed[0].title, "mine");
  EXPECT_THAT(stores.tasks.events_after(kTenant, 0, 100).value(), SizeIs(1));
  EXPECT_THAT(stores.tasks.history(kTenant, second).value(), IsEmpty());

  const auto bytes = mail("theirs@x");
  const auto message = accept(raw(bytes, "office@school.example", other));
  EXPECT_EQ(commit(deciding(message)).error().code, Errc::not_found);
  EXPECT_TRUE(commit(deciding(message, other)));
  EXPECT_THAT(stores.tasks.message_events(kTenant, message).value(), IsEmpty());
}

TEST_P(ChangeStoreContract, EventsComeBackWhole) {
  const auto number = open_task();
  auto commented = event(EventKind::task_commented, "user:anna");
  commented.subject = number;
  commented.at = kStart + Millis{5};
  commented.data = R"({"text":"pump ordered \"today\""})";
  Changes changes{.tenant = kTenant};
  changes.at = kStart;
  changes.events.push_back(commented);
  must_commit(changes);
  const auto history = stores.tasks.history(kTenant, number).value();
  ASSERT_THAT(history, SizeIs(2));
  EXPECT_GT(history[1].sequence, history[0].sequence);
  EXPECT_EQ(history[1].event.kind, EventKind::task_commented);
  EXPECT_EQ(history[1].event.actor, "user:anna");
  EXPECT_EQ(history[1].event.at, kStart + Millis{5});
  EXPECT_EQ(history[1].event.data, commented.data);
  EXPECT_FALSE(history[1].event.message);
}

TEST_P(ChangeStoreContract, AMessagesEventsAreFoundWithAndWithoutATask) {
  const auto bytes = mail("a@x");
  const auto message = accept(raw(bytes));
  must_commit(deciding(message));
  const auto events = stores.tasks.message_events(kTenant, message).value();
  ASSERT_THAT(events, SizeIs(2)) << "accepted and decided; task.opened does not name it here";
  EXPECT_EQ(events[0].event.kind, EventKind::message_accepted);
  EXPECT_EQ(events[1].event.kind, EventKind::message_decided);
  EXPECT_LT(events[0].sequence, events[1].sequence);
}

TEST_P(ChangeStoreContract, KeepsSixtyFourKibibytesOfAnEvent) {
  const auto number = open_task();
  Changes changes{.tenant = kTenant};
  changes.at = kStart;
  changes.events.push_back(event(EventKind::task_commented));
  changes.events[0].subject = number;
  changes.events[0].data = "{\"text\":\"" + std::string((64U << 10U) - 11, 'x') + "\"}";
  must_commit(changes);
  const auto history = stores.tasks.history(kTenant, number).value();
  EXPECT_TRUE(history.at(1).event.data == changes.events[0].data);
}

TEST_P(ChangeStoreContract, TheLogIsReadInPages) {
  const auto number = open_task();
  for (int i = 0; i < 5; ++i) {
    Changes changes{.tenant = kTenant};
    changes.at = kStart;
    changes.events.push_back(event(EventKind::task_commented, "user:" + std::to_string(i)));
    changes.events[0].subject = number;
    must_commit(changes);
  }
  std::vector<std::string> actors;
  std::int64_t after = 0;
  for (;;) {
    const auto page = stores.tasks.events_after(kTenant, after, 2).value();
    if (page.empty()) break;
    EXPECT_LE(page.size(), 2U);
    for (const auto& one : page) {
      EXPECT_GT(one.sequence, after);
      after = one.sequence;
      actors.push_back(one.event.actor);
    }
  }
  EXPECT_THAT(actors, ElementsAre("rules", "user:0", "user:1", "user:2", "user:3", "user:4"));
  EXPECT_THAT(stores.tasks.history(kTenant, number, 3).value(), SizeIs(3));
}

// --- timers

TEST_P(ChangeStoreContract, DeadlinesComeDueOldestFirst) {
  const auto one = open_task(), two = open_task(), three = open_task();
  Changes changes{.tenant = kTenant};
  changes.at = kStart;
  changes.timers = {deadline_set(one, kStart + kHour * 3), deadline_set(two, kStart + kHour),
                    deadline_set(three, kStart + kHour * 2)};
  must_commit(changes);
  EXPECT_THAT(due(kStart + kHour - Millis{1}), IsEmpty());
  EXPECT_EQ(stores.tasks.next_timer(kDeadlineTimer).value(), kStart + kHour);
  const auto timers = due(kStart + kHour * 3);
  ASSERT_THAT(timers, SizeIs(3));
  EXPECT_EQ(timers[0].subject, two);
  EXPECT_EQ(timers[0].tenant, kTenant);
  EXPECT_EQ(timers[0].due_at, kStart + kHour);
  EXPECT_EQ(timers[1].subject, three);
  EXPECT_EQ(timers[2].subject, one);
  EXPECT_THAT(due(kStart + kHour * 3, 2), SizeIs(2));
}

TEST_P(ChangeStoreContract, TimersOfAllTenantsComeDue) {
  const auto other = kOtherTenant;
  auto theirs = opening(new_task(), other);
  theirs.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart));
  must_commit(theirs);
  const auto timers = due(kStart);
  ASSERT_THAT(timers, SizeIs(1));
  EXPECT_EQ(timers[0].tenant, other);
}

TEST_P(ChangeStoreContract, ATaskHasOneDeadlineAndSettingReplacesIt) {
  const auto number = open_task();
  Changes changes{.tenant = kTenant};
  changes.at = kStart;
  changes.timers = {deadline_set(number, kStart + kHour)};
  must_commit(changes);
  changes.timers = {deadline_set(number, kStart + kHour * 2)};
  must_commit(changes);
  EXPECT_THAT(due(kStart + kHour), IsEmpty());
  EXPECT_THAT(due(kStart + kHour * 2), SizeIs(1));
}

TEST_P(ChangeStoreContract, AClearedDeadlineIsGoneAndClearingNothingIsFine) {
  const auto number = open_task();
  Changes set{.tenant = kTenant}, clear{.tenant = kTenant};
  set.at = clear.at = kStart;
  set.timers = {deadline_set(number, kStart)};
  clear.timers = {deadline_cleared(number)};
  must_commit(set);
  must_commit(clear);
  must_commit(clear);
  EXPECT_THAT(due(kStart + kHour), IsEmpty());
  EXPECT_EQ(stores.tasks.next_timer(kDeadlineTimer).value(), std::nullopt);
}

TEST_P(ChangeStoreContract, AChainAndAServiceLevelComeBackAsTheyWere) {
  auto task = new_task();
  task.escalation.calendar = "office hours";
  task.escalation.steps = {{Millis{1}, "a b@school.example", true, true},
                           {Millis{2}, "", false, true},
                           {.after = Millis{3}, .to = "x", .business = true, .rule = "c d"}};
  EscalationStep later{Millis{4}, "head", false, true};
  later.rule = "a rule";
  later.effects = StepEffects{
      Priority::urgent,     "anna@school.example",      {"late", "of a b"}, {"https://hooks.school.example/?a=b c"},
      {"received", "x.de"}, "Ask for the key, please.", "c@d.example"};
  task.escalation.steps.push_back(later);
  later.tells = false;
  later.to.clear();
  later.effects = StepEffects{std::nullopt, "", {"only"}, {}, {}, "", ""};
  task.escalation.steps.push_back(later);
  task.sla.emplace();
  task.sla->sla.name = "gold";
  task.sla->sla.targets[0] = SlaTarget{.within = Millis{7'200'000}, .warn_before = Millis{60'000}};
  task.sla->calendar = "office hours";
  task.sla->tell(SlaClock::first_response, true, kStart);
  const auto number = open_task(task);
  auto seen = read(number);
  EXPECT_EQ(seen.escalation, task.escalation);
  EXPECT_EQ(seen.sla, task.sla);
  seen.sla.reset();
  ++seen.version;
  Changes changes{.tenant = kTenant};
  changes.at = kStart;
  changes.add(TaskChange{seen});
  must_commit(changes);
  EXPECT_EQ(read(number).sla, std::nullopt);
}

TEST_P(ChangeStoreContract, ADeadlineFiresOnce) {
  const auto number = open_task();
  Changes set{.tenant = kTenant}, fire{.tenant = kTenant};
  set.at = fire.at = kStart;
  set.timers = {deadline_set(number, kStart)};
  must_commit(set);
  fire.timers = {deadline_fired(number, kStart)};
  fire.events.push_back(event(EventKind::escalation_fired, "escalation"));
  fire.events[0].subject = number;
  must_commit(fire);
  EXPECT_THAT(due(kStart + kHour), IsEmpty()) << "firing ends it";
  const auto before = picture();
  EXPECT_EQ(commit(fire).error().code, Errc::conflict);
  EXPECT_EQ(picture(), before);
}

TEST_P(ChangeStoreContract, ADeadlineThatWasMovedOrClearedDoesNotFire) {
  const auto number = open_task();
  Changes set{.tenant = kTenant}, fire{.tenant = kTenant};
  set.at = fire.at = kStart;
  set.timers = {deadline_set(number, kStart)};
  must_commit(set);
  set.timers = {deadline_set(number, kStart + kHour)};
  must_commit(set);
  fire.timers = {deadline_fired(number, kStart)};
  fire.sends.push_back(notification());
  fire.sends[0].subject = number;
  EXPECT_EQ(commit(fire).error().code, Errc::conflict);
  EXPECT_THAT(stores.outbox.sends_of_task(kTenant, number).value(), IsEmpty());
  EXPECT_THAT(due(kStart + kHour), SizeIs(1)) << "the moved one stays pending";
}

TEST_P(ChangeStoreContract, FiringCanSetTheNextDeadlineOfTheChain) {
  const auto number = open_task();
  Changes set{.tenant = kTenant};
  set.at = kStart;
  set.timers = {deadline_set(number, kStart)};
  must_commit(set);
  auto fire = changing(number, [](Task& task) { task.escalation.level = 1; });
  fire.timers = {deadline_fired(number, kStart), deadline_set(number, kStart + kHour)};
  must_commit(fire);
  const auto timers = due(kStart + kHour);
  ASSERT_THAT(timers, SizeIs(1));
  EXPECT_EQ(timers[0].due_at, kStart + kHour);
  EXPECT_EQ(read(number).escalation.level, 1);
}

TEST_P(ChangeStoreContract, OfEightThatFireOneWins) {
  const auto number = open_task();
  Changes set{.tenant = kTenant};
  set.at = kStart;
  set.timers = {deadline_set(number, kStart)};
  must_commit(set);
  std::atomic<int> won = 0, lost = 0;
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 8; ++i)
      workers.emplace_back([&] {
        Changes fire{.tenant = kTenant};
        fire.at = kStart;
        fire.timers = {deadline_fired(number, kStart)};
        fire.events.push_back(event(EventKind::escalation_fired));
        fire.events[0].subject = number;
        const auto answers = stores.changes.commit(std::span(&fire, 1), within(kPatience));
        if (!answers) return;
        if (answers->at(0)) ++won;
        else if (answers->at(0).error().code == Errc::conflict) ++lost;
      });
  }
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 7);
  EXPECT_THAT(stores.tasks.history(kTenant, number).value(), SizeIs(2));
}

TEST_P(ChangeStoreContract, OfEightWritersOfOneVersionOneWins) {
  const auto number = open_task();
  const auto task = read(number);
  std::atomic<int> won = 0, lost = 0;
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 8; ++i)
      workers.emplace_back([&, i] {
        Changes changes{.tenant = kTenant};
        changes.at = kStart;
        changes.add(TaskChange{task});
        ++changes.all<TaskChange>()[0].task.version;
        changes.all<TaskChange>()[0].task.title = "writer " + std::to_string(i);
        const auto answers = stores.changes.commit(std::span(&changes, 1), within(kPatience));
        if (!answers) return;
        if (answers->at(0)) ++won;
        else if (answers->at(0).error().code == Errc::conflict) ++lost;
      });
  }
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 7);
  EXPECT_EQ(read(number).version, task.version + 1);
}

ORGO_CONTRACT(ChangeStoreContract);

}  // namespace
}  // namespace orgo::contract
