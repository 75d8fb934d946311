// Of a task of which another is a part: whose the answers are, who chooses that, and who hears that it is done.
#include <gmock/gmock.h>

#include "core/mail/read/read_message.h"
#include "service/delivery/answer_goes_to.h"
#include "tests/contract/support/answer_world.h"

namespace orgo::contract {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// T-2, which kim asked for, is a part of T-1, which anna did.
class AnswerCustomers : public AnswerWorld {
 protected:
  AnswerCustomers() {
    kim_writes("k1@client.example", "");
    EXPECT_EQ(post("/api/v1/tasks/T-2/merge", R"({"into":"T-1"})").status, 200);
  }
  MessageId kim_writes(const std::string& id, const std::string& fields) {
    const auto bytes = "From: kim@client.example\r\nTo: help@school.example\r\nSubject: Key\r\nMessage-ID: <" + id +
                       ">\r\n" + fields + "\r\nLost.\r\n";
    const auto message = raw(bytes);
    const auto accepted = static_cast<MessageStore&>(store).accept(std::span(&message, 1), within(Millis{1'000}));
    decide_all();
    return accepted.value().at(0).message;
  }
  HttpResponse reply(const std::string& more = "") {
    return post("/api/v1/tasks/T-1/reply", R"({"text":"We come.")" + more + "}");
  }
  std::vector<std::string> sent() {
    std::vector<std::string> all;
    for (const auto& one : answers()) all.push_back(one.send.recipient.address + " " + to_string(one.send.message));
    return all;
  }
};

TEST_F(AnswerCustomers, WhoWroteLastIsAnsweredInTheirThread) {
  const auto told = reply();
  ASSERT_EQ(told.status, 201) << told.body;
  EXPECT_THAT(told.body, HasSubstr(R"("to":["kim@client.example"])"));
  EXPECT_THAT(sent(), ElementsAre("kim@client.example m2"));
  customer_writes("And when?");
  EXPECT_THAT(reply().body, HasSubstr(R"("to":["anna@school.example"])"));
  EXPECT_THAT(sent(), ElementsAre("kim@client.example m2", "anna@school.example m4"));
}

TEST_F(AnswerCustomers, WhoeverAnswersMayNameThem) {
  ASSERT_EQ(reply(R"(,"to":["anna@school.example"])").status, 201);
  ASSERT_EQ(reply(R"(,"to":["anna@school.example","KIM@client.example"],"cc":["lee@other.example"])").status, 201);
  EXPECT_THAT(sent(), ElementsAre("anna@school.example m1", "anna@school.example m1", "kim@client.example m2",
                                  "lee@other.example m1"));
  const auto words = store.read_bytes(kTenant, answers().back().send.content).value();
  EXPECT_THAT(read_message(words).as_mail().to, IsEmpty()) << "none is told who else asked";
  ASSERT_EQ(reply(R"(,"to":["kim@client.example"],"cc":["lee@other.example"])").status, 201);
  EXPECT_THAT(sent().back(), "lee@other.example m2") << "a copy of what kim gets, and not of what anna does";
  const auto refused = reply(R"(,"to":["eve@other.example"])");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("kim@client.example, anna@school.example did"));
  EXPECT_EQ(reply(R"(,"to":["anna@school.example"],"internal":true)").status, 400) << "a note goes to nobody";
}

TEST_F(AnswerCustomers, ThePageSaysToWhomItGoes) {
  EXPECT_THAT(shown(), AllOf(HasSubstr("value=\"kim@client.example\" selected>kim@client.example (wrote last)"),
                             HasSubstr("value=\"anna@school.example\""), HasSubstr("each of them")));
  EXPECT_EQ(answer({{"text", "Soon."}, {"to", "anna@school.example"}}).status, 303);
  EXPECT_THAT(sent(), ElementsAre("anna@school.example m1"));
  EXPECT_EQ(answer({{"text", "Done."}, {"to", "each"}}).status, 303);
  EXPECT_THAT(sent(), ElementsAre("anna@school.example m1", "anna@school.example m1", "kim@client.example m2"));
  EXPECT_EQ(answer({{"text", "Mine."}, {"to", "each"}, {"as", "note"}}).status, 303);
  EXPECT_EQ(sent().size(), 3U);
}

TEST_F(AnswerCustomers, EachHearsThatItIsDone) {
  decided.decide.answers.tell_resolved = true;
  ASSERT_EQ(post("/api/v1/tasks/T-1/resolve", "").status, 200);
  std::vector<std::string> told;
  const auto sends = store.sends_of_task(kTenant, task).value();
  for (const auto& one : sends)
    if (one.send.template_name == "task_resolved")
      told.push_back(one.send.recipient.address + " " + to_string(one.send.message));
  EXPECT_THAT(told, ElementsAre("anna@school.example m1", "kim@client.example m2"));
}

TEST_F(AnswerCustomers, AColleaguesMailGoesOnToWhoseWordsWereTold) {
  const auto message = kim_writes("k2@client.example", "In-Reply-To: <k1@client.example>\r\n");
  const auto policy = policies()(kTenant).value();
  const auto seen = store.read(kTenant, task).value();
  const auto of = [&](MessageId about, const std::string& to) {
    Send send;
    send.kind = SendKind::notification;
    send.template_name = "task_replied";
    send.recipient = mail_contact(to);
    send.message = about;
    return answer_goes_to(store, send, seen, words_of(about), *policy);
  };
  EXPECT_EQ(of(message, seen.team), "kim@client.example");
  EXPECT_EQ(of(MessageId{1}, seen.team), "anna@school.example");
  // What opened her own task says where she wants answers; anybody can write her name later.
  const auto opening = kim_writes("k3@client.example", "Reply-To: kim@home.example\r\n");
  EXPECT_EQ(post("/api/v1/tasks/T-3/merge", R"({"into":"T-1"})").status, 200);
  EXPECT_EQ(of(opening, seen.team), "kim@home.example");
  const auto later =
      kim_writes("k4@client.example", "In-Reply-To: <k1@client.example>\r\nReply-To: kim@evil.example\r\n");
  EXPECT_EQ(of(later, seen.team), "kim@client.example");
  EXPECT_EQ(of(message, "kim@client.example"), "") << "those are her own";
  EXPECT_EQ(of(message, "anna@school.example"), "") << "who asked is no colleague here";
}

}  // namespace
}  // namespace orgo::contract
