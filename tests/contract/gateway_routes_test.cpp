// What holds for every route: the table of routes is walked, none is named twice.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include "base/text.h"
#include "service/gateway/core/cookies.h"
#include "service/people/sessions.h"
#include "tests/contract/support/gateway_world.h"
#include "tests/contract/support/who_may.h"
#include "tests/support/source_dir.h"

namespace orgo::contract {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string name_of(const gateway::Route& route) {
  return std::string(route.method) + " " + std::string(route.pattern);
}

/// The pattern with something in place of each {name}.
std::string target_of(const gateway::Route& route, const std::string& filling = "999") {
  std::string target(route.pattern);
  for (auto at = target.find('{'); at != std::string::npos; at = target.find('{', at))
    target.replace(at, target.find('}', at) - at + 1, filling);
  return target;
}

/// Whether the target is of that pattern, by itself or with a word of its own for each {name}.
bool fits(std::string_view pattern, std::string_view target) {
  const auto wanted = split(pattern, '/');
  const auto given = split(target, '/');
  return std::ranges::equal(wanted, given, [](std::string_view want, std::string_view word) {
    return want == word || want.starts_with('{');
  });
}

class GatewayRoutes : public GatewayWorld {
 protected:
  /// Asks as a role, in the way of the route's surface.
  HttpResponse ask_as(const gateway::Route& route, std::optional<Role> role, const std::string& target,
                      const std::string& body = "") {
    Ask what{.method = std::string(route.method), .target = target, .body = body, .as = role};
    if (route.surface == gateway::Surface::page) {
      what.as = std::nullopt;
      if (role) what.headers["Cookie"] = cookies_.at(*role);
      what.headers["Origin"] = "http://orgo.example";
    }
    if (route.body.kind == gateway::Body::Kind::form)
      what.headers["Content-Type"] = "application/x-www-form-urlencoded";
    if (route.body.kind == gateway::Body::Kind::bytes) what.headers["Content-Type"] = std::string(route.body.what);
    if (route.body.kind == gateway::Body::Kind::multipart)
      what.headers["Content-Type"] = "multipart/form-data; boundary=b";
    return ask(what);
  }
  /// Logs every role in; integrations can't, and get a session as if they had.
  void log_all_in() {
    Sessions sessions(settings().cursor_key, store);
    for (const auto& [role, secret] : secrets) {
      auto person = store.find_person(kTenant, login_of(role)).value().value();
      person.last_login = people::session_begin(person, clock.time);
      cookies_[role] = std::string(gateway::kSessionCookie) + "=" + sessions.begin(person);
    }
  }
  std::map<Role, std::string> cookies_;
};

TEST_F(GatewayRoutes, EveryRouteNamesAPermissionOrIsKnownToBeOpen) {
  const std::set<std::string> open{
      "GET /health", "GET /livez",  "GET /healthz", "GET /readyz",    "GET /api/v1/openapi.json",
      "GET /login",  "POST /login", "POST /logout", "GET /style.css", "GET /favicon.svg"};
  std::set<std::string> found;
  for (const auto& route : gateway.routes()) {
    const auto name = std::string(route.method) + " " + std::string(route.pattern);
    EXPECT_TRUE(found.insert(name).second) << name << " stands twice in the table";
    EXPECT_TRUE(route.handler) << name;
    EXPECT_FALSE(route.summary.empty()) << name;
    EXPECT_EQ(!route.permission, open.contains(name))
        << name << ": give it a permission, or add it to the open ones here";
  }
}

TEST_F(GatewayRoutes, EachIsForItsRolesOnly) {
  log_all_in();
  open_task();
  std::set<std::string> seen;
  for (const auto& route : gateway.routes()) {
    if (!route.permission) continue;
    const auto name = name_of(route);
    ASSERT_TRUE(kWho.contains(name)) << name << ": say in this table who may do it";
    seen.insert(name);
    const bool page = route.surface == gateway::Surface::page;
    const auto stranger = ask_as(route, std::nullopt, target_of(route));
    const int turned_away = page ? 303 : 401;
    EXPECT_EQ(stranger.status, route.open ? 200 : turned_away) << name;
    EXPECT_EQ(header(stranger, "Location").starts_with("/login"), page) << name;
    for (const auto& [role, secret] : secrets) {
      const bool allowed = kWho.at(name).find(to_string(role)[0]) != std::string::npos || route.open;
      const auto status = ask_as(route, role, target_of(route)).status;
      if (allowed)
        EXPECT_THAT(status, testing::AllOf(Not(401), Not(403), testing::Lt(500))) << name << " as " << to_string(role);
      else EXPECT_EQ(status, 403) << name << " as " << to_string(role);
    }
  }
  EXPECT_EQ(seen.size(), kWho.size()) << "the table names routes that are gone";
}

TEST_F(GatewayRoutes, EachHoldsTheLimitOfItsBody) {
  log_all_in();
  for (const auto& route : gateway.routes()) {
    if (route.body.kind == gateway::Body::Kind::none) continue;
    log_all_in();  // a logout ends all sessions
    const auto limit = route.body.bytes_max;
    // The largest is a new message with its files in base64, in JSON.
    EXPECT_LE(limit, settings().new_message_max / 3 * 4 + HttpHandler::kSmallBody) << name_of(route);
    const auto target = target_of(route);
    EXPECT_NE(ask_as(route, Role::administrator, target, std::string(limit, ' ')).status, 413) << name_of(route);
    const auto past = ask_as(route, Role::administrator, target, std::string(limit + 1, ' '));
    EXPECT_EQ(past.status, 413) << name_of(route);
    EXPECT_EQ(past.body.find("content_too_large") != std::string::npos, route.surface == gateway::Surface::api);
    if (!route.permission) continue;
    // A stranger is refused before anything is said about the size.
    EXPECT_NE(ask_as(route, std::nullopt, target, std::string(limit + 1, ' ')).status, 413) << name_of(route);
  }
}

TEST_F(GatewayRoutes, HeadIsGetAndASlashAtTheEndSaysNothing) {
  log_all_in();
  open_task();
  for (const auto& route : gateway.routes()) {
    if (route.method != "GET") continue;
    const auto target = target_of(route, "1");
    const auto got = ask_as(route, Role::administrator, target);
    auto head = route;
    head.method = "HEAD";
    EXPECT_EQ(ask_as(head, Role::administrator, target).status, got.status) << target;
    EXPECT_EQ(ask_as(route, Role::administrator, target == "/" ? target : target + "/").status, got.status) << target;
  }
}

TEST_F(GatewayRoutes, OthersMethodsAreRefusedWithThoseThatThereAre) {
  std::map<std::string, std::set<std::string>> known;
  for (const auto& route : gateway.routes())
    for (const auto& other : gateway.routes()) {
      if (!fits(other.pattern, target_of(route))) continue;  // a module could be named "undo"
      auto& methods = known[target_of(route)];
      methods.emplace(other.method);
      if (other.method == "GET") methods.emplace("HEAD");
    }
  for (const auto& [target, methods] : known)
    for (const auto* method : {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get"}) {
      if (methods.contains(method)) continue;
      const auto response = ask({.method = method, .target = target});
      EXPECT_EQ(response.status, 405) << method << " " << target;
      EXPECT_EQ(header(response, "Allow"), join(std::vector<std::string>(methods.begin(), methods.end()), ", "))
          << target;
    }
}

TEST_F(GatewayRoutes, CapturesAreDecodedOnce) {
  module_store.add(MemoryModules::made("hr"));
  EXPECT_EQ(get("/api/v1/modules/%68r").status, 200);
  EXPECT_EQ(get("/api/v1/modules/%2568r").status, 404) << "decoded twice it would be found";
  open_task();
  EXPECT_EQ(get("/api/v1/tasks/%54-1").status, 200);
  EXPECT_EQ(get("/%61pi/v1/tasks/T-1").status, 200) << "words of the pattern too";
  EXPECT_EQ(post("/api/v1/suppressions", R"({"address":"a+b@x.example"})", Role::administrator).status, 201);
  EXPECT_EQ(json_of(get("/api/v1/suppressions/a+b%40x.example")).at("address"), "a+b@x.example");
}

TEST_F(GatewayRoutes, APreconditionIsLookedAtOnEveryChangeOfATask) {
  const auto base = "/api/v1/tasks/" + to_string(open_task());
  std::size_t looked = 0;
  for (const auto& route : gateway.routes()) {
    EXPECT_EQ(route.precondition == gateway::Precondition::if_match,
              route.method == "POST" && route.pattern.starts_with("/api/v1/tasks/{id}/"))
        << name_of(route);
    if (route.precondition == gateway::Precondition::none) continue;
    ++looked;
    const auto target = base + std::string(route.pattern.substr(route.pattern.rfind('/')));
    for (const auto* wrong : {"\"7\"", "W/\"0\"", "\"7\", \"8\"", "0", "\"0", "nonsense"})
      EXPECT_EQ(post(target, "", Role::staff, {{"If-Match", wrong}}).status, 412) << target << " " << wrong;
    for (const auto* right : {"\"0\"", "*", "\"7\",\"0\"", " \"0\" "})
      EXPECT_NE(post(target, "{\"x\":1}", Role::staff, {{"If-Match", right}}).status, 412) << target << " " << right;
  }
  EXPECT_GE(looked, 12U);
}

TEST_F(GatewayRoutes, TheDescriptionListsEveryRouteAndStandsInDocs) {
  const auto response = get("/api/v1/openapi.json", std::nullopt);
  ASSERT_EQ(response.status, 200);
  const auto document = json_of(response).as_object();
  const auto& paths = document.at("paths").as_object();
  std::size_t listed = 0;
  for (const auto& route : gateway.routes()) {
    if (route.surface == gateway::Surface::page) continue;
    ++listed;
    const auto* path = paths.if_contains(json::string_view(route.pattern.data(), route.pattern.size()));
    ASSERT_NE(path, nullptr) << route.pattern;
    EXPECT_TRUE(path->as_object().contains(ascii_lower(route.method))) << route.pattern;
    const bool by_name = !route.answer.empty() && route.answer.find('/') == std::string_view::npos;
    EXPECT_TRUE(!by_name || std::any_of(gateway.schemas().begin(), gateway.schemas().end(),
                                        [&](const auto& schema) { return schema.name == route.answer; }))
        << route.answer << " has no schema";
  }
  std::size_t described = 0;
  std::set<std::string> operations;
  for (const auto& path : paths)
    for (const auto& operation : path.value().as_object()) {
      ++described;
      EXPECT_TRUE(operations.insert(std::string(operation.value().at("operationId").as_string())).second);
    }
  EXPECT_EQ(described, listed);

  const std::string file = source_dir() + "/docs/openapi.json";
  if (std::getenv("ORGO_UPDATE") != nullptr) std::ofstream(file, std::ios::binary) << response.body;
  EXPECT_EQ(read_file(file), response.body)
      << "docs/openapi.json is not what the routes say; ORGO_UPDATE=1 writes it again";
}

/// The properties of a schema and the fields of a real answer are the same.
void expect_described(const std::vector<gateway::Schema>& schemas, const std::string& name, const json::value& answer) {
  for (const auto& [known, text] : schemas) {
    if (known != name) continue;
    const auto schema = *parse_json(text);
    const auto& properties = schema.at("properties").as_object();
    for (const auto& field : answer.as_object())
      EXPECT_TRUE(properties.contains(field.key())) << name << " has no " << field.key();
    for (const auto& property : properties)
      EXPECT_TRUE(name == "Problem" || answer.as_object().contains(property.key()))
          << name << " promises " << property.key();
    return;
  }
  FAIL() << name << " has no schema";
}

TEST_F(GatewayRoutes, AnswersHaveTheFieldsThatAreDescribed) {
  const auto task = open_task();
  expect_described(gateway.schemas(), "Task", json_of(get("/api/v1/tasks/" + to_string(task))));
  expect_described(gateway.schemas(), "TaskPage", json_of(get("/api/v1/tasks")));
  expect_described(gateway.schemas(), "EventPage", json_of(get("/api/v1/events")));
  expect_described(gateway.schemas(), "Event", json_of(get("/api/v1/events")).at("items").at(0));
  expect_described(gateway.schemas(), "Message", json_of(get("/api/v1/messages/1")));
  expect_described(gateway.schemas(), "MessagePage", json_of(get("/api/v1/messages")));
  expect_described(gateway.schemas(), "Trace", json_of(get("/api/v1/messages/1/trace")));
  expect_described(gateway.schemas(), "Ledger", json_of(get("/api/v1/ledger")));
  expect_described(gateway.schemas(), "DeadLetterPage", json_of(get("/api/v1/queue/dead")));
  expect_described(gateway.schemas(), "PersonPage", json_of(get("/api/v1/people")));
  expect_described(gateway.schemas(), "Person", json_of(get("/api/v1/people/anna")));
  expect_described(gateway.schemas(), "TokenPage", json_of(get("/api/v1/tokens")));
  expect_described(gateway.schemas(), "Token", json_of(get("/api/v1/tokens")).at("items").at(0));
  expect_described(gateway.schemas(), "NewToken",
                   json_of(post("/api/v1/tokens", R"({"name":"x","person":"anna"})", Role::administrator)));
  expect_described(gateway.schemas(), "Suppression",
                   json_of(post("/api/v1/suppressions", R"({"address":"x@y.example"})", Role::administrator)));
  expect_described(gateway.schemas(), "SuppressionPage", json_of(get("/api/v1/suppressions", Role::administrator)));
  module_store.add(MemoryModules::made("hr"));
  expect_described(gateway.schemas(), "ModulePage", json_of(get("/api/v1/modules", Role::manager)));
  expect_described(gateway.schemas(), "ModuleLine", json_of(get("/api/v1/modules", Role::manager)).at("items").at(0));
  expect_described(gateway.schemas(), "Module", json_of(get("/api/v1/modules/hr", Role::manager)));
  expect_described(gateway.schemas(), "ModuleTeamPage", json_of(get("/api/v1/module-teams", Role::manager)));
  expect_described(gateway.schemas(), "ModuleTeam",
                   json_of(get("/api/v1/module-teams", Role::manager)).at("items").at(0));
  expect_described(gateway.schemas(), "Health", json_of(get("/health", std::nullopt)));
  expect_described(gateway.schemas(), "Problem", json_of(get("/api/v1/tasks/999")));
}

TEST_F(GatewayRoutes, UnknownAddressesAndMethods) {
  EXPECT_EQ(get("/api/v1/nothing").status, 404);
  EXPECT_EQ(get("/api/v1/tasks/").status, 200) << "a slash at the end is harmless";
  const auto wrong = ask({.method = "PATCH", .target = "/api/v1/tasks/1"});
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(header(wrong, "Allow"), "GET, HEAD");
  EXPECT_EQ(ask({.method = "HEAD", .target = "/api/v1/tasks"}).status, 200);
  for (const auto* bad :
       {"/api/v1/../v1/tasks", "/api/v1/%2e%2e/tasks", "/api//v1", "/api/v1/tasks/%00", "/api/v1/tasks/%zz",
        "/api/v1/tasks/%ff", "/api/v1/tasks/a%2fb", "http://evil.example/", "*", ""})
    EXPECT_EQ(get(bad).status, 400) << bad;
}

TEST_F(GatewayRoutes, EveryAnswerCarriesTheSecurityHeaders) {
  for (const auto* target : {"/", "/login", "/api/v1/tasks", "/api/v1/nothing", "/style.css", "/livez"}) {
    const auto response = get(target);
    EXPECT_EQ(header(response, "Content-Security-Policy"),
              "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; "
              "base-uri 'none'; frame-ancestors 'none'")
        << target;
    EXPECT_EQ(header(response, "X-Frame-Options"), "DENY") << target;
    EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff") << target;
    EXPECT_FALSE(header(response, "Cache-Control").empty()) << target;
  }
  EXPECT_EQ(header(get("/api/v1/tasks"), "Cache-Control"), "no-store");
}

}  // namespace
}  // namespace orgo::contract
