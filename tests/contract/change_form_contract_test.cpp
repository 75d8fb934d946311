// What every ChangeStore must take and refuse alike, whatever it keeps (port/change_store.h).
#include "core/parts/parts.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class ChangeFormContract : public Suite {
 protected:
  static Changes about_nothing() { return {.tenant = kTenant, .at = kStart}; }
  /// "taken", or the code of the refusal, after which nothing of it is there.
  std::string answer_to(const Changes& changes) {
    const auto count = [&] {
      return std::pair(stores.tasks.list({.tenant = kTenant, .limit = 1000}).value().size(),
                       stores.tasks.events_after(kTenant, 0, 1000).value().size());
    };
    const auto before = count();
    const auto answer = commit(changes);
    if (answer) return "taken";
    EXPECT_EQ(count(), before);
    return std::string(to_string(answer.error().code));
  }
};

TEST_P(ChangeFormContract, SeveralNewTasksWithWhatIsAboutEachOfThem) {
  must_commit(opening());
  auto changes = about_nothing();
  changes.add(TaskChange{new_task("one")});
  changes.add(TaskChange{new_task("two")});
  for (const std::size_t k : {1U, 0U}) {
    auto send = notification(k == 0 ? "first@school.example" : "second@school.example");
    send.subject = TaskRef::nth_new(k);
    changes.sends.push_back(send);
    changes.events.push_back(event(EventKind::task_opened));
    changes.events.back().subject = TaskRef::nth_new(k);
    changes.events.back().send = SendRef::nth_new(1 - k);
    changes.timers.push_back(deadline_set(TaskRef::nth_new(k), kStart + Millis{static_cast<std::int64_t>(k)}));
    changes.add(ThreadAlias{.id_hash = 70 + static_cast<std::int64_t>(k), .task = TaskRef::nth_new(k)});
  }
  const auto committed = must_commit(changes);
  EXPECT_EQ(committed.task, TaskNumber{2}) << "of the first; the others follow";
  EXPECT_EQ(stores.tasks.read(kTenant, TaskNumber{2})->title, "one");
  EXPECT_EQ(stores.tasks.read(kTenant, TaskNumber{3})->title, "two");
  const auto of_second = stores.outbox.sends_of_task(kTenant, TaskNumber{3}).value();
  ASSERT_THAT(of_second, SizeIs(1));
  EXPECT_EQ(of_second[0].send.recipient.address, "second@school.example");
  const auto history = stores.tasks.history(kTenant, TaskNumber{3}).value();
  ASSERT_THAT(history, SizeIs(1));
  EXPECT_EQ(history[0].event.send, of_second[0].id) << "the first send is about the second task";
  const auto timers = stores.tasks.due_timers(kDeadlineTimer, kStart + Millis{1}, 10).value();
  ASSERT_THAT(timers, SizeIs(2));
  EXPECT_EQ(timers[1].subject, TaskNumber{3});
  ContextQuery query{.tenant = kTenant};
  query.reported_ids = {71};
  const auto alias = stores.context.load(std::span(&query, 1)).at(0)->reported_aliases;
  ASSERT_THAT(alias, SizeIs(1));
  EXPECT_EQ(alias[0].task, TaskNumber{3});
}

TEST_P(ChangeFormContract, NothingIsChangedTwice) {
  const auto number = must_commit(opening()).task;
  auto task = stores.tasks.read(kTenant, number).value();
  ++task.version;
  auto changes = about_nothing();
  changes.add(TaskChange{task});
  ++task.version;
  changes.add(TaskChange{task});
  EXPECT_EQ(answer_to(changes), "invalid_input");

  auto queued = opening();
  queued.sends.push_back(notification());
  must_commit(queued);
  const auto leased = stores.outbox.lease_sends(kOwner, kStart, Millis{1000}, 1)->at(0);
  auto ended = about_nothing();
  ended.add(SendOutcome{.send = leased.id, .lease = leased.lease, .kind = SendOutcome::Kind::deferred});
  ended.add(SendBounced{.send = leased.id});
  EXPECT_EQ(answer_to(ended), "invalid_input");

  const auto bytes = mail("a@x");
  auto decided = deciding(accept(raw(bytes)));
  decided.add(*decided.find<MessageDecision>());
  EXPECT_EQ(answer_to(decided), "invalid_input");
}

TEST_P(ChangeFormContract, WhatIsNamedAsNewIsNewInIt) {
  auto changes = opening();
  changes.sends.push_back(notification());
  changes.sends.back().subject = TaskRef::nth_new(1);
  EXPECT_EQ(answer_to(changes), "invalid_input");
  auto of_none = about_nothing();
  of_none.timers.push_back(deadline_set(TaskRef::nth_new(0), kStart));
  EXPECT_EQ(answer_to(of_none), "invalid_input");
  auto no_send = opening();
  no_send.events.back().send = SendRef::nth_new(0);
  EXPECT_EQ(answer_to(no_send), "invalid_input");
  auto no_token = opening();
  no_token.events.back().subject = Subject::new_token();
  EXPECT_EQ(answer_to(no_token), "invalid_input");
}

TEST_P(ChangeFormContract, WhatASendIsAboutExists) {
  const auto bytes = mail("a@x");
  const auto message = accept(raw(bytes));
  const auto number = must_commit(opening()).task;
  const auto sending = [&](Subject subject, MessageId answered) {
    auto changes = about_nothing();
    changes.sends.push_back(notification());
    changes.sends.back().subject = subject;
    changes.sends.back().message = answered;
    return changes;
  };
  EXPECT_EQ(answer_to(sending(TaskNumber{4711}, {})), "not_found");
  EXPECT_EQ(answer_to(sending(number, MessageId{4711})), "not_found");
  EXPECT_EQ(answer_to(sending(number, message)), "taken");
  EXPECT_EQ(answer_to(sending({}, message)), "taken") << "a mail need not be about a task";
  auto theirs = sending({}, message);
  theirs.tenant = kOtherTenant;
  EXPECT_EQ(commit(theirs).error().code, Errc::not_found) << "the message is another tenant's";
}

TEST_P(ChangeFormContract, AlarmsAndAliasesHaveATask) {
  auto alarm = about_nothing();
  alarm.add(AlarmOpened{.source = "channel:lmtp"});
  EXPECT_EQ(answer_to(alarm), "invalid_input");
  auto alias = about_nothing();
  alias.add(ThreadAlias{.id_hash = 7});
  EXPECT_EQ(answer_to(alias), "invalid_input");
}

TEST_P(ChangeFormContract, WhatIsNotOnTheListCannotEnd) {
  auto changes = about_nothing();
  Suppression entry{.tenant = kTenant};
  entry.address = "anna@school.example";
  entry.version = 1;
  changes.add(SuppressionChange{.entry = entry, .removed = true});
  EXPECT_EQ(answer_to(changes), "conflict");
}

TEST_P(ChangeFormContract, ATimerOfAnotherNameIsAnotherTimer) {
  const auto number = must_commit(opening()).task;
  auto changes = about_nothing();
  changes.timers = {deadline_set(number, kStart), TimerChange::set(number, "remind", kStart + Millis{5})};
  must_commit(changes);
  EXPECT_EQ(stores.tasks.next_timer("remind").value(), kStart + Millis{5});
  EXPECT_THAT(stores.tasks.due_timers(kDeadlineTimer, kStart + Millis{9}, 10).value(), SizeIs(1));
  changes.timers = {TimerChange::cleared(number, kDeadlineTimer)};
  must_commit(changes);
  EXPECT_EQ(stores.tasks.next_timer(kDeadlineTimer).value(), std::nullopt);
  EXPECT_THAT(stores.tasks.due_timers("remind", kStart + Millis{5}, 10).value(), SizeIs(1));
  changes.timers = {TimerChange::fired(number, "remind", kStart)};
  EXPECT_EQ(answer_to(changes), "conflict") << "not the instant that is pending";
  changes.timers = {TimerChange::fired(number, "remind", kStart + Millis{5})};
  EXPECT_EQ(answer_to(changes), "taken");
}

TEST_P(ChangeFormContract, AMalformedOneTouchesNoOtherOfItsBatch) {
  auto malformed = opening(new_task("malformed"));
  malformed.add(AlarmOpened{.source = "channel:lmtp"});
  const std::vector<Changes> batch{opening(new_task("one")), malformed, opening(new_task("two"))};
  const auto answers = stores.changes.commit(batch, within(kPatience)).value();
  ASSERT_THAT(answers, SizeIs(3));
  EXPECT_TRUE(answers[0] && answers[2]);
  EXPECT_EQ(answers[1].error().code, Errc::invalid_input);
  EXPECT_EQ(answers[2]->task, TaskNumber{2}) << "the refused one has used up no number";
}

ORGO_CONTRACT(ChangeFormContract);

}  // namespace
}  // namespace orgo::contract
