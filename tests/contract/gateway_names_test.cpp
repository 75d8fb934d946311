// Names of people and teams in commands: the same by the API and on the page.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/support/gateway_world.h"

namespace orgo::contract {
namespace {

using testing::AllOf;
using testing::HasSubstr;

using GatewayNames = GatewayWorld;

TEST_F(GatewayNames, AnUnknownNameIsAnErrorWithTheNearest) {
  const auto base = "/api/v1/tasks/" + to_string(open_task());
  const auto wrong = post(base + "/assign", R"({"assignee":"ana"})");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr("did you mean 'anna'?"));
  EXPECT_EQ(post(base + "/route", R"({"team":"manger"})").status, 400);
  EXPECT_EQ(json_of(post(base + "/assign", R"({"assignee":" Anna "})")).at("assignee"), "anna");
  EXPECT_EQ(json_of(post(base + "/assign", R"({"assignee":"firm@outside.example"})")).at("assignee"),
            "firm@outside.example");
  EXPECT_EQ(json_of(post(base + "/assign", R"({"assignee":""})")).at("assignee"), "");
  EXPECT_EQ(ask({.method = "POST", .target = "/api/v1/people/manager/disable"}).status, 200);
  EXPECT_EQ(post(base + "/assign", R"({"assignee":"manager"})").status, 409) << "nobody who is gone";
}

TEST_F(GatewayNames, AListOfNobodysTasksIsAnErrorWithTheNearest) {
  const auto list = [&](const std::string& query) { return get("/api/v1/tasks?" + query); };
  const auto count = [&](const std::string& query) { return json_of(list(query)).at("items").as_array().size(); };
  const auto base = "/api/v1/tasks/" + to_string(open_task());
  for (const char* query : {"assignee=ana", "team=ana", "open=true&assignee=ana", "state=closed&assignee=%20ana%20"}) {
    EXPECT_EQ(list(query).status, 400) << query;
    EXPECT_THAT(list(query).body, HasSubstr("did you mean 'anna'?")) << query;
  }
  EXPECT_EQ(count("assignee=anna"), 0U) << "somebody without work";
  EXPECT_EQ(count("assignee=nobody@outside.example"), 0U);
  EXPECT_EQ(count("assignee="), 1U);
  EXPECT_EQ(post(base + "/assign", R"({"assignee":"manager"})").status, 200);
  EXPECT_EQ(ask({.method = "POST", .target = "/api/v1/people/manager/disable"}).status, 200);
  EXPECT_EQ(count("assignee=manager"), 1U) << "nobody any more, but a task says so";
  EXPECT_EQ(count("assignee=manager&state=closed"), 0U);
  EXPECT_EQ(post(base + "/assign", R"({"assignee":""})").status, 200);
  EXPECT_EQ(count("assignee=manager"), 0U) << "disabled is not unknown";
}

TEST_F(GatewayNames, WhoIsAssignedIsToldAtTheirAddress) {
  const auto task = open_task();
  EXPECT_EQ(
      ask({.method = "PUT", .target = "/api/v1/people/manager", .body = R"({"address":"boss@school.example"})"}).status,
      200);
  const auto answer =
      json_of(post("/api/v1/tasks/" + to_string(task) + "/assign", R"({"assignee":"Boss@school.example"})"));
  EXPECT_EQ(answer.at("assignee"), "manager") << "one person, whatever they are called by";
  const auto sends = static_cast<Outbox&>(store).sends_of_task(kTenant, task).value();
  ASSERT_FALSE(sends.empty());
  EXPECT_EQ(sends.back().send.recipient.address, "boss@school.example");
  // Who sends it once more stands in the history of the task that it tells of.
  const auto retry = [&](SendId id) {
    return ask({.method = "POST", .target = "/api/v1/sends/" + to_string(id) + "/retry"}).status;
  };
  EXPECT_EQ(retry(sends.back().id), 204);
  EXPECT_THAT(get("/api/v1/tasks/" + to_string(task) + "/events").body, HasSubstr("send.retried"));
  EXPECT_EQ(retry(SendId{4711}), 404);
}

TEST_F(GatewayNames, ThePageOffersThemAndTakesOneself) {
  const auto task = "/tasks/" + to_string(open_task());
  const auto cookie = login();
  const auto body = page(task, cookie).body;
  EXPECT_THAT(body, AllOf(HasSubstr("<datalist id=\"names\">"), HasSubstr("<option value=\"anna\">"),
                          testing::Not(HasSubstr("<option value=\"integration\">"))));
  const auto at = body.find("name=\"version\" value=\"") + 22;
  const auto version = body.substr(at, body.find('"', at) - at);
  EXPECT_EQ(form(task + "/assign", "version=" + version + "&value=ana", cookie).status, 400);
  EXPECT_EQ(form(task + "/assign", "version=" + version + "&value=anna", cookie).status, 303);
  EXPECT_EQ(json_of(get("/api/v1" + task)).at("assignee"), "anna");
}

}  // namespace
}  // namespace orgo::contract
