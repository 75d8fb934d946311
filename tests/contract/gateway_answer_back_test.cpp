// Where answers of people go, and how they are taken back: with what they did, and only what surely has not arrived.
#include <gmock/gmock.h>

#include "core/channel/channel_traits.h"
#include "core/delivery/outcome.h"
#include "core/mail/findings/find_own_loop.h"
#include "tests/contract/support/answer_world.h"

namespace orgo::contract {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class AnswerBack : public AnswerWorld {
 protected:
  HttpResponse reply(const std::string& body) { return post("/api/v1/tasks/T-1/reply", body); }
  HttpResponse recall_newest() { return post("/api/v1/tasks/T-1/recall", "{}"); }
  TaskState state() { return store.read(kTenant, task)->state; }
  /// Each copy is tried, and that ends so.
  void try_each(AttemptResult result) {
    const auto leases = store.lease_sends(kOwner, clock.time, Millis{60'000}, 10).value();
    for (const auto& lease : leases) {
      Attempt attempt{.tenant = kTenant, .id = lease.id, .send = lease.send, .lease = lease.lease};
      attempt.number = lease.attempts;
      attempt.created_at = lease.created_at;
      end_by_answer(attempt, {}, result, "451 later", clock.time, 0.5);
      commit(outcome_of(attempt, channel_of(ContactKind::mail), {}, clock.time));
    }
  }
  /// kim asks something in a new mail.
  TaskNumber kim_asks(const std::string& fields, const std::string& id = "k1@client.example") {
    const auto bytes = "From: kim@client.example\r\nTo: help@school.example\r\nSubject: Key\r\nMessage-ID: <" + id +
                       ">\r\n" + fields + "\r\nLost.\r\n";
    const auto message = raw(bytes);
    EXPECT_TRUE(static_cast<MessageStore&>(store).accept(std::span(&message, 1), within(Millis{1'000})));
    decide_all();
    return store.list(TaskListRequest{.tenant = kTenant}).value().front().number;
  }
};

TEST_F(AnswerBack, ItTakesTheStateBackThatItHasSet) {
  EXPECT_EQ(reply(R"({"text":"Done.","state":"resolved"})").status, 201);
  EXPECT_EQ(state(), TaskState::resolved);
  const auto back = recall_newest();
  EXPECT_EQ(back.status, 200) << back.body;
  EXPECT_THAT(back.body, AllOf(HasSubstr("\"text\":\"Done.\\n\""), HasSubstr("\"state\":\"open\"")));
  EXPECT_EQ(state(), TaskState::open) << "new it was, and has been seen since";
  EXPECT_EQ(reply(R"({"text":"Done.","state":"pending"})").status, 201);
  commit(commands::acknowledge(*store.read(kTenant, task), "user:bert", clock.time).value());
  EXPECT_THAT(recall_newest().body, HasSubstr("\"state\":null"));
  EXPECT_EQ(state(), TaskState::acknowledged) << "somebody has moved it since";
}

TEST_F(AnswerBack, WhatSurelyHasNotArrivedCanStillBeTakenBack) {
  EXPECT_EQ(reply(R"({"text":"hello","cc":["bert@school.example"]})").status, 201);
  clock.time += std::chrono::minutes(2);
  try_each(AttemptResult::temporary);
  EXPECT_THAT(shown(), AllOf(HasSubstr("Your answer could not be delivered yet, and is tried again at <time"),
                             HasSubstr("Take it back")));
  const auto back = recall_newest();
  EXPECT_EQ(back.status, 200) << back.body;
  for (const auto& one : answers()) EXPECT_EQ(one.state, SendState::recalled);
}

TEST_F(AnswerBack, WhatMayHaveArrivedIsSaidSo) {
  EXPECT_EQ(reply(R"({"text":"hello"})").status, 201);
  clock.time += std::chrono::minutes(2);
  try_each(AttemptResult::unknown);
  EXPECT_THAT(shown(), Not(HasSubstr("Take it back")));
  const auto refused = recall_newest();
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, HasSubstr("was tried, and may have arrived"));
  clock.time += std::chrono::minutes(2);
  try_each(AttemptResult::temporary);
  EXPECT_EQ(recall_newest().status, 409) << "what was lost stays lost";
  clock.time += std::chrono::minutes(5);
  try_each(AttemptResult::delivered);
  EXPECT_THAT(recall_newest().body, HasSubstr("has left already"));
}

TEST_F(AnswerBack, WithoutUndoNothingIsPromised) {
  decided.decide.answers.undo = Millis{0};
  EXPECT_THAT(reply(R"({"text":"hello"})").body, HasSubstr("\"recallable\":false"));
  decided.decide.answers.undo = Millis{60'000};
  EXPECT_THAT(reply(R"({"text":"hello"})").body, HasSubstr("\"recallable\":true"));
  EXPECT_THAT(reply(R"({"text":"hello","internal":true})").body, HasSubstr("\"recallable\":false"));
}

TEST_F(AnswerBack, AskedAgainByItsKeyItSaysWhatIsTrueNow) {
  const auto again = [&] {
    return post("/api/v1/tasks/T-1/reply", R"({"text":"hello"})", {{"Idempotency-Key", "k1"}});
  };
  EXPECT_THAT(again().body, HasSubstr("\"recallable\":true"));
  const auto second = again();
  EXPECT_EQ(second.status, 200);
  EXPECT_THAT(second.body, HasSubstr("\"recallable\":true"));
  ASSERT_TRUE(store.begin_epoch({.epoch = 2}));
  EXPECT_THAT(again().body, HasSubstr("\"recallable\":false")) << "a restore holds it";
  EXPECT_EQ(recall_newest().status, 409);
}

TEST_F(AnswerBack, AnAnswerGoesWhereTheCustomerWantsIt) {
  const auto asked = to_string(kim_asks("Reply-To: Kim <kim@home.example>\r\n"));
  EXPECT_THAT(shown("/tasks/" + asked), HasSubstr("To <bdi>kim@<wbr>home.example</bdi>, where "
                                                  "<bdi>kim@<wbr>client.example</bdi> wants answers"));
  EXPECT_EQ(post("/api/v1/tasks/" + asked + "/reply", R"({"text":"Found."})").status, 201);
  const auto sends = store.sends_of_task(kTenant, TaskNumber{2}).value();
  EXPECT_EQ(sends.back().send.recipient, mail_contact("kim@home.example"));
  EXPECT_EQ(words_of(sends.back().send.content).as_mail().to.front().address, "kim@home.example");
  // A later mail may name it again, without proof nothing else.
  kim_asks("Reply-To: kim@home.example\r\nIn-Reply-To: <k1@client.example>\r\n", "k2@client.example");
  EXPECT_THAT(shown("/tasks/" + asked), HasSubstr("To <bdi>kim@<wbr>home.example</bdi>"));
  kim_asks("Reply-To: eve@other.example\r\nIn-Reply-To: <k1@client.example>\r\n", "k3@client.example");
  EXPECT_THAT(shown("/tasks/" + asked), AllOf(HasSubstr("To <bdi>kim@<wbr>client.example</bdi></p>"),
                                              Not(HasSubstr("eve@<wbr>other.example</bdi>, where"))))
      << "anybody can write her From";
  // It answers one of ours, by an id that only who got it knows.
  const auto ours =
      own_message_id(kTenant, sends.back().id, TaskNumber{2}, decided.decide.domain, decided.decide.id_key);
  kim_asks("Reply-To: kim@work.example\r\nIn-Reply-To: <" + ours + ">\r\n", "k4@client.example");
  EXPECT_THAT(shown("/tasks/" + asked), HasSubstr("To <bdi>kim@<wbr>work.example</bdi>, where"));
}

}  // namespace
}  // namespace orgo::contract
