// What people of ours write in Orgo itself, and what their mails prove.
#include "core/processing/answer_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/parts/parts.h"
#include "tests/support/answers_fixture.h"

namespace orgo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(Answers, AnAnswerGoesToEachFromTheAddressThatWasWrittenTo) {
  settings.answers.undo = Millis{10'000};
  written({TaskNumber{12}, "user:anna", false, {}},
          {{"", "kim@client.example"}, {"", "pat@client.example"}, {"", "KIM@client.example"}});
  const auto changes = run();
  EXPECT_TRUE(check_form(changes));
  const auto sends = answers(changes);
  ASSERT_EQ(sends.size(), 2U);
  EXPECT_EQ(sends[0]->recipient, mail_contact("kim@client.example"));
  EXPECT_EQ(sends[1]->recipient, mail_contact("pat@client.example"));
  for (const auto* send : sends) {
    EXPECT_EQ(send->message, MessageId{5}) << "it answers what they wrote last";
    EXPECT_EQ(send->content, incoming.id);
    EXPECT_EQ(send->sender, mail_contact("help@organization.com"));
    EXPECT_EQ(send->due_at, kNow + Millis{10'000}) << "it can be taken back";
    EXPECT_EQ(send->subject.task(), TaskNumber{12});
  }
  EXPECT_EQ(changes.sends.size(), 2U) << "nobody else is told";
  EXPECT_THAT(kinds(changes), ElementsAre(EventKind::task_answered, EventKind::task_state, EventKind::message_decided));
  EXPECT_EQ(changes.events[0].actor, "user:anna");
  EXPECT_EQ(task_of(changes).state, TaskState::open) << "what was new is open by the first action";
  EXPECT_EQ(task_of(changes).version, 6);
  EXPECT_EQ(rules.asked, 0);
  const auto* decision = changes.find<MessageDecision>();
  EXPECT_EQ(decision->outcome, Outcome::task_joined);
  EXPECT_EQ(decision->task.id(), TaskNumber{12});
}

TEST_F(Answers, WhoAskedForAPartIsAnsweredInTheirOwnThread) {
  AnswerOrder order{TaskNumber{12}, "user:anna", false, {}};
  order.threads = {{"pat@client.example", MessageId{8}, "orgo@organization.com"},
                   {"lee@client.example", MessageId{9}, "lists@other.example"}};
  written(order, {{"", "kim@client.example"}, {"", "pat@client.example"}, {"", "lee@client.example"}});
  EXPECT_EQ(read_answer_order(incoming.message)->threads, order.threads);
  const auto changes = run();
  const auto sends = answers(changes);
  ASSERT_EQ(sends.size(), 3U);
  EXPECT_EQ(sends[0]->message, MessageId{5});
  EXPECT_EQ(sends[0]->sender, mail_contact("help@organization.com"));
  EXPECT_EQ(sends[1]->message, MessageId{8});
  EXPECT_EQ(sends[1]->sender, mail_contact("orgo@organization.com"));
  EXPECT_EQ(sends[2]->message, MessageId{9});
  EXPECT_TRUE(sends[2]->sender.empty()) << "that is no address of ours";
}

TEST_F(Answers, OfSeveralWhoAskedEachIsAnsweredAloneAndCopiesAreOfTheFirst) {
  AnswerOrder order{TaskNumber{12}, "user:anna", false, {}};
  order.threads = {{"pat@client.example", MessageId{8}, "orgo@organization.com"},
                   {"kim@client.example", MessageId{5}, ""}};
  written(order, {});
  incoming.message.make_mail().cc = {{"", "PAT@client.example"}, {"", "tenant@other.example"}};
  const auto changes = run();
  std::vector<std::string> sent;
  for (const auto* send : answers(changes)) sent.push_back(send->recipient.address + " " + to_string(send->message));
  EXPECT_THAT(sent, testing::ElementsAre("pat@client.example m8", "kim@client.example m5", "tenant@other.example m8"));
}

TEST_F(Answers, AnAddressThatIsNotOursIsNotSpokenAs) {
  context.last_word->written_to = mail_contact("list@other.example");
  written({TaskNumber{12}, "user:anna", false, {}});
  EXPECT_TRUE(answers(run()).front()->sender.empty());
  context.last_word.reset();
  const auto changes = run();
  EXPECT_EQ(answers(changes).front()->message, MessageId{3}) << "the mail that opened it";
}

TEST_F(Answers, ANoteGoesToNobody) {
  written({TaskNumber{12}, "user:anna", true, {}}, {});
  incoming.message.attachments.push_back({.filename = "a.pdf"});
  const auto changes = run();
  EXPECT_THAT(changes.sends, IsEmpty());
  EXPECT_THAT(kinds(changes),
              ElementsAre(EventKind::task_commented, EventKind::task_state, EventKind::message_decided));
  EXPECT_THAT(changes.events[0].data, HasSubstr(R"("text":"We come at three.","files":1)"));
}

TEST_F(Answers, MovesTheTaskAsItIsToldOrAsTheSettingsSay) {
  struct Case {
    TaskState before;
    std::optional<TaskState> told, set;
    TaskState after;
  };
  using enum TaskState;
  for (const auto& one :
       {Case{fresh, {}, {}, open}, Case{open, {}, {}, open}, Case{pending, {}, {}, pending},
        Case{resolved, {}, {}, resolved}, Case{open, pending, {}, pending}, Case{open, {}, pending, pending},
        Case{open, resolved, pending, resolved}, Case{fresh, resolved, {}, resolved}, Case{resolved, open, {}, open},
        Case{closed, pending, {}, open}, Case{pending, pending, {}, pending}}) {
    SCOPED_TRACE(std::string(to_string(one.before)) + " " + std::string(one.told ? to_string(*one.told) : "-"));
    context.thread.task->state = one.before;
    settings.answers.then = one.set;
    written({TaskNumber{12}, "user:anna", false, one.told});
    const auto changes = run();
    EXPECT_TRUE(check_form(changes));
    EXPECT_EQ(task_of(changes).state, one.after);
    EXPECT_EQ(task_of(changes).version, 6);
    EXPECT_EQ(answers(changes).size(), 1U);
    for (const auto& event : changes.events)
      EXPECT_TRUE(event.actor == "user:anna" || event.kind == EventKind::message_decided) << event.actor;
  }
}

TEST_F(Answers, WhatCanNotBeDoneIsRecordedWithItsReason) {
  written({TaskNumber{12}, "user:anna", false, {}}, {});
  auto changes = run();
  EXPECT_THAT(changes.find<MessageDecision>()->reason, HasSubstr("nobody of T-12 can be answered"));
  EXPECT_EQ(changes.find<TaskChange>(), nullptr);
  written({TaskNumber{99}, "user:anna", false, {}});
  context.thread.task.reset();
  changes = run();
  EXPECT_THAT(changes.find<MessageDecision>()->reason, HasSubstr("there is no task T-99"));
  incoming.message.mail->headers.clear();
  EXPECT_EQ(run().find<MessageDecision>()->outcome, Outcome::recorded);
  EXPECT_THAT(run().sends, IsEmpty());
}

TEST_F(Answers, WhatWasWrittenForAnotherVersionIsNotDoneAndTold) {
  using enum TaskState;
  for (const bool internal : {false, true}) {
    AnswerOrder order{TaskNumber{12}, "user:anna", internal, resolved};
    order.version = 5;
    written(order);
    EXPECT_NE(run().find<TaskChange>(), nullptr) << "the version that they saw";
    order.version = 4;
    written(order);
    const auto changes = run();
    EXPECT_TRUE(check_form(changes));
    EXPECT_EQ(changes.find<TaskChange>(), nullptr);
    EXPECT_THAT(changes.sends, IsEmpty()) << "they wait for the decision, and hear it";
    const auto* decision = changes.find<MessageDecision>();
    EXPECT_EQ(decision->outcome, Outcome::recorded);
    EXPECT_EQ(decision->task.id(), TaskNumber{12}) << "the history of the task tells it";
    EXPECT_THAT(decision->reason, HasSubstr(internal ? "anna wrote was not kept" : "anna wrote was not sent"));
    // Nobody waited for it: they get their words back.
    incoming.envelope.received_at = kNow - kAnswerAwaited;
    EXPECT_THAT(recipients(run()), ElementsAre("anna@organization.com answer_late"));
    EXPECT_EQ(run().sends[0].message, incoming.id) << "with the words";
    // A program has no address, and whoever wrote it may not have one: then whoever has the task hears of it.
    for (const auto* nobody : {"orgo@organization.com", "help@organization.com", ""}) {
      settings.own_sender = "orgo@organization.com";
      incoming.message.from->address = nobody;
      incoming.envelope.sender = mail_contact(nobody);
      EXPECT_THAT(recipients(run()), ElementsAre("water@organization.com answer_late")) << nobody;
    }
    incoming.envelope.received_at = kNow;
  }
}

TEST_F(Answers, AnAnswerGoesBeforeNotices) {
  written({TaskNumber{12}, "user:anna", false, {}});
  EXPECT_GT(answers(run()).front()->priority, notice_priority(Priority::high));
  context.thread.task->priority = Priority::low;
  EXPECT_GT(answers(run()).front()->priority, notice_priority(Priority::high));
}

TEST_F(Answers, AMailGoesWhereTheCustomerWantsAnswers) {
  context.last_word->answer_to = "kim@home.example";
  mailed();
  EXPECT_EQ(answers(run()).front()->recipient, mail_contact("kim@home.example"));
  EXPECT_THAT(run().find<MessageDecision>()->reason, HasSubstr("it goes on to kim@home.example"));
}

/// ben answers kim himself, with Orgo in copy: by his own word that stops no clock and opens nothing.
TEST_F(Answers, ThatTheCustomerHasItAlreadyMustBeProven) {
  const auto to_kim = [&] {
    mailed();
    incoming.message.make_mail().to = {{"", "kim@client.example"}};
    incoming.message.make_mail().cc = {{"", "orgo@organization.com"}};
  };
  struct Case {
    const char* name;
    void (*make)(Answers&);
    bool counts;
  };
  const std::vector<Case> cases{
      {"answers what Orgo told him", [](Answers&) {}, true},
      {"answers what kim has, too", [](Answers& t) { t.context.last_word->to_us = false; }, false},
      {"answers nothing of ours", [](Answers& t) { t.context.thread.proven = false; }, false},
      {"our mail server vouches for him",
       [](Answers& t) {
         t.context.thread.proven = false;
         t.settings.answers.vouching_server = "mx.organization.com";
         t.add("Authentication-Results", "mx.organization.com; dmarc=pass header.from=organization.com");
       },
       true},
      {"another server vouches for him",
       [](Answers& t) {
         t.context.thread.proven = false;
         t.add("Authentication-Results", "mx.organization.com; dmarc=pass header.from=organization.com");
       },
       false},
      {"a machine", [](Answers& t) { t.add("Auto-Submitted", "auto-generated"); }, false},
      {"through a list", [](Answers& t) { t.add("List-Post", "<mailto:all@organization.com>"); }, false},
      {"from another house", [](Answers& t) { t.incoming.envelope.sender = mail_contact("eve@other.example"); }, false},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    const auto context_before = context;
    const auto settings_before = settings;
    for (const auto state : {TaskState::fresh, TaskState::resolved}) {
      context.thread.task->state = state;
      to_kim();
      one.make(*this);
      const auto changes = run();
      EXPECT_TRUE(check_form(changes));
      EXPECT_THAT(answers(changes), IsEmpty());
      const bool opens = one.counts && state == TaskState::fresh;
      EXPECT_EQ(task_of(changes).state, opens ? TaskState::open : state);
      EXPECT_EQ(changes.events[0].kind, EventKind::task_replied);
      EXPECT_EQ(changes.events[0].data.find("to_customer") == std::string::npos, one.counts) << changes.events[0].data;
      const auto& reason = changes.find<MessageDecision>()->reason;
      if (one.counts) {
        EXPECT_THAT(reason, HasSubstr(opens ? "who asked makes it open" : "who asked leaves it resolved"));
      } else {
        EXPECT_THAT(reason, testing::Not(HasSubstr("our answer to who asked")));
      }
      EXPECT_EQ(std::ranges::count(recipients(changes), "ben@organization.com answer_kept"), 0) << "kim has it";
      context = context_before;
      settings = settings_before;
    }
  }
}

TEST_F(Answers, AStrangersOrderIsAMailLikeAnyOther) {
  written({TaskNumber{12}, "user:anna", false, TaskState::closed});
  incoming.envelope.channel = Channel::smtp;
  incoming.envelope.sender = mail_contact("eve@other.example");
  incoming.message.from = Address{"Eve", "eve@other.example"};
  const auto changes = run();
  EXPECT_THAT(answers(changes), IsEmpty());
  EXPECT_NE(task_of(changes).state, TaskState::closed);
}

}  // namespace
}  // namespace orgo
