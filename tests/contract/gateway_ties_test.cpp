// Links, merges and what is split off, by the API and on the page.
#include <gmock/gmock.h>

#include "tests/contract/support/gateway_world.h"

namespace orgo::contract {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class GatewayTies : public GatewayWorld {
 protected:
  GatewayTies() {
    for (int i = 1; i <= 3; ++i)
      open_task("Task " + std::to_string(i), mail("t" + std::to_string(i) + "@x", "Words of " + std::to_string(i)));
  }
  json::value task(const std::string& number) { return json_of(get("/api/v1/tasks/" + number)); }
  static std::string text(const json::value& value) { return json::serialize(value); }
  std::vector<std::string> kinds(const std::string& number) {
    std::vector<std::string> all;
    const auto events = json_of(get("/api/v1/tasks/" + number + "/events"));
    for (const auto& event : events.at("items").as_array())
      all.push_back(std::string(event.at("task").as_string()) + " " + std::string(event.at("kind").as_string()));
    return all;
  }
  std::vector<std::string> messages(const std::string& number) {
    std::vector<std::string> all;
    const auto page = json_of(get("/api/v1/messages?task=" + number));
    for (const auto& message : page.at("items").as_array()) all.emplace_back(message.at("id").as_string());
    return all;
  }
  /// Accepts a mail, and decides that it joins the task.
  std::string join(TaskNumber number, const std::string& bytes, const std::string& from) {
    const auto message = raw(bytes);
    const auto accepted = static_cast<MessageStore&>(store).accept(std::span(&message, 1), within(Millis{1000}));
    MessageDecision decision{.message = (*accepted)[0].message, .outcome = Outcome::task_joined, .task = number};
    decision.from = from;
    decision.subject = "Re: the heating";
    Changes changes{.tenant = kTenant, .at = kStart};
    changes.add(decision);
    commit(changes);
    return to_string((*accepted)[0].message);
  }
};

TEST_F(GatewayTies, ALinkIsSeenOnBothAndTwiceIsNoErrorAndNoEvent) {
  EXPECT_EQ(post("/api/v1/tasks/1/link", R"({"task":"T-2"})").status, 200);
  EXPECT_EQ(text(task("T-1").at("links")), R"(["T-2"])");
  EXPECT_EQ(text(task("T-2").at("links")), R"(["T-1"])");
  const auto before = kinds("T-2");
  EXPECT_EQ(post("/api/v1/tasks/2/link", R"({"task":"1"})").status, 200);
  EXPECT_EQ(kinds("T-2"), before);
  EXPECT_EQ(post("/api/v1/tasks/1/link", R"({"task":"T-1"})").status, 400);
  EXPECT_EQ(post("/api/v1/tasks/1/link", R"({"task":"T-9"})").status, 404);
  EXPECT_EQ(post("/api/v1/tasks/1/link", R"({"task":"nine"})").status, 400);
  const auto cookie = login();
  const auto shown = page("/tasks/T-1", cookie).body;
  EXPECT_THAT(shown, AllOf(HasSubstr("Linked with"), HasSubstr("Unlink T-2"), HasSubstr("href=\"/tasks/T-2\"")));
  EXPECT_EQ(form("/tasks/T-1/unlink", "value=T-2&version=0", cookie).status, 303);
  EXPECT_EQ(text(task("T-2").at("links")), "[]");
}

TEST_F(GatewayTies, WhatWasMergedShowsWithTheOther) {
  ASSERT_EQ(post("/api/v1/tasks/2/comment", R"({"text":"A note of two."})").status, 200);
  const auto answer = post("/api/v1/tasks/2/merge", R"({"into":"T-1"})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(json_of(answer).at("state"), "closed");
  EXPECT_EQ(json_of(answer).at("merged_into"), "T-1");
  EXPECT_EQ(text(task("T-1").at("merged")), R"(["T-2"])");
  EXPECT_EQ(text(task("T-1").at("also_asked_by")), R"(["anna@school.example"])");
  EXPECT_THAT(messages("T-1"), ElementsAre("m2", "m1"));
  EXPECT_THAT(messages("T-2"), ElementsAre("m2"));
  EXPECT_THAT(kinds("T-1"), testing::IsSupersetOf({"T-2 task.commented", "T-2 task.merged", "T-1 task.merged"}));
  EXPECT_THAT(kinds("T-2"), Not(testing::Contains("T-1 task.merged")));
  const auto cookie = login();
  const auto shown = page("/tasks/T-1", cookie).body;
  EXPECT_THAT(shown, AllOf(HasSubstr("A note of two."), HasSubstr("Words of 2"), HasSubstr("Words of 1")));
  const auto away = page("/tasks/T-2", cookie).body;
  EXPECT_THAT(away, AllOf(HasSubstr("merged into <a href=\"/tasks/T-1\""), HasSubstr("action=\"/tasks/T-2/unmerge\""),
                          Not(HasSubstr("action=\"/tasks/T-2/reopen\""))));
  EXPECT_EQ(post("/api/v1/tasks/2/merge", R"({"into":"T-1"})").status, 200) << "twice";
  EXPECT_EQ(post("/api/v1/tasks/2/merge", R"({"into":"T-3"})").status, 409);
  EXPECT_EQ(post("/api/v1/tasks/1/merge", R"({"into":"T-2"})").status, 400) << "that leads to itself";
  EXPECT_EQ(post("/api/v1/tasks/2/reopen", "").status, 409);
  EXPECT_EQ(post("/api/v1/tasks/2/reply", R"({"text":"Hello"})").status, 409) << "answered where work goes on";
  EXPECT_EQ(post("/api/v1/tasks/2/unmerge", "").status, 200);
  EXPECT_EQ(task("T-2").at("state"), "open");
  EXPECT_THAT(messages("T-1"), ElementsAre("m1"));
}

TEST_F(GatewayTies, SeveralAreMergedIntoOneAndGoOnWithIt) {
  const auto answer = json_of(post("/api/v1/tasks/merge", R"({"tasks":["T-2","T-3","T-1"],"into":"T-1"})"));
  EXPECT_EQ(answer.at("done").as_int64(), 2);
  EXPECT_EQ(answer.at("failed").as_int64(), 1) << "not itself";
  const auto more = to_string(open_task("Task 4", mail("t4@x", "Words of 4")));
  ASSERT_EQ(post("/api/v1/tasks/1/merge", "{\"into\":\"" + more + "\"}").status, 200);
  EXPECT_THAT(messages(more), ElementsAre("m4", "m3", "m2", "m1"));
  EXPECT_EQ(post("/api/v1/tasks/2/unmerge", "").status, 409) << "T-1 was merged on";
  EXPECT_THAT(json_of(get("/api/v1/messages?task=" + more + "&limit=3")).at("items").as_array(), testing::SizeIs(3));
}

TEST_F(GatewayTies, AMessageIsSplitOffAndTheTaskKeepsWhatItHas) {
  ASSERT_EQ(post("/api/v1/tasks/1/priority", R"({"priority":"high"})").status, 200);
  const auto message = join(TaskNumber{1}, mail("other@x", "The heating, too."), "pat@elsewhere.example");
  const auto answer = post("/api/v1/tasks/1/split", "{\"message\":\"" + message + "\",\"title\":\"Heating\"}");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto made = json_of(answer);
  const std::string number(made.at("id").as_string());
  EXPECT_EQ(number, "T-4");
  EXPECT_EQ(made.at("title"), "Heating");
  EXPECT_EQ(made.at("requester"), "pat@elsewhere.example");
  EXPECT_EQ(made.at("priority"), "high");
  EXPECT_EQ(made.at("team"), "maintenance@school.example");
  EXPECT_EQ(std::string(made.at("message").as_string()), message);
  EXPECT_EQ(text(made.at("links")), R"(["T-1"])");
  EXPECT_EQ(text(task("T-1").at("links")), R"(["T-4"])");
  EXPECT_THAT(messages("T-1"), ElementsAre(message, "m1")) << "it keeps what it has";
  EXPECT_THAT(messages(number), ElementsAre(message));
  EXPECT_EQ(text(json_of(get("/api/v1/messages/" + message)).at("decision").at("split_to")), "\"T-4\"");
  EXPECT_EQ(post("/api/v1/tasks/1/split", "{\"message\":\"" + message + "\"}").status, 409) << "once";
  EXPECT_EQ(post("/api/v1/tasks/1/split", R"({"message":"m1"})").status, 400) << "it opened the task";
  EXPECT_EQ(post("/api/v1/tasks/1/split", R"({"message":"m2"})").status, 400) << "of another task";
  EXPECT_EQ(post("/api/v1/tasks/1/split", R"({"message":"m99"})").status, 404);
  const auto cookie = login();
  EXPECT_THAT(page("/tasks/T-1", cookie).body, HasSubstr("Split off as <a href=\"/tasks/T-4\""));
  EXPECT_THAT(page("/tasks/T-4", cookie).body, AllOf(HasSubstr("The heating, too."), HasSubstr("Heating")));
  ContextQuery query{.tenant = kTenant};
  query.thread.message = MessageId{1'000};
  query.thread.answers = {message_id_hash(kTenant, "other@x")};
  query.thread.hints.message_ids = {"other@x"};
  const auto facts = static_cast<ContextReader&>(store).load(std::span(&query, 1)).at(0).value();
  ASSERT_EQ(facts.thread.known.size(), 1U);
  EXPECT_EQ(facts.thread.known[0].task, TaskNumber{4}) << "what answers it goes to the new task";
}

TEST_F(GatewayTies, ThePageSplitsAndLeadsToTheNewTask) {
  const auto message = join(TaskNumber{1}, mail("other@x", "The heating, too."), "pat@elsewhere.example");
  const auto cookie = login();
  EXPECT_THAT(page("/tasks/T-1", cookie).body, HasSubstr("action=\"/tasks/T-1/split\""));
  const auto done = form("/tasks/T-1/split", "version=0&value=" + message, cookie);
  EXPECT_EQ(done.status, 303);
  EXPECT_EQ(header(done, "Location"), "/tasks/T-4");
  EXPECT_EQ(task("T-4").at("title"), "Re: the heating");
}

}  // namespace
}  // namespace orgo::contract
