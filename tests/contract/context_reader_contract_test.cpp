// What every ContextReader must do (port/context_reader.h).
#include "core/delivery/send_outcome.h"
#include "core/processing/message_decision.h"
#include "core/suppression/suppression_change.h"
#include "core/task/task_change.h"
#include "core/threading/thread_alias.h"
#include "tests/contract/support/samples.h"
#include "tests/contract/support/suite.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class ContextReaderContract : public Suite {
 protected:
  ContextFacts load(const ContextQuery& query) {
    auto answers = stores.context.load(std::span(&query, 1));
    EXPECT_THAT(answers, SizeIs(1));
    EXPECT_TRUE(answers.at(0)) << answers.at(0).error().message;
    return std::move(answers.at(0)).value_or(ContextFacts{});
  }
  /// Of a mail that comes after all others, from Anna.
  static ContextQuery query_of(TenantId tenant = kTenant) {
    ContextQuery query{.tenant = tenant};
    query.thread.message = MessageId{1'000'000};
    query.thread.sender = "anna@school.example";
    return query;
  }
  static ContextQuery answering(std::vector<std::string> ids, TenantId tenant = kTenant) {
    auto query = query_of(tenant);
    for (const auto& id : ids) query.thread.answers.push_back(message_id_hash(kTenant, id));
    query.thread.hints.message_ids = std::move(ids);
    return query;
  }
  static ContextQuery claiming(TaskNumber task, TenantId tenant = kTenant) {
    auto query = query_of(tenant);
    query.thread.hints.marker = task;
    return query;
  }
  static ContextQuery by_subject(std::string sender, TimePoint since, TenantId tenant = kTenant) {
    auto query = query_of(tenant);
    query.thread.sender = std::move(sender);
    query.thread.since = since;
    query.thread.hints.reply_subject = "water leak";
    return query;
  }
  TaskNumber open_at(TimePoint at, std::string requester = "anna@school.example", TenantId tenant = kTenant) {
    auto task = new_task();
    task.requester = mail_contact(std::move(requester));
    task.created_at = at;
    return must_commit(opening(std::move(task), tenant)).task;
  }
  static std::vector<TaskNumber> numbers(const std::vector<Task>& tasks) {
    std::vector<TaskNumber> all;
    for (const auto& task : tasks) all.push_back(task.number);
    return all;
  }
};

TEST_P(ContextReaderContract, WhatWasMergedComesWithAllToTheEnd) {
  std::vector<TaskNumber> chain;
  for (int i = 0; i < 3; ++i) chain.push_back(open_at(kStart, i == 0 ? "kim@client.example" : "pat@client.example"));
  for (int i = 0; i < 2; ++i) {
    auto task = stores.tasks.read(kTenant, chain[static_cast<std::size_t>(i)]).value();
    ++task.version;
    task.state = TaskState::closed;
    task.ties.into = chain[static_cast<std::size_t>(i + 1)];
    ASSERT_TRUE(commit_part(TaskChange{task}));
  }
  EXPECT_THAT(numbers(load(claiming(chain[0])).thread.tasks), UnorderedElementsAre(chain[0], chain[1], chain[2]));
  EXPECT_THAT(numbers(load(claiming(chain[2])).thread.tasks), ElementsAre(chain[2]));
  const auto by = load(by_subject("kim@client.example", kStart));
  EXPECT_THAT(numbers(by.thread.of_sender), ElementsAre(chain[0]));
  EXPECT_THAT(numbers(by.thread.tasks), UnorderedElementsAre(chain[1], chain[2]));
  EXPECT_THAT(load(claiming(chain[0], kOtherTenant)).thread.tasks, IsEmpty());
}

TEST_P(ContextReaderContract, ANewMailNeedsNothing) {
  open_at(kStart);
  auto query = query_of();
  query.thread.id = 5;
  query.thread.names_itself = true;
  const auto facts = load(query);
  EXPECT_THAT(facts.thread.known, IsEmpty());
  EXPECT_THAT(facts.thread.aliases, IsEmpty());
  EXPECT_THAT(facts.thread.tasks, IsEmpty());
  EXPECT_THAT(facts.thread.participants, IsEmpty());
  EXPECT_THAT(facts.thread.of_sender, IsEmpty());
  EXPECT_FALSE(facts.reported_mail || facts.suppression || facts.reported_task || facts.sender);
  EXPECT_THAT(stores.context.load({}), IsEmpty());
}

TEST_P(ContextReaderContract, WhoHasAPartInATask) {
  const auto bytes = mail("a@x");
  const auto message = accept(raw(bytes));
  auto changes = deciding(message);
  changes.find<MessageDecision>()->from = "Anna@School.example";
  auto refused = notification("refused@school.example");
  changes.sends = {notification("Maintenance@school.example"), refused};
  auto hook = notification("https://hook.example/");
  hook.channel = "webhook";
  changes.sends.push_back(hook);
  const auto task = must_commit(changes).task;
  const auto leases = stores.outbox.lease_sends(kOwner, kStart, Millis{60'000}, 10);
  for (const auto& leased : *leases)
    if (leased.send.recipient.address == "refused@school.example") {
      Changes told{.tenant = kTenant};
      told.at = kStart;
      told.add(SendOutcome{.send = leased.id, .lease = leased.lease, .kind = SendOutcome::Kind::refused});
      must_commit(told);
    }
  const auto report_bytes = mail("bounce@x");
  const auto report = accept(raw(report_bytes));
  Changes recorded{.tenant = kTenant};
  recorded.at = kStart;
  recorded.add(MessageDecision{
      .message = report, .outcome = Outcome::recorded, .task = task, .from = "mailer-daemon@elsewhere.example"});
  must_commit(recorded);
  EXPECT_THAT(load(claiming(task)).thread.participants,
              UnorderedElementsAre("anna@school.example", "maintenance@school.example"));
  EXPECT_THAT(numbers(load(claiming(task)).thread.tasks), ElementsAre(task));
  EXPECT_THAT(load(claiming(TaskNumber{999})).thread.participants, IsEmpty());
  const auto theirs = load(claiming(task, kOtherTenant)).thread;
  EXPECT_THAT(theirs.participants, IsEmpty());
  EXPECT_THAT(theirs.tasks, IsEmpty());
}

TEST_P(ContextReaderContract, WhatAnAnswerOfOursAnswers) {
  const auto first_bytes = mail("a@x"), second_bytes = mail("b@x"), other_bytes = mail("c@x"), bounce = mail("d@x");
  auto changes = deciding(accept(raw(first_bytes)));
  const auto requester = changes.find<TaskChange>()->task.requester.address;
  changes.sends = {notification("desk@school.example")};
  changes.sends[0].message = changes.find<TaskChange>()->task.origin;
  const auto task = must_commit(changes).task;
  const auto notice = stores.outbox.sends_of_task(kTenant, task)->at(0).id;
  auto query = claiming(task);
  query.thread.sender = "desk@school.example";
  query.thread.hints.proven_send = notice;
  const auto word = [&] { return load(query).last_word; };
  ASSERT_TRUE(word());
  EXPECT_EQ(word()->message, changes.find<TaskChange>()->task.origin) << "what opened it";
  EXPECT_EQ(word()->written_to, stores.messages.read(kTenant, word()->message)->envelope.recipient);
  EXPECT_TRUE(word()->to_us) << "they were told what the customer says";
  EXPECT_EQ(word()->told, mail_contact("desk@school.example"));
  EXPECT_EQ(word()->about, changes.find<TaskChange>()->task.origin);
  EXPECT_FALSE(word()->kept_at || word()->answers_since);

  // Their newest counts, not what others wrote or a machine sent back.
  const auto join = [&](const std::string& bytes, const std::string& from, Outcome outcome) {
    Changes joined{.tenant = kTenant, .at = kStart};
    const auto message = accept(raw(bytes));
    joined.add(MessageDecision{.message = message, .outcome = outcome, .task = task, .from = from});
    must_commit(joined);
    return message;
  };
  const auto second = join(second_bytes, requester, Outcome::task_joined);
  join(other_bytes, "ben@school.example", Outcome::task_joined);
  join(bounce, requester, Outcome::recorded);
  EXPECT_EQ(word()->message, second);

  // What the customer has got proves nothing; and what went out before.
  Changes sent{.tenant = kTenant};
  for (int i = 0; i < kAnswersByMailMost; ++i) {
    sent.at = kStart + Millis{i};
    auto answer = notification(requester);
    answer.kind = SendKind::answer;
    answer.subject = task;
    answer.content = second;
    answer.sender = mail_contact("help@school.example");
    answer.note = kByMailNote;
    sent.sends = {answer};
    must_commit(sent);
    EXPECT_EQ(word()->answers_since.has_value(), i + 1 == kAnswersByMailMost);
  }
  EXPECT_EQ(word()->answers_since, kStart) << "the first of five";
  const auto sends = stores.outbox.sends_of_task(kTenant, task).value();
  EXPECT_EQ(sends.back().send.content, second);
  EXPECT_EQ(sends.back().send.sender, mail_contact("help@school.example"));
  query.thread.hints.proven_send = sends.back().id;
  EXPECT_FALSE(word()->to_us);
  auto told = notification("Desk@school.example");
  told.subject = task;
  told.template_name = kKeptTemplate;
  sent.sends = {told};
  must_commit(sent);
  EXPECT_EQ(word()->kept_at, sent.at);
  query.thread.sender = "ben@school.example";
  EXPECT_FALSE(word()->kept_at) << "another was told";

  // Of the requester's own mail it is not asked, but by a door that knows the task; nor of another tenant.
  query.thread.sender = requester;
  EXPECT_FALSE(word());
  query.thread.named = task;
  EXPECT_TRUE(word());
  query.tenant = kOtherTenant;
  EXPECT_FALSE(word());
}

TEST_P(ContextReaderContract, WhatAnAnswerToThePersonOfAPartAnswers) {
  const auto whole_bytes = mail("a@x"), part_bytes = mail("b@x");
  const auto whole = must_commit(deciding(accept(raw(whole_bytes)))).task;
  const auto theirs = accept(raw(part_bytes));
  Changes joined{.tenant = kTenant, .at = kStart};
  joined.add(
      MessageDecision{.message = theirs, .outcome = Outcome::task_joined, .task = whole, .from = "kim@client.example"});
  auto notice = notification("desk@school.example");
  notice.subject = whole;
  notice.message = theirs;
  joined.sends = {notice};
  must_commit(joined);
  auto query = claiming(whole);
  query.thread.sender = "desk@school.example";
  query.thread.hints.proven_send = stores.outbox.sends_of_task(kTenant, whole)->back().id;
  const auto stranger = load(query).last_word;
  ASSERT_TRUE(stranger);
  EXPECT_FALSE(stranger->to_us) << "kim has not asked";
  EXPECT_TRUE(stranger->of_another);
  EXPECT_NE(stranger->message, theirs);
  auto task = stores.tasks.read(kTenant, whole).value();
  ++task.version;
  task.ties.people = {{TaskNumber{99}, "kim@client.example"}};
  ASSERT_TRUE(commit_part(TaskChange{task}));
  const auto word = load(query).last_word;
  ASSERT_TRUE(word);
  EXPECT_TRUE(word->to_us);
  EXPECT_FALSE(word->of_another);
  EXPECT_EQ(word->from, "kim@client.example");
  EXPECT_EQ(word->message, theirs);
  EXPECT_EQ(word->written_to, stores.messages.read(kTenant, theirs)->envelope.recipient);
}

TEST_P(ContextReaderContract, TasksOfTheSameSenderNewestFirst) {
  const auto first = open_at(kStart);
  const auto second = open_at(kStart + Millis{10});
  open_at(kStart, "bert@school.example");
  open_at(kStart, "");
  open_at(kStart, "anna@school.example", kOtherTenant);
  const auto of = [&](std::string sender, TimePoint since) {
    return numbers(load(by_subject(std::move(sender), since)).thread.of_sender);
  };
  EXPECT_THAT(of("anna@school.example", kStart), ElementsAre(second, first));
  EXPECT_THAT(of("anna@school.example", kStart + Millis{1}), ElementsAre(second));
  EXPECT_THAT(of("", kStart), IsEmpty());
  auto no_reply = by_subject("anna@school.example", kStart);
  no_reply.thread.hints.reply_subject.clear();
  EXPECT_THAT(load(no_reply).thread.of_sender, IsEmpty());
  for (int i = 0; i < kSameSubjectTasks; ++i) open_at(kStart + Millis{20});
  const auto many = of("anna@school.example", kStart);
  ASSERT_THAT(many, SizeIs(kSameSubjectTasks));
  EXPECT_THAT(many, testing::Not(testing::Contains(second)));
}

TEST_P(ContextReaderContract, WhatIsFoundByIdsEndsTheSearch) {
  const auto bytes = mail("a@x");
  const auto opened = must_commit(deciding(accept(raw(bytes)))).task;
  auto query = answering({"a@x"});
  query.thread.hints.marker = opened;
  query.thread.hints.reply_subject = "water leak";
  query.thread.since = kStart - Millis{1};
  const auto facts = load(query).thread;
  EXPECT_THAT(numbers(facts.tasks), ElementsAre(opened));
  EXPECT_THAT(facts.participants, IsEmpty());
  EXPECT_THAT(facts.of_sender, IsEmpty());
}

TEST_P(ContextReaderContract, ABounceLeadsToItsMailAndTask) {
  auto changes = opening();
  auto answer = notification("Anna@School.example");
  answer.kind = SendKind::reply;
  answer.template_name = "received";
  changes.sends = {answer};
  const auto task = must_commit(changes).task;
  const auto send = stores.outbox.sends_of_task(kTenant, task)->at(0).id;
  auto query = query_of();
  query.reported = send;
  auto facts = load(query);
  ASSERT_TRUE(facts.reported_mail);
  EXPECT_EQ(facts.reported_mail->id, send);
  EXPECT_EQ(facts.reported_mail->state, SendState::queued);
  EXPECT_EQ(facts.reported_mail->attempts, 0);
  EXPECT_EQ(facts.reported_mail->send.kind, SendKind::reply);
  EXPECT_EQ(facts.reported_mail->send.recipient.address, "Anna@School.example");
  EXPECT_EQ(facts.reported_mail->send.template_name, "received");
  ASSERT_TRUE(facts.reported_task);
  EXPECT_EQ(facts.reported_task->number, task);
  EXPECT_FALSE(facts.suppression);

  ASSERT_EQ(stores.outbox.lease_sends(kOwner, kStart, Millis{60'000}, 10)->size(), 1U);
  Changes listed{.tenant = kTenant};
  listed.at = kStart;
  Suppression entry{.tenant = kTenant};
  entry.address = "anna@school.example";
  entry.version = 1;
  entry.detail = "550 5.1.1";
  listed.add(SuppressionChange{entry});
  listed.add(ThreadAlias{77, task, send});
  must_commit(listed);
  query.reported = {};
  query.reported_ids = {76, 77};  // a relay has called it so
  facts = load(query);
  ASSERT_TRUE(facts.reported_mail);
  EXPECT_EQ(facts.reported_mail->attempts, 1);
  ASSERT_TRUE(facts.suppression);
  EXPECT_EQ(facts.suppression->detail, "550 5.1.1");

  query.tenant = kOtherTenant;
  query.reported = send;
  facts = load(query);
  EXPECT_FALSE(facts.reported_mail || facts.suppression || facts.reported_task);
  query.tenant = kTenant;
  query.reported = SendId{4711};
  EXPECT_FALSE(load(query).reported_mail) << "made up";
}

TEST_P(ContextReaderContract, KnowsWhatASenderSentAndWhatIsOpen) {
  const auto history = [&](const std::string& address, MessageId before, TenantId tenant = kTenant) {
    auto query = query_of(tenant);
    query.thread.message = before;
    query.thread.sender = address;
    query.sender_history = true;
    const auto known = load(query).sender.value();
    return std::pair(static_cast<int>(known.earlier_messages), static_cast<int>(known.open_tasks));
  };
  const auto decide_from = [&](const std::string& id, const std::string& from, TaskState state) {
    const auto bytes = mail(id);
    const auto message = accept(raw(bytes));
    auto changes = deciding(message);
    changes.find<MessageDecision>()->from = from;
    changes.find<TaskChange>()->task.requester = mail_contact(from);
    changes.find<TaskChange>()->task.state = state;
    must_commit(changes);
    return message;
  };
  const MessageId all{1'000'000};
  EXPECT_EQ(history("anna@x", all), std::pair(0, 0));
  decide_from("1@x", "anna@x", TaskState::open);
  const auto second = decide_from("2@x", "anna@x", TaskState::resolved);
  decide_from("3@x", "anna@x", TaskState::fresh);
  decide_from("4@x", "ben@x", TaskState::closed);
  EXPECT_EQ(history("anna@x", all), std::pair(3, 2));
  EXPECT_EQ(history("anna@x", second), std::pair(1, 2)) << "only what came before";
  EXPECT_EQ(history("ben@x", all), std::pair(1, 0));
  EXPECT_EQ(history("anna@x", all, kOtherTenant), std::pair(0, 0));
}

TEST_P(ContextReaderContract, AnswersEachInItsPlaceAndTenant) {
  const auto a = mail("a@x"), b = mail("b@x");
  const auto first = must_commit(deciding(accept(raw(a)))).task;
  const auto second = must_commit(deciding(accept(raw(b)))).task;
  const auto other = kOtherTenant;
  const auto theirs = must_commit(deciding(accept(raw(a, "office@school.example", other)), other)).task;
  auto of_theirs = query_of(other);
  of_theirs.thread.answers = {message_id_hash(other, "a@x")};
  of_theirs.thread.hints.message_ids = {"a@x"};
  const std::vector<ContextQuery> queries{answering({"b@x"}), query_of(), of_theirs, answering({"a@x"}),
                                          answering({"b@x"})};
  const auto answers = stores.context.load(queries);
  ASSERT_THAT(answers, SizeIs(5));
  const auto at = [&](std::size_t i) { return numbers(answers.at(i)->thread.tasks); };
  EXPECT_THAT(at(0), ElementsAre(second));
  EXPECT_THAT(at(1), IsEmpty());
  EXPECT_THAT(at(2), ElementsAre(theirs));
  EXPECT_EQ(answers[2]->thread.tasks.at(0).tenant, other);
  EXPECT_THAT(at(3), ElementsAre(first));
  EXPECT_THAT(at(4), ElementsAre(second));
}

ORGO_CONTRACT(ContextReaderContract);

}  // namespace
}  // namespace orgo::contract
