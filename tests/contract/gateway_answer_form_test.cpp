// What comes of the form in which people answer: once, only what was seen, only from our own pages.
#include <gmock/gmock.h>

#include <algorithm>

#include "core/suppression/suppress.h"
#include "tests/contract/support/answer_world.h"

namespace orgo::contract {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class AnswerForm : public AnswerWorld {};

TEST_F(AnswerForm, ASecondClickIsTheSameAnswer) {
  const auto form = filled({{"text", "The plumber comes."}, {"cc", "bert@school.example"}});
  for (int i = 0; i < 3; ++i) {
    const auto response = send(multipart(form, {{"a.txt", "a"}}));
    EXPECT_EQ(response.status, 303) << response.body;
    EXPECT_EQ(header(response, "Location"), "/tasks/T-1");
  }
  EXPECT_EQ(answers().size(), 2U);
  auto other = form;
  other["text"] = "The plumber does not come.";
  const auto refused = send(multipart(other, {{"a.txt", "a"}}));
  EXPECT_EQ(refused.status, 409) << "other words are another answer, and the page was old";
  EXPECT_THAT(refused.body, HasSubstr("The plumber does not come.</textarea>"));
  EXPECT_NE(value_of(refused.body, "key"), form.at("key"));
  EXPECT_EQ(answers().size(), 2U);
}

TEST_F(AnswerForm, OfTwoWordsUnderOneKeyAtTheSameTimeOneIsSent) {
  const auto ask = [&](const std::string& words, const std::string& key) {
    return post("/api/v1/tasks/T-1/reply", R"({"text": ")" + words + "\"}", {{"Idempotency-Key", key}});
  };
  before_accepting = [&] { EXPECT_EQ(ask("Yes.", "1").status, 201); };
  EXPECT_EQ(ask("No.", "1").status, 409) << "it was not there yet when this one looked";
  before_accepting = [&] { EXPECT_EQ(ask("Yes.", "2").status, 201); };
  EXPECT_EQ(ask("Yes.", "2").status, 200);
  EXPECT_EQ(answers().size(), 2U);
  const auto open = [&](const std::string& title) {
    return post("/api/v1/tasks", R"({"title": ")" + title + "\"}", {{"Idempotency-Key", "3"}});
  };
  before_accepting = [&] { EXPECT_EQ(open("Water").status, 201); };
  EXPECT_EQ(open("Fire").status, 409);
}

TEST_F(AnswerForm, NothingIsSentWhenTheCustomerWroteMeanwhile) {
  auto form = filled({{"text", "Is it <still> wet?"},
                      {"cc", "bert@school.example"},
                      {"quote", "1"},
                      {"template", "greeting"},
                      {"state", "closed"}});
  customer_writes("It is dry again.");
  const auto late = send(multipart(form, {{"a.txt", "a"}}));
  EXPECT_EQ(late.status, 409);
  EXPECT_THAT(late.body, AllOf(HasSubstr("role=\"alert\">The task was changed meanwhile, so nothing was sent."),
                               HasSubstr("Choose the files again."), HasSubstr("It is dry again.")));
  EXPECT_THAT(late.body, AllOf(HasSubstr("Is it &lt;still&gt; wet?</textarea>"),
                               HasSubstr("name=\"cc\" maxlength=\"16384\" autocomplete=\"off\" inputmode=\"email\" "
                                         "value=\"bert@school.example\""),
                               HasSubstr("value=\"1\" checked"), HasSubstr("value=\"greeting\" selected"),
                               HasSubstr("value=\"closed\" selected")));
  EXPECT_TRUE(answers().empty());
  form["version"] = value_of(late.body, "version");
  form["key"] = value_of(late.body, "key");
  EXPECT_EQ(send(multipart(form)).status, 303) << "who has seen it sends it with the next click";
  EXPECT_EQ(answers().size(), 2U);
  EXPECT_EQ(store.read(kTenant, task)->state, TaskState::closed);
}

TEST_F(AnswerForm, ComplaintsKeepTheWords) {
  const auto told = [&](const Fields& fields, const std::vector<File>& files, const std::string& words) {
    const auto response = answer(fields, files);
    EXPECT_EQ(response.status, 400) << words;
    EXPECT_THAT(response.body, AllOf(HasSubstr("role=\"alert\">"), HasSubstr(words)));
    const auto text = fields.find("text");
    EXPECT_THAT(response.body, HasSubstr((text == fields.end() ? ">\n" : text->second) + "</textarea>"));
  };
  told({{"cc", "bert@school.example"}}, {}, "\">There is nothing to say");
  told({{"text", "hello"}, {"cc", "bert"}}, {}, "is not a mail address");
  told({{"text", "hello"}, {"template", "gretting"}}, {}, "did you mean &#39;greeting&#39;?");
  told({{"text", "hello"}, {"state", "new"}}, {}, "There is no such state.");
  told({{"text", "hello"}, {"as", "note"}, {"cc", "bert@school.example"}}, {}, "A note goes to nobody");
  told({{"text", "hello"}}, {{"a.bin", std::string(47'000, 'x')}}, "limits.message_size). Choose the files again.");
  EXPECT_TRUE(answers().empty());
  submit_fails = {Errc::deadline_exceeded, "the disk is slow"};
  const auto form = filled({{"text", "hello"}});
  const auto slow = send(multipart(form));
  EXPECT_EQ(slow.status, 504);
  EXPECT_THAT(slow.body, AllOf(HasSubstr("hello</textarea>"), Not(HasSubstr("the disk is slow"))));
  EXPECT_EQ(value_of(slow.body, "key"), form.at("key")) << "it may have been kept: the same once more is one answer";
}

TEST_F(AnswerForm, OnlyFormsOfOurOwnPagesSend) {
  const auto good = multipart(filled({{"text", "hello"}}));
  for (const auto* origin : {"https://evil.example", "null", ""}) EXPECT_EQ(send(good, origin).status, 403) << origin;
  EXPECT_EQ(send("text=hello&version=0&key=1", "http://orgo.example", "application/x-www-form-urlencoded").status, 400);
  EXPECT_EQ(send(good, "http://orgo.example", "text/plain").status, 400);
  EXPECT_EQ(send(good.substr(0, good.size() - 6)).status, 400) << "cut off";
  EXPECT_EQ(send(multipart({{"text", "hello"}, {"version", "0"}})).status, 400) << "without a key";
  EXPECT_EQ(send(multipart({{"text", "hello"}, {"version", ""}, {"key", "1"}})).status, 400);
  EXPECT_EQ(send(multipart({{"text", "hello"}, {"version", "0"}, {"key", std::string(65, 'k')}})).status, 400);
  const auto staff = std::exchange(cookie, login(Role::viewer));
  EXPECT_EQ(send(good).status, 403);
  EXPECT_EQ(recall("m2").status, 403);
  cookie = "";
  EXPECT_THAT(header(send(good), "Location"), testing::StartsWith("/login"));
  EXPECT_TRUE(answers().empty());
  cookie = staff;
  EXPECT_EQ(send(good).status, 303);
}

TEST_F(AnswerForm, LargeFormsAreForThoseWhoMaySendThem) {
  const auto admit = [&](const std::string& origin, const std::string& length = "100000") {
    HttpRequest head;
    head.method = "POST";
    head.target = "/tasks/T-1/reply";
    head.headers = {{"Host", "orgo.example"}, {"Cookie", cookie}, {"Origin", origin}, {"Content-Length", length}};
    return answering->admit(head);
  };
  const auto good = admit("http://orgo.example");
  EXPECT_FALSE(good.refusal);
  EXPECT_EQ(good.body_max, 48'000U + HttpHandler::kSmallBody);
  EXPECT_FALSE(admit("http://orgo.example", std::to_string(good.body_max)).refusal);
  EXPECT_FALSE(good.cut);
  const auto larger = admit("http://orgo.example", std::to_string(good.body_max + 1));
  EXPECT_FALSE(larger.refusal) << "its words are read, and the rest is thrown away";
  EXPECT_TRUE(larger.cut);
  EXPECT_EQ(larger.body_max, good.body_max);
  const auto endless = admit("http://orgo.example", std::to_string(HttpHandler::kSkippedMost + 1)).refusal.value();
  EXPECT_EQ(endless.status, 413);
  EXPECT_THAT(endless.body, AllOf(HasSubstr("<!doctype html>"), HasSubstr("the files have more than 113536 bytes")));
  EXPECT_EQ(admit("https://evil.example").refusal.value().status, 403);
  cookie = login(Role::viewer);
  EXPECT_EQ(admit("http://orgo.example").refusal.value().status, 403);
  cookie = "";
  EXPECT_EQ(admit("http://orgo.example").refusal.value().status, 303);
}

TEST_F(AnswerForm, FilesThatAreTooLargeLeaveTheWords) {
  const auto form = filled({{"text", "Is it <still> wet?"},
                            {"cc", "bert@school.example"},
                            {"quote", "1"},
                            {"template", "greeting"},
                            {"state", "closed"}});
  // As a browser sends them: in the order in which they stand in the page.
  const auto page = shown();
  const auto files = page.find("name=\"files\"");
  for (const auto* before : {"name=\"text\"", "name=\"cc\"", "name=\"quote\"", "name=\"template\"", "name=\"state\"",
                             "name=\"key\"", "name=\"version\""})
    EXPECT_LT(page.find(before), files) << before << " must stand in front of the files";
  const auto whole = multipart(form, {{"film.mp4", std::string(200'000, 'x')}});
  const auto told =
      say({.method = "POST",
           .target = "/tasks/T-1/reply",
           .headers = {{"Origin", "http://orgo.example"}, {"Content-Type", "multipart/form-data; boundary=b"}},
           .body = whole.substr(0, 100'000),
           .cut = true});
  EXPECT_EQ(told.status, 413);
  EXPECT_THAT(told.body, AllOf(HasSubstr("role=\"alert\">The files are too large: together at most 34 KB can be sent. "
                                         "Nothing was sent."),
                               HasSubstr("Is it &lt;still&gt; wet?</textarea>"), HasSubstr("value=\"1\" checked"),
                               HasSubstr("value=\"greeting\" selected"), HasSubstr("value=\"closed\" selected")));
  EXPECT_EQ(value_of(told.body, "key"), form.at("key"));
  EXPECT_TRUE(answers().empty());
}

TEST_F(AnswerForm, NoRoomIsSaidSo) {
  submit_fails = {Errc::resource_exhausted, "the disk is full"};
  const auto full = answer({{"text", "hello"}});
  EXPECT_EQ(full.status, 507);
  EXPECT_THAT(full.body, AllOf(HasSubstr("hello</textarea>"), HasSubstr("no room to store it")));
  EXPECT_EQ(header(full, "Retry-After"), "5");
  for (const auto& [target, body] : {std::pair("/api/v1/tasks/T-1/reply", R"({"text":"hello"})"),
                                     std::pair("/api/v1/tasks", R"({"title":"Key lost"})")}) {
    const auto told = post(target, body);
    EXPECT_EQ(told.status, 507) << target;
    EXPECT_EQ(header(told, "Retry-After"), "5") << target;
  }
}

/// The task changes between the look at its version and the decision.
TEST_F(AnswerForm, WhatHappensBeforeTheDecisionCounts) {
  const auto form = filled({{"text", "Is it still wet?"}, {"state", "resolved"}});
  before_decision = [this] { somebody_comments(); };
  const auto late = send(multipart(form));
  EXPECT_EQ(late.status, 409);
  EXPECT_THAT(late.body, AllOf(HasSubstr("The task was changed meanwhile, so nothing was sent."),
                               HasSubstr("Mind the step."), HasSubstr("Is it still wet?</textarea>")));
  EXPECT_THAT(late.body, AllOf(HasSubstr("not done</strong>: <span class=\"soft\"><bdi>T-1 was changed meanwhile, so "
                                         "what anna wrote was not sent"),
                               HasSubstr("href=\"/tasks/T-1?again=m2\">Write it again")));
  EXPECT_TRUE(answers().empty());
  EXPECT_EQ(store.read(kTenant, task)->state, TaskState::open) << "nor was the task moved";
  const auto seen = version_tag();
  before_decision = [this] { somebody_comments(); };
  const auto api =
      post("/api/v1/tasks/T-1/reply", R"({"text":"hello"})", {{"If-Match", seen}, {"Idempotency-Key", "k"}});
  EXPECT_EQ(api.status, 409) << api.body;
  EXPECT_THAT(api.body, HasSubstr("its words stand at m"));
  const auto again =
      post("/api/v1/tasks/T-1/reply", R"({"text":"hello"})", {{"If-Match", seen}, {"Idempotency-Key", "k"}});
  EXPECT_EQ(again.status, 412) << "the same once more is late, too, and was not sent";
  EXPECT_TRUE(answers().empty());
  const auto now =
      post("/api/v1/tasks/T-1/reply", R"({"text":"hello"})", {{"If-Match", version_tag()}, {"Idempotency-Key", "k"}});
  EXPECT_EQ(now.status, 201) << "nothing was done under that key: " << now.body;
  EXPECT_EQ(answers().size(), 1U);
}

TEST_F(AnswerForm, WhatIsNotDecidedYetIsAccepted) {
  deciding = false;
  const auto seen = version_tag();
  const auto told =
      post("/api/v1/tasks/T-1/reply", R"({"text":"hello"})", {{"If-Match", seen}, {"Idempotency-Key", "k"}});
  EXPECT_EQ(told.status, 202) << told.body;
  EXPECT_EQ(header(told, "Location"), "/api/v1/messages/m2");
  EXPECT_THAT(told.body, HasSubstr("\"decided\":false"));
  const auto again =
      post("/api/v1/tasks/T-1/reply", R"({"text":"hello"})", {{"If-Match", seen}, {"Idempotency-Key", "k"}});
  EXPECT_EQ(again.status, 200) << again.body;
  const auto opened = post("/api/v1/tasks", R"({"title":"Key lost"})");
  EXPECT_EQ(opened.status, 202);
  EXPECT_EQ(header(opened, "Location"), "/api/v1/messages/m3");
  const auto recalled = post("/api/v1/tasks/T-1/recall", "{}");
  EXPECT_EQ(recalled.status, 404);
  EXPECT_THAT(recalled.body, HasSubstr("while no server runs joins its task when one does"));
  // Meanwhile the task changes, and whoever wrote it hears of it.
  somebody_comments();
  clock.time += std::chrono::minutes(1);
  decide_all();
  EXPECT_TRUE(answers().empty());
  EXPECT_THAT(shown(), HasSubstr("not done</strong>"));
  const auto sends = store.sends_of_task(kTenant, task).value();
  EXPECT_EQ(std::ranges::count(sends, "answer_late", [](const StoredSend& one) { return one.send.template_name; }), 1);
}

TEST_F(AnswerForm, AKeyIsKnownHoweverManyMessagesCameSince) {
  const auto once = [&] { return post("/api/v1/tasks/T-1/reply", R"({"text":"hello"})", {{"Idempotency-Key", "k"}}); };
  EXPECT_EQ(once().status, 201);
  for (int i = 0; i < 60; ++i)
    EXPECT_EQ(post("/api/v1/tasks/T-1/reply", R"({"text":"x","internal":true})").status, 201);
  EXPECT_EQ(once().status, 200);
  EXPECT_EQ(answers().size(), 1U);
  // Nor does it matter that nothing more may go there.
  commit(commands::suppress(kTenant, {}, "anna@school.example", "asked for it", {}, "user:bert", clock.time).value());
  EXPECT_EQ(once().status, 200);
  EXPECT_EQ(post("/api/v1/tasks/T-1/reply", R"({"text":"hello"})", {{"Idempotency-Key", "k2"}}).status, 409);
  EXPECT_EQ(post("/api/v1/tasks/T-1/reply", R"({"text":"hello!"})", {{"Idempotency-Key", "k"}}).status, 409);
}

TEST_F(AnswerForm, ATaskIsOpenedOnceUnderAKey) {
  const auto open = [&](const std::string& body) { return post("/api/v1/tasks", body, {{"Idempotency-Key", "k"}}); };
  EXPECT_EQ(open(R"({"title":"Key lost","text":"Of room 3."})").status, 201);
  const auto again = open(R"({"title":"Key lost","text":"Of room 3."})");
  EXPECT_EQ(again.status, 200);
  EXPECT_THAT(again.body, HasSubstr("\"task\":\"T-2\""));
  for (const auto* other : {R"({"title":"Key lost","text":"Of room 4."})", R"({"title":"Key lost"})",
                            R"({"title":"Key lost","text":"Of room 3.","priority":"high"})"}) {
    const auto refused = open(other);
    EXPECT_EQ(refused.status, 409) << other;
    EXPECT_THAT(refused.body, HasSubstr("under this Idempotency-Key before: m2"));
  }
  EXPECT_EQ(store.list(TaskListRequest{.tenant = kTenant})->size(), 2U);
}

TEST_F(AnswerForm, WhoAsksCanBeAnswered) {
  rules = rules::load_rules({{"rules.yaml", "teams: {desk: {address: desk@school.example}}\n"}}).rules;
  decided.decide.own_addresses = {"help@school.example"};
  decided.render.from_address = "orgo@school.example";
  decided.default_recipient = "inbox@school.example";
  for (const auto& [who, why] :
       {std::pair("help@school.example", "an address of ours"),
        std::pair("HELP+x@school.example", "an address of ours"),
        std::pair("orgo@school.example", "an address of ours"), std::pair("inbox@school.example", "an address of ours"),
        std::pair("desk@school.example", "the address of the team 'desk'"),
        std::pair("noreply@client.example", "an address that nobody reads")}) {
    const auto refused = post("/api/v1/tasks", R"({"title":"Key lost","requester":")" + std::string(who) + "\"}");
    EXPECT_EQ(refused.status, 400) << who;
    EXPECT_THAT(refused.body, HasSubstr(why));
  }
  EXPECT_EQ(post("/api/v1/tasks", R"({"title":"Key lost","requester":"kim@client.example"})").status, 201);
  EXPECT_EQ(post("/api/v1/tasks", R"({"title":"Key lost","requester":"bert@school.example"})").status, 201)
      << "people who work here ask, too";
}

TEST_F(AnswerForm, TheApiTooAnswersOnceAndOnlyWhatWasSeen) {
  const auto post = [&](const std::string& match, const std::string& key, const std::string& text) {
    HttpRequest request{.method = "POST", .target = "/api/v1/tasks/T-1/reply", .body = R"({"text":")" + text + "\"}"};
    request.headers = {{"Authorization", "Bearer " + secrets.at(Role::staff)},
                       {"Content-Type", "application/json"},
                       {"If-Match", match}};
    if (!key.empty()) request.headers.push_back({"Idempotency-Key", key});
    return answering->handle(request);
  };
  const auto seen = "\"" + std::to_string(store.read(kTenant, task)->version) + "\"";
  EXPECT_EQ(post(seen, "k1", "hello").status, 201);
  const auto again = post(seen, "k1", "hello");
  EXPECT_EQ(again.status, 200) << again.body << ": the version is older by its own doing";
  EXPECT_EQ(post(seen, "k1", "hello!").status, 412);
  EXPECT_EQ(post(seen, "k2", "hello").status, 412);
  EXPECT_EQ(post(seen, "", "hello").status, 412);
  EXPECT_EQ(answers().size(), 1U);
}

}  // namespace
}  // namespace orgo::contract
