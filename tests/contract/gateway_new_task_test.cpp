// The form in which people take down what somebody tells by phone or at the counter.
#include <gmock/gmock.h>

#include "tests/contract/support/answer_world.h"

namespace orgo::contract {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class NewTaskPage : public AnswerWorld {
 protected:
  HttpResponse take(Fields fields, const std::vector<File>& files = {}, bool cut = false) {
    fields.emplace("key", value_of(shown("/tasks/new"), "key"));
    return say({.method = "POST",
                .target = "/tasks/new",
                .headers = {{"Origin", "http://orgo.example"}, {"Content-Type", "multipart/form-data; boundary=b"}},
                .body = multipart(fields, files).substr(0, cut ? 2'000 : std::string::npos),
                .cut = cut});
  }
  Task newest() { return store.list(TaskListRequest{.tenant = kTenant}).value().front(); }
};

TEST_F(NewTaskPage, IsOfferedToWhoMayChangeTasks) {
  EXPECT_THAT(shown("/"), HasSubstr("<a class=\"button\" href=\"/tasks/new\">New task</a>"));
  const auto page = shown("/tasks/new");
  EXPECT_THAT(page, AllOf(HasSubstr("<h1>New task</h1>"), HasSubstr("together at most 34 KB"),
                          HasSubstr("<option value=\"anna@school.example\"></option>")))
      << "who has asked lately";
  for (const auto* before : {"name=\"title\"", "name=\"text\"", "name=\"requester\"", "name=\"requester_name\"",
                             "name=\"team\"", "name=\"assignee\"", "name=\"priority\"", "name=\"key\""})
    EXPECT_LT(page.find(before), page.find("name=\"files\"")) << before;
  cookie = login(Role::viewer);
  EXPECT_THAT(shown("/"), Not(HasSubstr("/tasks/new")));
  EXPECT_EQ(say({.target = "/tasks/new"}).status, 403);
  EXPECT_EQ(take({{"title", "x"}}).status, 403);
}

TEST_F(NewTaskPage, OpensWhatWasToldOnce) {
  rules = rules::load_rules({{"rules.yaml", "teams: {desk: {address: desk@school.example}}\n"}}).rules;
  const Fields told{{"title", "Key <lost>"},
                    {"text", "Called at nine.\r\nRoom 3."},
                    {"requester", "Kim Berg <kim@client.example>"},
                    {"team", "desk@school.example"},
                    {"assignee", "bert"},
                    {"priority", "high"}};
  auto form = told;
  form["key"] = "k1";
  for (int i = 0; i < 2; ++i) {
    const auto response = take(form, {{"a.txt", "a"}});
    EXPECT_EQ(response.status, 303) << response.body;
    EXPECT_EQ(header(response, "Location"), "/tasks/T-2") << "a second click is the same task";
  }
  const auto opened = newest();
  EXPECT_EQ(opened.title, "Key <lost>");
  EXPECT_EQ(to_string(opened.requester), "kim@client.example");
  EXPECT_EQ(opened.team, "desk");
  EXPECT_EQ(opened.assignee, "bert");
  EXPECT_EQ(opened.priority, Priority::high);
  const auto message = words_of(opened.origin);
  EXPECT_EQ(message.text, "Called at nine.\nRoom 3.\n");
  EXPECT_EQ(message.from->name, "Kim Berg");
  EXPECT_EQ(message.attachments.size(), 1U);
  const auto sends = store.sends_of_task(kTenant, opened.number).value();
  for (const auto& one : sends)
    EXPECT_NE(one.send.recipient.address, "kim@client.example") << "they have spoken to somebody";
}

TEST_F(NewTaskPage, WhoeverIsKnownHereCanBeNamed) {
  const auto known = store.find_person(kTenant, "carl").value().value();
  auto changes =
      people::set(known, {.name = "Carl Key", .address = "carl@school.example"}, "user:test", kStart).value();
  commit(changes);
  for (const auto* who : {"carl", " Carl Key "}) {
    EXPECT_EQ(take({{"title", "Key lost"}, {"requester", who}}).status, 303) << who;
    EXPECT_EQ(to_string(newest().requester), "carl@school.example");
  }
  EXPECT_EQ(take({{"title", "Key lost"}}).status, 303);
  EXPECT_TRUE(newest().requester.empty());
}

TEST_F(NewTaskPage, ComplaintsKeepWhatWasTyped) {
  const auto told = [&](Fields fields, const std::string& words, int status = 400) {
    fields.emplace("text", "Called <at> nine.");
    const auto response = take(fields);
    EXPECT_EQ(response.status, status) << words;
    EXPECT_THAT(response.body,
                AllOf(HasSubstr("role=\"alert\">"), HasSubstr(words), HasSubstr("Called &lt;at&gt; nine.</textarea>")));
  };
  told({{"title", " "}}, "title is empty");
  told({{"title", "x"}, {"requester", "kim@"}}, "is not a mail address");
  told({{"title", "x"}, {"requester", "a@b.example, c@d.example"}}, "is not a mail address");
  told({{"title", "x"}, {"requester", "Nobody"}}, "Nobody called &#39;Nobody&#39; is known here");
  told({{"title", "x"}, {"requester", "bert"}}, "bert has no mail address here");
  told({{"title", "x"}, {"requester", "noreply@client.example"}}, "an address that nobody reads");
  decided.decide.own_addresses = {"help@school.example", "@tickets.example"};
  for (const auto* ours : {"help@school.example", "HELP+form@school.example", "whoever@tickets.example"}) {
    told({{"title", "x"}, {"requester", ours}}, "is an address of ours");
    EXPECT_EQ(post("/api/v1/tasks", R"({"title":"x","requester":")" + std::string(ours) + "\"}").status, 400) << ours;
  }
  told({{"title", "x"}, {"priority", "huge"}}, "There is no such priority");
  told({{"title", "x"}, {"key", ""}}, "The form is not complete");
  submit_fails = {Errc::resource_exhausted, "full"};
  told({{"title", "x"}}, "no room to store it", 507);
  submit_fails = {};
  const auto large = take({{"title", "Leak"}, {"text", "Wet."}}, {{"film.mp4", std::string(9'000, 'x')}}, true);
  EXPECT_EQ(large.status, 413);
  EXPECT_THAT(large.body, AllOf(HasSubstr("The files are too large"), HasSubstr("Nothing was opened."),
                                HasSubstr("Wet.</textarea>"), HasSubstr("value=\"Leak\"")));
  EXPECT_EQ(newest().number, task) << "nothing was opened";
}

TEST_F(NewTaskPage, UntilItIsDecidedItSaysThatItIsKept) {
  deciding = false;
  const auto response = take({{"title", "Key lost"}});
  EXPECT_EQ(header(response, "Location"), "/tasks/new?kept=1");
  EXPECT_THAT(shown("/tasks/new?kept=1"), HasSubstr("role=\"status\">It is kept"));
}

}  // namespace
}  // namespace orgo::contract
