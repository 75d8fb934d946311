// Several tasks in one command, by the API and on the page; and times in words.
#include <gmock/gmock.h>

#include "core/task/command.h"
#include "service/tasks/run_many.h"
#include "tests/contract/support/gateway_world.h"

namespace orgo::contract {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class GatewayMany : public GatewayWorld {
 protected:
  GatewayMany() {
    for (int i = 1; i <= 3; ++i) open_task("Task " + std::to_string(i), mail("m" + std::to_string(i) + "@x"));
  }
  std::string state(const std::string& task) {
    return std::string(json_of(get("/api/v1/tasks/" + task)).at("state").as_string());
  }
  std::vector<std::string> outcomes(const HttpResponse& response) {
    EXPECT_EQ(response.status, 200) << response.body;
    std::vector<std::string> lines;
    const auto answer = json_of(response);
    for (const auto& item : answer.at("items").as_array()) {
      auto line = std::string(item.at("task").as_string()) + " ";
      line += item.at("done").as_bool() ? std::string(item.at("result").at("state").as_string())
                                        : std::to_string(item.at("problem").at("status").as_int64()) + " " +
                                              std::string(item.at("problem").at("code").as_string());
      lines.push_back(line);
    }
    EXPECT_EQ(answer.at("done").as_int64() + answer.at("failed").as_int64(), static_cast<std::int64_t>(lines.size()));
    return lines;
  }
};

TEST_F(GatewayMany, EachTaskHasItsOwnOutcomeAndOneRefusalStopsNoOther) {
  ASSERT_EQ(post("/api/v1/tasks/2/close", "").status, 200);
  const auto answer = post("/api/v1/tasks/close", R"({"tasks":["T-3","2","T-99","x","T-1","3"],"comment":"Done."})");
  EXPECT_THAT(outcomes(answer),
              ElementsAre("T-3 closed", "T-2 409 conflict", "T-99 404 not_found", "x 404 not_found", "T-1 closed"));
  EXPECT_EQ(json_of(answer).at("failed").as_int64(), 3);
  EXPECT_EQ(state("T-1"), "closed");
  EXPECT_THAT(get("/api/v1/tasks/T-1/events").body, HasSubstr("Done.")) << "all that is told is told to each";
  EXPECT_THAT(get("/api/v1/tasks/T-2/events").body, Not(HasSubstr("Done.")));
}

TEST_F(GatewayMany, AHundredAreTakenAndNoneMore) {
  const auto tasks = [](std::size_t count) {
    std::string list;
    for (std::size_t i = 0; i < count; ++i) list += (i > 0 ? ",\"T-" : "\"T-") + std::to_string(1 + i) + "\"";
    return "{\"tasks\":[" + list + "]}";
  };
  EXPECT_EQ(outcomes(post("/api/v1/tasks/ack", tasks(kTasksAtOnceMax))).size(), kTasksAtOnceMax);
  const auto more = post("/api/v1/tasks/close", tasks(kTasksAtOnceMax + 1));
  EXPECT_EQ(more.status, 400);
  EXPECT_THAT(more.body, HasSubstr("at most 100"));
  EXPECT_EQ(state("T-1"), "acknowledged") << "of a request that is refused nothing is done";
  for (const auto* none : {"{}", R"({"tasks":[]})", R"({"tasks":"T-1"})", R"({"tasks":["T-1"],"colour":"red"})"})
    EXPECT_EQ(post("/api/v1/tasks/close", none).status, 400) << none;
}

TEST_F(GatewayMany, WhatACommandIsToldIsCheckedOnce) {
  EXPECT_EQ(post("/api/v1/tasks/priority", R"({"tasks":["T-1"],"priority":"huge"})").status, 400);
  EXPECT_THAT(outcomes(post("/api/v1/tasks/assign", R"({"tasks":["T-1","T-2"],"assignee":"bert"})")),
              ElementsAre("T-1 open", "T-2 open"));
  EXPECT_EQ(json_of(get("/api/v1/tasks/T-2")).at("assignee"), "bert");
  EXPECT_EQ(post("/api/v1/tasks/close", R"({"tasks":["T-1"]})", Role::viewer).status, 403);
  EXPECT_EQ(post("/api/v1/tasks/explode", R"({"tasks":["T-1"]})").status, 405) << "there is but GET /tasks/{id}";
}

TEST_F(GatewayMany, OpenapiTellsOfEachCommandWithItsTasks) {
  const auto document = json_of(get("/api/v1/openapi.json"));
  for (const auto& command : commands::all()) {
    const auto path = "/api/v1/tasks/" + std::string(command.name);
    const auto* known = document.at("paths").as_object().if_contains(path);
    ASSERT_EQ(known != nullptr && known->as_object().contains("post"), !command.one_only) << path;
    if (known == nullptr) continue;
    const auto& schema =
        known->at("post").at("requestBody").at("content").at("application/json").at("schema").as_object();
    EXPECT_TRUE(schema.at("properties").as_object().contains("tasks")) << path;
  }
}

TEST(RunMany, AStoreThatIsDownStopsThoseBehindIt) {
  const std::vector<NamedTask> tasks{{"T-1"}, {"T-2"}, {"T-3"}, {"T-4"}};
  for (const auto code : {Errc::unavailable, Errc::resource_exhausted, Errc::deadline_exceeded, Errc::corrupt}) {
    int asked = 0;
    const auto outcomes = run_many(tasks, [&](TaskNumber number, auto) -> Result<Task> {
      ++asked;
      if (number.value == 2) return failure(code, "the disk");
      return Task{.tenant = TenantId{1}, .number = number};
    });
    EXPECT_EQ(asked, 2);
    ASSERT_EQ(outcomes.size(), 4U);
    EXPECT_TRUE(outcomes[0].task);
    EXPECT_EQ(outcomes[3].task.error().code, code);
  }
  EXPECT_FALSE(check_how_many(0));
  EXPECT_TRUE(check_how_many(kTasksAtOnceMax));
  EXPECT_FALSE(check_how_many(kTasksAtOnceMax + 1));
}

TEST_F(GatewayMany, ThePageHasABoxForEachAndTellsWhatBecameOfThem) {
  const auto cookie = login();
  const auto list = page("/?team=&state=open", cookie).body;
  EXPECT_THAT(list, AllOf(HasSubstr("name=\"tick-T-1\" value=\"0\""), HasSubstr("id=\"many\"")));
  EXPECT_THAT(page("/", login(Role::viewer)).body, Not(HasSubstr("tick-"))) << "who may only look ticks nothing";
  ASSERT_EQ(post("/api/v1/tasks/T-2/assign", R"({"assignee":"bert"})").status, 200);
  const auto done = form("/?state=open", "do=close&tick-T-1=0&tick-T-2=0&with=assign&value=", cookie);
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_THAT(done.body, AllOf(HasSubstr("T-1</a> is closed"), HasSubstr("T-2</a> <span class=\"urgent\">was left")));
  EXPECT_EQ(state("T-1"), "closed");
  EXPECT_EQ(state("T-2"), "open") << "it was changed since the list showed it";
  EXPECT_EQ(form("/", "do=take&tick-T-3=0&with=assign&value=", cookie).status, 200);
  EXPECT_EQ(json_of(get("/api/v1/tasks/T-3")).at("assignee"), "anna");
  EXPECT_EQ(form("/", "do=with&with=tags&value=wet&tick-T-2=0&tick-T-3=0", cookie).status, 200);
  for (const auto* task : {"T-2", "T-3"})
    EXPECT_EQ(json_of(get(std::string("/api/v1/tasks/") + task)).at("tags").as_array().back(), "wet")
        << "what is only added minds no version";
  EXPECT_EQ(form("/", "do=close&with=assign&value=", cookie).status, 400) << "nothing is ticked";
  EXPECT_EQ(form("/", "do=explode&tick-T-2=1", cookie).status, 404);
  EXPECT_EQ(form("/", "do=with&with=comment&value=x&tick-T-2=1", cookie).status, 404) << "not offered";
  EXPECT_EQ(form("/", "do=with&with=due&value=soon&tick-T-2=1", cookie).status, 400);
  EXPECT_EQ(form("/", "do=close&tick-T-2=1", login(Role::viewer)).status, 403);
}

TEST_F(GatewayMany, OneBoxStandsForAllThatTheListShows) {
  const auto cookie = login();
  const auto list = page("/", cookie).body;
  EXPECT_THAT(list, HasSubstr("name=\"shown\" value=\"T-3=0 T-2=0 T-1=0\""));
  EXPECT_LT(list.find("id=\"many\""), list.find("<table")) << "nobody scrolls past the list to act on it";
  ASSERT_EQ(post("/api/v1/tasks/T-2/assign", R"({"assignee":"bert"})").status, 200);
  const auto done = form("/", "do=ack&all=1&shown=T-3%3D0+T-2%3D0+T-1%3D0&tick-T-1=0&with=assign&value=", cookie);
  EXPECT_THAT(done.body, HasSubstr("T-2</a> <span class=\"urgent\">was left")) << "it was changed since";
  EXPECT_EQ(state("T-1"), "acknowledged");
  EXPECT_EQ(state("T-3"), "acknowledged");
  EXPECT_EQ(form("/", "do=ack&all=1&shown=&with=assign&value=", cookie).status, 400) << "there was nothing";
  EXPECT_EQ(form("/", "do=close&shown=T-3%3D0&with=assign&value=", cookie).status, 400) << "nothing is ticked";
}

TEST_F(GatewayMany, TheListSaysWhatIsDue) {
  ASSERT_EQ(post("/api/v1/tasks/T-1/due", R"({"due_at":"2025-12-01T09:00:00Z"})").status, 200);
  ASSERT_EQ(post("/api/v1/tasks/T-2/due", R"({"due_at":"2027-03-01T09:00:00Z"})").status, 200);
  const auto list = page("/", login()).body;
  EXPECT_THAT(list, AllOf(HasSubstr("<span class=\"urgent when\">overdue since <time"),
                          HasSubstr("<span class=\"soft when\">due <time")));
}

TEST_F(GatewayMany, AnAddressThatThereIsNotKeepsTheWayBack) {
  const auto bar = page("/no/such/page", login());
  EXPECT_EQ(bar.status, 404);
  EXPECT_THAT(bar.body, AllOf(HasSubstr("Log out"), HasSubstr("/account")));
  EXPECT_THAT(page("/no/such/page", "").body, Not(HasSubstr("Log out")));
}

TEST_F(GatewayMany, AWholePageOfTicksIsOneForm) {
  std::string fields = "do=ack&with=assign&value=";
  for (int i = 0; i < 50; ++i) fields += "&tick-T-" + std::to_string(1 + i) + "=0";
  EXPECT_EQ(form("/", fields, login()).status, 200);
  EXPECT_EQ(state("T-3"), "acknowledged");
}

TEST_F(GatewayMany, TimesAreWrittenInWordsEverywhere) {
  // 2026-01-01T03:00:00Z, a Thursday; the organization's zone is UTC.
  const auto due = [&](const std::string& text) {
    const auto answer = post("/api/v1/tasks/T-1/due", "{\"due_at\":" + text + "}");
    if (answer.status != 200) return std::to_string(answer.status);
    const auto at = json_of(answer).at("due_at");
    return at.is_null() ? std::string("null") : std::string(at.as_string());
  };
  EXPECT_EQ(due("\"tomorrow 12:00\""), "2026-01-02T12:00:00Z");
  EXPECT_EQ(due("\"friday 9:00\""), "2026-01-02T09:00:00Z");
  EXPECT_EQ(due("\"2 hours\""), "2026-01-01T05:00:00Z");
  EXPECT_EQ(due("null"), "null");
  EXPECT_EQ(due("\"soon\""), "400");
  EXPECT_EQ(ask({.method = "PUT", .target = "/api/v1/people/anna", .body = R"({"time_zone":"Asia/Kolkata"})"}).status,
            200);
  const auto cookie = login();
  const auto form_of = [&](const std::string& command, const std::string& value) {
    const auto version = std::to_string(json_of(get("/api/v1/tasks/T-1")).at("version").as_int64());
    return form("/tasks/T-1/" + command, "version=" + version + "&value=" + value, cookie);
  };
  EXPECT_EQ(form_of("due", "tomorrow+12%3A00").status, 303);
  EXPECT_EQ(json_of(get("/api/v1/tasks/T-1")).at("due_at"), "2026-01-02T06:30:00Z") << "in the zone of who reads";
  EXPECT_THAT(page("/tasks/T-1", cookie).body, HasSubstr("value=\"2026-01-02 12:00\""));
  const auto wrong = form_of("due", "soon");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr("is not a time (Asia/Kolkata)"));
  EXPECT_EQ(form_of("pend", "friday+9%3A00").status, 303);
  EXPECT_EQ(json_of(get("/api/v1/tasks/T-1")).at("pending_until"), "2026-01-02T03:30:00Z");
  EXPECT_THAT(page("/tasks/T-1", cookie).body, HasSubstr("pending</span> until"));
  EXPECT_THAT(page("/", cookie).body, HasSubstr("until"));
}

TEST_F(GatewayMany, ATaskIsPendingUntilADate) {
  const auto answer = post("/api/v1/tasks/T-1/pend", R"({"until":"friday 9:00"})");
  EXPECT_EQ(json_of(answer).at("state"), "pending");
  EXPECT_EQ(json_of(answer).at("pending_until"), "2026-01-02T09:00:00Z");
  EXPECT_EQ(post("/api/v1/tasks/T-1/pend", R"({"until":"2025-01-01T00:00:00Z"})").status, 400) << "it has passed";
  EXPECT_EQ(json_of(post("/api/v1/tasks/T-1/pend", "{}")).at("pending_until"), nullptr);
  EXPECT_EQ(post("/api/v1/tasks/T-1/pend", "{}").status, 409) << "it is pending already";
  EXPECT_THAT(outcomes(post("/api/v1/tasks/pend", R"({"tasks":["T-2","T-3"],"until":"2 hours"})")),
              ElementsAre("T-2 pending", "T-3 pending"));
  EXPECT_EQ(json_of(post("/api/v1/tasks/T-2/state", R"({"state":"open"})")).at("pending_until"), nullptr);
}

}  // namespace
}  // namespace orgo::contract
