// What people of ours write as mails about a task: what goes on to the customer, and what stays.
#include "core/processing/colleague_mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/parts/parts.h"
#include "tests/support/answers_fixture.h"

namespace orgo {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(Answers, AColleaguesMailGoesOnToTheCustomer) {
  for (const auto state : {TaskState::fresh, TaskState::open, TaskState::pending, TaskState::resolved}) {
    SCOPED_TRACE(to_string(state));
    context.thread.task->state = state;
    mailed();
    const auto changes = run();
    EXPECT_TRUE(check_form(changes));
    const auto sends = answers(changes);
    ASSERT_EQ(sends.size(), 1U);
    EXPECT_EQ(sends[0]->recipient, mail_contact("kim@client.example"));
    EXPECT_EQ(sends[0]->due_at, kNow);
    EXPECT_EQ(sends[0]->content, incoming.id);
    EXPECT_EQ(task_of(changes).state, state == TaskState::fresh ? TaskState::open : state) << "nothing is reopened";
    EXPECT_EQ(changes.events[0].kind, EventKind::task_replied);
    EXPECT_THAT(changes.events[0].data, HasSubstr(R"("to_customer":false)"));
    EXPECT_EQ(changes.events[1].kind, EventKind::task_answered);
    EXPECT_EQ(changes.events[1].actor, "user:ben@organization.com");
  }
}

TEST_F(Answers, WhoIsOursMustProveItAndSaySomethingToTheCustomer) {
  struct Case {
    const char* name;
    void (*spoil)(Answers&);
    bool told;  ///< whoever wrote it hears that it was kept
  };
  const std::vector<Case> cases{
      {"by the marker alone", [](Answers& t) { t.context.thread.proven = false; }, true},
      {"by an id that the customer has", [](Answers& t) { t.context.last_word->to_us = false; }, true},
      {"of nothing that is known", [](Answers& t) { t.context.last_word.reset(); }, true},
      {"by setting of the team",
       [](Answers& t) { t.rules.place.teams["water"].answers_by_mail = MailAnswers::comment; }, true},
      {"by setting of the house", [](Answers& t) { t.settings.answers.by_mail = MailAnswers::comment; }, true},
      {"to a colleague, too",
       [](Answers& t) {
         t.incoming.message.make_mail().cc.push_back({"", "eva@organization.com"});
       },
       true},
      {"to a stranger",
       [](Answers& t) {
         t.incoming.message.make_mail().to = {{"", "plumber@other.example"}};
       },
       true},
      {"to nobody that is named", [](Answers& t) { t.incoming.message.make_mail().to.clear(); }, true},
      {"of what somebody else was told",
       [](Answers& t) { t.context.last_word->told = mail_contact("eva@organization.com"); }, true},
      {"by another way once more", [](Answers& t) { t.incoming.known_id = true; }, false},
      {"of two authors", [](Answers& t) { t.add("From", "Eve <eve@other.example>"); }, false},
      {"through a list", [](Answers& t) { t.add("Precedence", "list"); }, false},
      {"of another sender", [](Answers& t) { t.add("Sender", "eve@other.example"); }, false},
      {"from another house", [](Answers& t) { t.incoming.envelope.sender = mail_contact("eve@other.example"); }, false},
      {"of a notice", [](Answers& t) { t.incoming.envelope.sender = {}; }, false},
      {"within a quote",
       [](Answers& t) { t.incoming.message.text = "See below.\n\n> Is it wet?\nYes, it is.\n> Since when?\n"; }, true},
      {"by a machine", [](Answers& t) { t.add("Auto-Submitted", "auto-generated"); }, false},
      {"without a word", [](Answers& t) { t.incoming.message.text = "> T-12: Water\n> From: kim\n"; }, true},
      {"of an archive", [](Answers& t) { t.incoming.envelope.archived = Archived{kNow - kHour}; }, false},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    const auto rules_before = rules.place;
    const auto settings_before = settings;
    const auto context_before = context;
    mailed();
    one.spoil(*this);
    const auto changes = run();
    EXPECT_THAT(answers(changes), IsEmpty());
    const auto told = recipients(changes);
    EXPECT_EQ(std::ranges::count(told, "ben@organization.com answer_kept"), one.told ? 1 : 0);
    EXPECT_FALSE(std::ranges::any_of(changes.events, [](const Event& event) {
      return event.kind == EventKind::task_answered || event.kind == EventKind::task_reopened;
    }));
    rules.place = rules_before;
    settings = settings_before;
    context = context_before;
    incoming.message.mail.reset();
    incoming.envelope.archived.reset();
    incoming.known_id = false;
  }
  // A team may say otherwise than the house.
  settings.answers.by_mail = MailAnswers::comment;
  rules.place.teams["water"].answers_by_mail = MailAnswers::forward;
  mailed();
  EXPECT_EQ(answers(run()).size(), 1U);
}

TEST_F(Answers, WhoWasToldOfAPartThatCameApartLearnsWhyItStays) {
  const auto why = [&] {
    for (const auto& send : run().sends)
      if (send.template_name == kKeptTemplate) return send.note;
    return std::string();
  };
  context.last_word->to_us = false;
  mailed();
  EXPECT_THAT(why(), testing::StartsWith("Only an answer to a mail by which Orgo told you"));
  context.last_word->of_another = true;
  EXPECT_THAT(why(), testing::HasSubstr("answer where their mail is"));
}

TEST_F(Answers, TheRequesterIsTheCustomerAlsoWhenHeWorksHere) {
  context.thread.task->requester = mail_contact("ben@organization.com");
  context.thread.task->state = TaskState::resolved;
  mailed();
  const auto changes = run();
  EXPECT_THAT(answers(changes), IsEmpty());
  EXPECT_EQ(task_of(changes).state, TaskState::open);
}

TEST_F(Answers, AColleagueWhoAskedForAPartStillSpeaksForUs) {
  auto& task = *context.thread.task;
  task.state = TaskState::resolved;
  task.ties.merged = {TaskNumber{13}};
  task.ties.people = {{TaskNumber{13}, "ben@organization.com"}};
  const auto fresh_context = context;
  mailed();
  auto changes = run();
  ASSERT_EQ(answers(changes).size(), 1U) << "he answers what Orgo told of the customer";
  EXPECT_EQ(answers(changes)[0]->recipient, mail_contact("kim@client.example"));
  EXPECT_EQ(task_of(changes).state, TaskState::resolved);

  // To the customer himself: an answer of ours.
  context = fresh_context;
  mailed();
  incoming.message.make_mail().cc = {{"", "kim@client.example"}};
  changes = run();
  EXPECT_EQ(task_of(changes).state, TaskState::resolved);
  EXPECT_THAT(changes.events[0].data, HasSubstr(R"("to_customer":true)"));

  // Of his part he writes as who asked.
  context = fresh_context;
  incoming.message.mail.reset();
  mailed();
  context.last_word->to_us = false;
  changes = run();
  EXPECT_THAT(answers(changes), IsEmpty());
  EXPECT_EQ(task_of(changes).state, TaskState::open);
  EXPECT_THAT(changes.events[0].data, Not(HasSubstr("to_customer")));
}

TEST_F(Answers, AColleaguesMailGoesToWhoseWordsItAnswers) {
  context.thread.task->ties.people = {{TaskNumber{13}, "pat@client.example"}};
  mailed();
  answer_part(*context.last_word, "pat@client.example", mail_contact("orgo@organization.com"));
  const auto changes = run();
  const auto sends = answers(changes);
  ASSERT_EQ(sends.size(), 1U);
  EXPECT_EQ(sends[0]->recipient, mail_contact("pat@client.example"));
  EXPECT_EQ(sends[0]->sender, mail_contact("orgo@organization.com"));
  // What a colleague asked is his own, also when it was told to the team of which he is.
  context.thread.task->ties.people = {{TaskNumber{13}, "ben@organization.com"}};
  context.last_word->from = "ben@organization.com";
  EXPECT_THAT(answers(run()), IsEmpty());
}

TEST_F(Answers, WhatWasToldOfAMessageHoldsWhenItIsSplitOff) {
  // The notice told of m3 with another task; now m3 has a task of its own, where its answers go.
  mailed();
  context.thread.proven = false;
  context.last_word->about = context.thread.task->origin;
  EXPECT_EQ(answers(run()).size(), 1U);
  context.last_word->about = MessageId{4};
  EXPECT_THAT(answers(run()), IsEmpty()) << "of another message of another task";
  context.last_word->about = context.thread.task->origin;
  context.last_word->told = mail_contact("eva@organization.com");
  EXPECT_THAT(answers(run()), IsEmpty());
}

}  // namespace
}  // namespace orgo
