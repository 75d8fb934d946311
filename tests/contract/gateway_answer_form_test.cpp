// What comes of the form in which people answer: once, only what was seen, only from our own pages.
#include <gmock/gmock.h>

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
  const auto larger = admit("http://orgo.example", std::to_string(good.body_max + 1)).refusal.value();
  EXPECT_EQ(larger.status, 413);
  EXPECT_THAT(larger.body, AllOf(HasSubstr("<!doctype html>"), HasSubstr("the files have more than 113536 bytes")));
  EXPECT_EQ(admit("https://evil.example").refusal.value().status, 403);
  cookie = login(Role::viewer);
  EXPECT_EQ(admit("http://orgo.example").refusal.value().status, 403);
  cookie = "";
  EXPECT_EQ(admit("http://orgo.example").refusal.value().status, 303);
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
