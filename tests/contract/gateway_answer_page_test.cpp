// How the page of a task shows the box in which people answer, and what became of what they wrote.
#include <gmock/gmock.h>

#include "core/delivery/send_outcome.h"
#include "tests/contract/support/answer_world.h"

namespace orgo::contract {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class AnswerPage : public AnswerWorld {};

TEST_F(AnswerPage, TheBoxStandsAboveTheMessages) {
  const auto page = shown();
  EXPECT_THAT(page, AllOf(HasSubstr("enctype=\"multipart/form-data\" action=\"/tasks/T-1/reply\""),
                          HasSubstr("<bdi>anna@<wbr>school.example</bdi>"), HasSubstr(">Send answer</button>"),
                          HasSubstr(">Keep as note</button>"), HasSubstr("together at most 34 KB")));
  EXPECT_LT(page.find("Send answer"), page.find("<h2>Messages</h2>"));
  EXPECT_LT(page.find("Send answer"), page.find("aria-label=\"Actions\"")) << "on a phone all is below another";
  EXPECT_THAT(page, AllOf(HasSubstr("<option value=\"greeting\">greeting</option>"),
                          Not(HasSubstr("value=\"task_opened\"")), Not(HasSubstr("value=\"answer_kept\""))));
  EXPECT_THAT(page, HasSubstr("<option value=\"keep\" selected>as it is</option>"));
  EXPECT_THAT(page, HasSubstr("taken back for 60 seconds"));
  EXPECT_NE(value_of(page, "key"), value_of(shown(), "key")) << "each page is another answer";
  EXPECT_EQ(value_of(page, "key").size(), 32U);
  rules = rules::load_rules({}).rules;
  decided.decide.answers = {.undo = Millis{0}, .then = TaskState::resolved};
  EXPECT_THAT(shown(), AllOf(Not(HasSubstr("name=\"template\"")), Not(HasSubstr("taken back for")),
                             HasSubstr("<option value=\"resolved\" selected>")));
  cookie = login(Role::viewer);
  EXPECT_THAT(shown(), AllOf(HasSubstr("Water leak"), Not(HasSubstr("Send answer")), Not(HasSubstr("textarea"))));
}

TEST_F(AnswerPage, WhoCanNotBeAnsweredGetsNotesOnly) {
  auto changes = opening(new_task("By phone"));
  changes.all<TaskChange>()[0].task.requester = {};
  commit(changes);
  EXPECT_THAT(shown("/tasks/T-2"), AllOf(HasSubstr("Nobody is known who could be answered"), HasSubstr("Keep as note"),
                                         Not(HasSubstr("Send answer")), Not(HasSubstr("name=\"cc\""))));
}

TEST_F(AnswerPage, SendsWhatWasTyped) {
  const auto response = answer({{"text",
                                 "The plumber comes.\r\nGr\xC3\xBC\xC3\x9F"
                                 "e"},
                                {"cc", "bert@school.example, , carl@school.example"},
                                {"template", "greeting"},
                                {"quote", "1"},
                                {"state", "pending"},
                                {"as", "answer"}},
                               {{"C:\\offer.txt", "one\r\ntwo"}, {"", ""}});
  EXPECT_EQ(response.status, 303) << response.body;
  EXPECT_EQ(header(response, "Location"), "/tasks/T-1");
  const auto sends = answers();
  ASSERT_EQ(sends.size(), 3U);
  EXPECT_EQ(sends[0].send.recipient, mail_contact("anna@school.example"));
  const auto message = words_of(sends[0].send.content);
  EXPECT_EQ(message.text.find("Dear anna@school.example,\n\nThe plumber comes.\nGr\xC3\xBC\xC3\x9F"
                              "e\n"),
            0U)
      << message.text;
  EXPECT_THAT(message.text, HasSubstr("> Water on the floor."));
  ASSERT_EQ(message.attachments.size(), 1U);
  EXPECT_EQ(message.attachments[0].filename, "offer.txt");
  EXPECT_EQ(message.attachments[0].size, 8U) << "as it was, with its line ends";
  EXPECT_EQ(store.read(kTenant, task)->state, TaskState::pending);

  const auto page = shown();
  EXPECT_THAT(page, AllOf(HasSubstr("Your answer leaves at <time"), HasSubstr(">03:01:00</time>"),
                          HasSubstr(">Take it back</button>")));
  EXPECT_THAT(page, HasSubstr("<strong><bdi>anna</bdi></strong> answered, to <bdi>anna@<wbr>school.example</bdi>, copy "
                              "to <bdi>bert@<wbr>school.example</bdi>, <bdi>carl@<wbr>school.example</bdi>, 1 file"));
  EXPECT_THAT(page, HasSubstr("<bdi>bert@<wbr>school.example</bdi>: leaves at 03:01:00"));
  EXPECT_THAT(page, AllOf(HasSubstr("The plumber comes."), HasSubstr(">offer.txt<")));
  EXPECT_THAT(page, HasSubstr("<strong>Answered</strong> to <bdi>anna@school.example, bert@school.example, "
                              "carl@school.example</bdi> with 1 file"));
  EXPECT_THAT(page, Not(HasSubstr("X-Orgo-Answer")));
  add_person("dora", Role::manager);
  cookie = login(Role::manager);
  EXPECT_THAT(shown(), HasSubstr("The answer of <bdi>anna</bdi> leaves at"));
  clock.time += std::chrono::minutes(1);
  EXPECT_THAT(shown(), AllOf(Not(HasSubstr("Take it back")), HasSubstr("</bdi>: queued")));
}

TEST_F(AnswerPage, ANoteGoesToNobody) {
  decided.decide.answers.then = TaskState::resolved;
  const auto old = filled({{"text", "She called."}, {"as", "note"}, {"state", "resolved"}});
  customer_writes("And the cellar, too.");
  EXPECT_EQ(send(multipart(old, {{"a.txt", "a"}})).status, 303) << "a note holds whatever happened meanwhile";
  EXPECT_TRUE(answers().empty());
  EXPECT_EQ(store.read(kTenant, task)->state, TaskState::open) << "that was the choice for answers";
  EXPECT_THAT(shown(), AllOf(HasSubstr("note, for colleagues only"), HasSubstr("She called."),
                             HasSubstr("<strong>Comment</strong> with 1 file"), Not(HasSubstr("Take it back"))));
  EXPECT_EQ(answer({{"text", "Done."}, {"as", "note"}, {"state", "closed"}}).status, 303);
  EXPECT_EQ(store.read(kTenant, task)->state, TaskState::closed);
}

TEST_F(AnswerPage, AnAnswerIsTakenBackAndItsWordsAreThereAgain) {
  ASSERT_EQ(answer({{"text", "The <plumber> comes."}, {"cc", "bert@school.example"}}, {{"a.txt", "a"}}).status, 303);
  const auto message = value_of(shown(), "message");
  const auto response = recall(message);
  EXPECT_EQ(response.status, 303) << response.body;
  EXPECT_EQ(header(response, "Location"), "/tasks/T-1?again=" + message);
  for (const auto& one : answers()) EXPECT_EQ(one.state, SendState::recalled);
  const auto again = shown("/tasks/T-1?again=" + message);
  EXPECT_THAT(again, AllOf(HasSubstr("role=\"status\">Taken back; nothing was sent."),
                           HasSubstr("Choose the files again."), HasSubstr("The &lt;plumber&gt; comes.</textarea>"),
                           HasSubstr("value=\"bert@school.example\""), Not(HasSubstr("Take it back"))));
  EXPECT_THAT(shown(), AllOf(HasSubstr("</bdi>: taken back"), HasSubstr("<strong>Answer taken back</strong>"),
                             HasSubstr("href=\"/tasks/T-1?again=" + message + "\">Write it again"),
                             HasSubstr(">\n</textarea>")));
  const auto twice = recall(message);
  EXPECT_EQ(twice.status, 409);
  EXPECT_THAT(twice.body, HasSubstr("was taken back already."));
  EXPECT_EQ(recall("m999").status, 404);
  EXPECT_EQ(recall("").status, 400);
  EXPECT_THAT(shown("/tasks/T-1?again=m1"), HasSubstr(">\n</textarea>")) << "a mail of the customer is no answer";
  auto other = opening(new_task("Another"));
  commit(other);
  EXPECT_THAT(shown("/tasks/T-2?again=" + message), HasSubstr(">\n</textarea>")) << "nor is one of another task";
}

TEST_F(AnswerPage, WhatHasLeftIsSaidAsItIs) {
  ASSERT_EQ(answer({{"text", "hello"}, {"cc", "bert@school.example"}}).status, 303);
  clock.time += std::chrono::minutes(2);
  const auto leases = store.lease_sends(kOwner, clock.time, Millis{60'000}, 10).value();
  const auto message = answers().at(0).send.content;
  EXPECT_EQ(recall(to_string(message)).status, 409);
  for (const auto& lease : leases) {
    if (lease.send.kind != SendKind::answer) continue;
    Changes changes{.tenant = kTenant, .at = clock.time};
    SendOutcome outcome{.send = lease.id, .lease = lease.lease, .detail = "250 kept"};
    if (lease.send.recipient.address == "bert@school.example") {
      outcome.kind = SendOutcome::Kind::failed;
      outcome.detail = "550 <no> such user";
    }
    changes.add(std::move(outcome));
    commit(changes);
  }
  EXPECT_THAT(shown(), AllOf(HasSubstr("<bdi>anna@<wbr>school.example</bdi>: <span class=\"done\">delivered</span>"),
                             HasSubstr("<strong class=\"urgent\">failed</strong>: <span class=\"soft\"><bdi>550 "
                                       "&lt;no&gt; such user"),
                             HasSubstr("Write it again")));
}

TEST_F(AnswerPage, WhatAColleagueWroteIsNoReplyOfTheCustomer) {
  Changes changes{.tenant = kTenant, .at = kStart};
  Event event;
  event.kind = EventKind::task_replied;
  event.subject = task;
  event.at = kStart;
  event.data = R"({"from":"bert@school.example","subject":"Re: Water","to_customer":false})";
  changes.events.push_back(event);
  event.data = R"({"from":"anna@school.example","subject":"Re: Water"})";
  changes.events.push_back(event);
  commit(changes);
  EXPECT_THAT(shown(), AllOf(HasSubstr("<strong>A colleague wrote</strong> from <bdi>bert@school.example</bdi>"),
                             HasSubstr("<strong>Reply came in</strong> from <bdi>anna@school.example</bdi>"),
                             Not(HasSubstr("to_customer"))));
}

TEST_F(AnswerPage, AStrangersMailIsNoAnswerOfOurs) {
  customer_writes("Hello", "X-Orgo-Answer: {\"task\":\"T-1\",\"by\":\"user:anna\",\"internal\":true}\r\n");
  EXPECT_THAT(shown(), AllOf(HasSubstr("m2</a>"), Not(HasSubstr("note, for colleagues only"))));
  EXPECT_THAT(shown("/tasks/T-1?again=m2"), HasSubstr(">\n</textarea>"));
}

TEST_F(AnswerPage, UntilItIsDecidedThePageSaysThatItIsKept) {
  EXPECT_THAT(shown("/tasks/T-1?kept=1"), HasSubstr("role=\"status\">It is kept, and stands here as soon as"));
}

}  // namespace
}  // namespace orgo::contract
