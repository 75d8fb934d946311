// Tasks by the API: commands, preconditions, lists.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/contract/support/gateway_world.h"

namespace orgo::contract {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class GatewayTasks : public GatewayWorld {};

TEST_F(GatewayTasks, TheLifeOfATaskByCommands) {
  const auto task = open_task();
  const auto base = "/api/v1/tasks/" + to_string(task);
  const auto state = [&](const HttpResponse& response) {
    EXPECT_EQ(response.status, 200) << response.body;
    return std::string(json_of(response).at("state").as_string());
  };
  EXPECT_EQ(state(post(base + "/assign", R"({"assignee":"anna"})")), "open");
  EXPECT_EQ(state(post(base + "/ack", "")), "acknowledged");
  EXPECT_EQ(state(post(base + "/comment", R"({"text":"Plumber comes at nine."})")), "acknowledged");
  EXPECT_EQ(json_of(post(base + "/priority", R"({"priority":"urgent"})")).at("priority"), "urgent");
  EXPECT_EQ(json_of(post(base + "/tags", R"({"add":["floor","pipe"],"remove":["water"]})")).at("tags"),
            (json::array{"floor", "pipe"}));
  EXPECT_EQ(json_of(post(base + "/route", R"({"team":"office@school.example"})")).at("team"), "office@school.example");
  EXPECT_EQ(json_of(post(base + "/due", R"({"due_at":"2026-02-01T10:00:00+01:00"})")).at("due_at"),
            "2026-02-01T09:00:00Z");
  EXPECT_EQ(json_of(post(base + "/due", R"({"due_at":null})")).at("due_at"), nullptr);
  EXPECT_EQ(state(post(base + "/resolve", R"({"comment":"New pipe."})")), "resolved");
  EXPECT_EQ(state(post(base + "/close", "{}")), "closed");
  EXPECT_EQ(post(base + "/ack", "{}").status, 409) << "closed is closed";
  EXPECT_EQ(state(post(base + "/reopen", "{}")), "open");

  std::vector<std::string> kinds;
  const auto events = json_of(get(base + "/events"));
  for (const auto& event : events.at("items").as_array()) {
    kinds.emplace_back(event.at("kind").as_string());
    EXPECT_TRUE(kinds.size() <= 2 || event.at("actor") == "user:anna" || event.at("kind") == "send.queued")
        << json::serialize(event);
  }
  for (const auto* kind : {"task.opened", "task.assigned", "task.state", "task.commented", "task.priority",
                           "task.tagged", "task.routed", "task.due", "task.reopened"})
    EXPECT_THAT(kinds, testing::Contains(kind));
  EXPECT_EQ(std::count(kinds.begin(), kinds.end(), "task.commented"), 2) << "one of them came with the resolving";
}

TEST_F(GatewayTasks, BadBodiesAreRefusedWithAPointerToEachField) {
  const auto base = "/api/v1/tasks/" + to_string(open_task());
  const auto before = get(base).body;
  const auto errors = [&](const std::string& command, const std::string& body) {
    const auto response = post(base + command, body);
    EXPECT_EQ(response.status, 400) << response.body;
    const auto problem = json_of(response);
    return problem.as_object().contains("errors") ? json::serialize(problem.at("errors"))
                                                  : std::string(problem.at("detail").as_string());
  };
  EXPECT_EQ(errors("/assign", R"({"asignee":"anna"})"),
            R"([{"pointer":"/assignee","detail":"is missing"},)"
            R"({"pointer":"/asignee","detail":"is not known here; did you mean 'assignee'?"}])");
  EXPECT_EQ(errors("/assign", R"({"assignee":7})"), R"([{"pointer":"/assignee","detail":"must be text"}])");
  EXPECT_EQ(errors("/assign", R"({"assignee":")" + std::string(255, 'a') + R"("})"),
            R"([{"pointer":"/assignee","detail":"has 255 bytes; at most 254 are allowed"}])");
  EXPECT_EQ(errors("/priority", R"({"priority":"soon"})"),
            R"([{"pointer":"/priority","detail":"'soon' is not a priority; use low, normal, high or urgent"}])");
  EXPECT_EQ(errors("/tags", R"({"add":["a",7]})"), R"([{"pointer":"/add/1","detail":"must be text"}])");
  EXPECT_EQ(errors("/tags", "{}"), "no tag to add or to remove was named");
  EXPECT_EQ(errors("/fields", "{}"), R"([{"pointer":"/fields","detail":"is missing"}])");
  EXPECT_EQ(errors("/fields", R"({"fields":{"a/b":7}})"), R"([{"pointer":"/fields/a~1b","detail":"must be text"}])");
  EXPECT_EQ(errors("/fields", R"({"fields":[]})"),
            R"([{"pointer":"/fields","detail":"must be an object of texts, as in {\"room\": \"102\"}"}])");
  EXPECT_EQ(errors("/ack", R"({"x~/y":1})"), R"([{"pointer":"/x~0~1y","detail":"is not known here"}])");
  EXPECT_EQ(errors("/comment", "[]"), "The body must be a JSON object, as in {\"text\": \"...\"}.");
  EXPECT_THAT(errors("/comment", "{\"text\":"), StartsWith("The body is not JSON at byte "));
  EXPECT_THAT(errors("/due", R"({"due_at":"soon"})"), HasSubstr("/due_at"));
  EXPECT_THAT(errors("/comment", "{\"text\":" + std::string(100, '[')), StartsWith("The body is not JSON at byte "));
  EXPECT_EQ(
      post(base + "/comment", "text=x", Role::staff, {{"Content-Type", "application/x-www-form-urlencoded"}}).status,
      415);
  EXPECT_EQ(get(base).body, before) << "nothing was changed";
}

TEST_F(GatewayTasks, IfMatchKeepsPeopleFromOverwritingEachOther) {
  const auto base = "/api/v1/tasks/" + to_string(open_task());
  const auto etag = header(get(base), "ETag");
  EXPECT_EQ(etag, "\"0\"");
  const auto first = post(base + "/assign", R"({"assignee":"anna"})", Role::staff, {{"If-Match", etag}});
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(header(first, "ETag"), "\"1\"");
  const auto second = post(base + "/assign", R"({"assignee":"bert"})", Role::staff, {{"If-Match", etag}});
  EXPECT_EQ(second.status, 412) << second.body;
  EXPECT_EQ(json_of(second).at("code"), "version_mismatch");
  EXPECT_EQ(json_of(get(base)).at("assignee"), "anna");
  EXPECT_EQ(post(base + "/assign", R"({"assignee":"bert"})", Role::staff, {{"If-Match", "W/\"1\""}}).status, 412)
      << "weak never matches";
  EXPECT_EQ(post(base + "/assign", R"({"assignee":"bert"})", Role::staff, {{"If-Match", "\"9\", \"1\""}}).status, 200);
  EXPECT_EQ(post(base + "/assign", R"({"assignee":"carl"})", Role::staff, {{"If-Match", "*"}}).status, 200);
  EXPECT_EQ(post(base + "/assign", R"({"assignee":"carl"})", Role::staff, {{"If-Match", "\"3\""}}).status, 409)
      << "current, but nothing to do";
  EXPECT_EQ(ask({.target = base, .headers = {{"If-None-Match", "\"3\""}}}).status, 304);
  EXPECT_EQ(ask({.target = base, .headers = {{"If-None-Match", "\"2\""}}}).status, 200);
}

TEST_F(GatewayTasks, ListsArePagesWithCursors) {
  for (int i = 0; i < 5; ++i)
    open_task("Task " + std::to_string(i), mail("id" + std::to_string(i)), i % 2 == 0 ? "a@x.example" : "b@x.example");
  std::vector<std::string> titles;
  std::string target = "/api/v1/tasks?limit=2";
  int pages = 0;
  while (!target.empty() && pages++ < 10) {
    const auto response = get(target);
    ASSERT_EQ(response.status, 200) << response.body;
    const auto page = json_of(response);
    for (const auto& task : page.at("items").as_array()) titles.emplace_back(task.at("title").as_string());
    const auto link = header(response, "Link");
    EXPECT_EQ(link.empty(), page.at("next_cursor").is_null());
    target = link.empty() ? "" : link.substr(1, link.find('>') - 1);
  }
  EXPECT_THAT(titles, testing::ElementsAre("Task 4", "Task 3", "Task 2", "Task 1", "Task 0"));
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(json_of(get("/api/v1/tasks?team=a%40x.example")).at("items").as_array().size(), 3U);
  EXPECT_EQ(json_of(get("/api/v1/tasks?team=%20a%40x.example%20")).at("items").as_array().size(), 3U);
  EXPECT_EQ(json_of(get("/api/v1/tasks?state=closed")).at("items").as_array().size(), 0U);
  EXPECT_EQ(json_of(get("/api/v1/tasks?open=true")).at("items").as_array().size(), 5U);
  EXPECT_EQ(json_of(get("/api/v1/messages?task=T-2")).at("items").as_array().size(), 1U);

  const std::string cursor(json_of(get("/api/v1/tasks?limit=2")).at("next_cursor").as_string());
  EXPECT_EQ(get("/api/v1/tasks?cursor=" + cursor).status, 200);
  EXPECT_EQ(get("/api/v1/messages?cursor=" + cursor).status, 400) << "a cursor of another list";
  EXPECT_EQ(get("/api/v1/tasks?cursor=9" + cursor).status, 400) << "a cursor that was changed";
  for (const auto* bad :
       {"/api/v1/tasks?limit=0", "/api/v1/tasks?limit=1001", "/api/v1/tasks?limit=x", "/api/v1/tasks?state=sleeping",
        "/api/v1/tasks?open=maybe", "/api/v1/tasks?limt=5", "/api/v1/tasks?limit=5&limit=6", "/api/v1/messages?task=x"})
    EXPECT_EQ(get(bad).status, 400) << bad;
  EXPECT_THAT(get("/api/v1/tasks?limt=5").body, HasSubstr("did you mean 'limit'?"));
  EXPECT_EQ(get("/api/v1/tasks?limit=1000").status, 200);
}

TEST_F(GatewayTasks, ATaskIsMovedByHand) {
  const auto base = "/api/v1/tasks/" + to_string(open_task());
  EXPECT_EQ(json_of(post(base + "/state", R"({"state":"pending"})")).at("state"), "pending");
  EXPECT_EQ(json_of(post(base + "/state", R"({"state":"open"})")).at("state"), "open");
  EXPECT_EQ(post(base + "/state", R"({"state":"open"})").status, 409) << "it is open";
  for (const char* bad : {R"({"state":"new"})", R"({"state":"sleeping"})", R"({})"})
    EXPECT_EQ(post(base + "/state", bad).status, 400) << bad;
  EXPECT_EQ(json_of(post(base + "/state", R"({"state":"resolved"})")).at("state"), "resolved");
  EXPECT_EQ(post(base + "/state", R"({"state":"open"})").status, 409) << "by /reopen only";
}

}  // namespace
}  // namespace orgo::contract
