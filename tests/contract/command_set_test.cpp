// The commands on tasks are declared once: the API, openapi.json and the pages show the same set (the command line:
// tests/e2e/commands_test.py).
#include <gmock/gmock.h>

#include <set>

#include "core/task/command.h"
#include "tests/contract/support/gateway_world.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

class CommandSet : public GatewayWorld {
 protected:
  static std::set<std::string> declared() {
    std::set<std::string> names;
    for (const auto& command : commands::all()) names.emplace(command.name);
    return names;
  }
  /// Where the forms of a page lead, behind `prefix`.
  static std::set<std::string> forms_of(const std::string& body, const std::string& prefix) {
    std::set<std::string> names;
    const auto begin = "action=\"" + prefix;
    for (auto at = body.find(begin); at != std::string::npos; at = body.find(begin, at + 1)) {
      const auto from = at + begin.size();
      names.insert(body.substr(from, body.find('"', from) - from));
    }
    return names;
  }
};

TEST_F(CommandSet, OpenapiHasIt) {
  const auto document = json_of(get("/api/v1/openapi.json"));
  std::set<std::string> found;
  const std::string prefix = "/api/v1/tasks/{id}/";
  for (const auto& path : document.at("paths").as_object())
    if (const std::string name(path.key()); name.starts_with(prefix) && path.value().as_object().contains("post"))
      found.insert(name.substr(prefix.size()));
  // An answer is no command: it is a message, which is processed as all are.
  EXPECT_EQ(found.erase("reply") + found.erase("recall"), 2U);
  EXPECT_EQ(found, declared());
  for (const auto& command : commands::all()) {
    const auto& schema = document.at("paths")
                             .at(prefix + std::string(command.name))
                             .at("post")
                             .at("requestBody")
                             .at("content")
                             .at("application/json")
                             .at("schema");
    EXPECT_EQ(schema, *parse_json(commands::input_schema(command))) << command.name;
  }
}

TEST_F(CommandSet, TheApiAnswersIt) {
  const auto task = "/api/v1/tasks/" + to_string(open_task()) + "/";
  for (const auto& command : commands::all()) {
    const auto answer = post(task + std::string(command.name), "{\"nobody asked for this\":1}");
    EXPECT_EQ(answer.status, 400) << command.name << " " << answer.body;
    EXPECT_EQ(post(task + std::string(command.name), "{}", Role::viewer).status, 403) << command.name;
  }
  EXPECT_EQ(post(task + "explode", "{}").status, 404);
}

TEST_F(CommandSet, ThePagesShowIt) {
  const auto number = to_string(open_task());
  const auto cookie = login();
  const auto prefix = "/tasks/" + number + "/";
  auto shown = forms_of(page("/tasks/" + number, cookie).body, prefix);
  ASSERT_EQ(post("/api/v1" + prefix + "resolve", "{}").status, 200);
  shown.merge(forms_of(page("/tasks/" + number, cookie).body, prefix));
  auto expected = declared();
  expected.erase("fields");                                                      // of tasks that have a type
  expected.erase("sla");                                                         // of houses that have service levels
  expected.erase("comment");                                                     // the box of answers keeps notes
  for (const auto* name : {"unlink", "unmerge", "split"}) expected.erase(name);  // of tasks that have such
  EXPECT_EQ(shown.erase("reply"), 1U);
  EXPECT_EQ(shown, expected);
  for (const auto& command : commands::all())
    EXPECT_NE(form(prefix + std::string(command.name), "version=0&value=", cookie).status, 404) << command.name;
  EXPECT_EQ(form(prefix + "explode", "version=0", cookie).status, 404);
}

TEST_F(CommandSet, ThePageMovesATaskAndSaysWhenItIsDue) {
  const auto number = to_string(open_task());
  const auto cookie = login();
  const auto version = [&] {
    const auto body = page("/tasks/" + number, cookie).body;
    const auto at = body.find("name=\"version\" value=\"") + 22;
    return body.substr(at, body.find('"', at) - at);
  };
  EXPECT_EQ(form("/tasks/" + number + "/state", "version=" + version() + "&value=pending", cookie).status, 303);
  EXPECT_EQ(form("/tasks/" + number + "/due", "version=" + version() + "&value=2027-03-01+12%3A30", cookie).status,
            303);
  const auto task = json_of(get("/api/v1/tasks/" + number));
  EXPECT_EQ(task.at("state").as_string(), "pending");
  EXPECT_EQ(task.at("due_at").as_string(), "2027-03-01T12:30:00Z");
  EXPECT_THAT(page("/tasks/" + number, cookie).body, testing::HasSubstr("value=\"2027-03-01 12:30\""));
  EXPECT_EQ(form("/tasks/" + number + "/due", "version=" + version() + "&value=", cookie).status, 303);
  EXPECT_TRUE(json_of(get("/api/v1/tasks/" + number)).at("due_at").is_null());
  EXPECT_EQ(form("/tasks/" + number + "/state", "version=" + version() + "&value=new", cookie).status, 400);
}

}  // namespace
}  // namespace orgo::contract
