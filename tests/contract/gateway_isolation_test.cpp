// No route shows, changes or betrays what another tenant has: every route of the table, for each role, with the ids of
// another tenant's things. The list of routes is the gateway's own, so that a new one is in this by itself.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "core/suppression/suppress.h"
#include "service/gateway/core/cookies.h"
#include "service/people/sessions.h"
#include "tests/contract/support/gateway_world.h"
#include "tests/contract/support/neighbour.h"

namespace orgo::contract {
namespace {

using gateway::Body;
using gateway::Route;
using gateway::Surface;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kSecret = "SECRET";
constexpr int kTheirs = 60;

/// A value that a JSON Schema takes; what it does not say is a text.
json::value sample_of(const json::object& schema) {
  if (const auto* names = schema.if_contains("enum"); names != nullptr && !names->as_array().empty())
    return names->as_array().front();
  std::string type = "string";
  if (const auto* said = schema.if_contains("type"))
    type = said->is_array() ? std::string(said->as_array().front().as_string()) : std::string(said->as_string());
  if (type == "object") {
    json::object made;
    if (const auto* fields = schema.if_contains("properties"))
      for (const auto& [name, field] : fields->as_object())
        made[name] = name == "tasks"                    ? json::value(json::array{"T-" + std::to_string(kTheirs)})
                     : name == "task" || name == "into" ? json::value("T-" + std::to_string(kTheirs))
                     : name == "message"                ? json::value("m" + std::to_string(kTheirs))
                                                        : sample_of(field.as_object());
    if (const auto* more = schema.if_contains("additionalProperties"); more != nullptr && more->is_object())
      made["room"] = sample_of(more->as_object());
    return made;
  }
  if (type == "array") {
    json::array made;
    const auto* items = schema.if_contains("items");
    made.push_back(items != nullptr ? sample_of(items->as_object()) : json::value("x"));
    return made;
  }
  if (type == "boolean") return true;
  if (type == "integer" || type == "number") return 1;
  if (const auto* format = schema.if_contains("format"); format != nullptr && format->as_string() == "date-time")
    return "2026-02-01T00:00:00Z";
  return "x";
}

class GatewayIsolation : public GatewayWorld {
 protected:
  GatewayIsolation() {
    open_task("ours");
    const auto other = store.put_tenant(kNeighbour, *commands::add_tenant("other", {}, "user:cli", kStart));
    EXPECT_EQ(other->id, kOtherTenant);
    EXPECT_TRUE(
        store.put_tenant(kTenant, *commands::add_tenant("secret-tenant", {"secret.example"}, "user:root", kStart)));
    // Numbers are per tenant, and calls make new things of ours: theirs are beyond those, so that an id is theirs only.
    for (int i = 1; i <= kTheirs; ++i) theirs(i);
    bury_theirs();
    const auto blocked =
        commands::suppress(kOtherTenant, {}, "secret@other.example", kSecret, std::nullopt, "user:SECRET", kStart);
    EXPECT_TRUE(store.commit(std::span(&*blocked, 1), within(Millis{1'000}))->at(0));
    for (int i = 1; i <= kTheirs; ++i) {
      const ApiToken made{.tenant = kOtherTenant,
                          .name = "SECRET token " + std::to_string(i),
                          .role = Role::staff,
                          .created_at = kStart};
      token = commit_one(store, make_token(made, sha256(made.name), "user:SECRET"), within(Millis{1'000}))->token;
    }
    MailboxStatus box{.record = {.tenant = kOtherTenant, .name = "secret-box", .source = "imap://SECRET"}};
    mailboxes = {box};
  }
  /// A token of the administrator of the other tenant.
  std::string their_boss() {
    auto secret = gateway::new_token_secret();
    const ApiToken made{.tenant = kOtherTenant, .name = "boss", .role = Role::administrator, .created_at = kStart};
    EXPECT_TRUE(commit_one(store, make_token(made, gateway::token_hash(secret), "test"), within(Millis{1'000})));
    return secret;
  }
  MessageId accept_theirs(int number) {
    const auto bytes = mail("secret" + std::to_string(number) + "@other", kSecret);
    const auto one = raw(bytes, "secret@other.example", kOtherTenant);
    return static_cast<MessageStore&>(store).accept(std::span(&one, 1), within(Millis{1'000}))->at(0).message;
  }
  void theirs(int number) {
    message = accept_theirs(number);
    auto changes = deciding(message, kOtherTenant);
    changes.sends.push_back(notification("secret@other.example"));
    EXPECT_TRUE(store.commit(std::span(&changes, 1), within(Millis{1'000}))->at(0));
  }
  void bury_theirs() {
    const auto last = accept_theirs(kTheirs + 1);
    const WorkKey key{kOtherTenant, WorkKind::process, last.value};
    const auto leases = store.claim(kOwner, std::span(&key, 1), clock.time, Millis{60'000}).value();
    EXPECT_TRUE(store.bury(leases.at(0), clock.time, kSecret));
    dead = QueueItemId{last.value};
  }

  static bool is_of_operators(const Route& route) {
    return route.pattern.find("/tenants") != std::string_view::npos || route.pattern == "/api/v1/nodes";
  }
  /// What stands for a {name} of the pattern: of the other tenant, or of nobody.
  std::string id_for(std::string_view pattern, std::string_view name, bool exists) {
    const auto is = [&](std::string_view part) { return pattern.find(part) != std::string_view::npos; };
    if (is("/tenants/")) return exists ? "secret-tenant" : "nowhere-tenant";
    if (is("/queue/")) return exists ? to_string(dead) : "q9999";
    if (is("/tokens/")) return exists ? std::to_string(token) : "9999";
    if (is("/messages/") || is("/message/")) return exists ? to_string(message) : "m9999";
    if (is("/tasks/") || is("/task/")) return exists && name == "id" ? "T-" + std::to_string(kTheirs) : "T-9999";
    if (is("/suppressions/")) return exists ? "secret%40other.example" : "nowhere%40other.example";
    if (is("/mailboxes/")) return exists ? "secret-box" : "nowhere-box";
    return exists ? "secret" : "nowhere";
  }
  std::string target_of(const Route& route, bool exists) {
    std::string target;
    for (std::size_t at = 0; at < route.pattern.size();) {
      if (route.pattern[at] != '{') {
        target += route.pattern[at++];
        continue;
      }
      const auto end = route.pattern.find('}', at);
      target += id_for(route.pattern, route.pattern.substr(at + 1, end - at - 1), exists);
      at = end + 1;
    }
    return target;
  }
  static std::string body_of(const Route& route) {
    switch (route.body.kind) {
      case Body::Kind::none:
        return {};
      case Body::Kind::json: {
        const auto schema = parse_json(route.body.what);
        EXPECT_TRUE(schema) << route.pattern;
        return schema ? json::serialize(sample_of(schema->as_object())) : std::string();
      }
      case Body::Kind::form:
        return "assignee=bert&comment=hello&state=open&priority=high&team=x&tag=x&due=2026-02-01&room=1";
      case Body::Kind::multipart: {
        std::string body;
        for (const auto* field : {"text", "version", "key"})
          body += std::string("--b\r\nContent-Disposition: form-data; name=\"") + field + "\"\r\n\r\n1\r\n";
        return body + "--b--\r\n";
      }
      case Body::Kind::bytes:
        return mail("new@here");
    }
    return {};
  }
  HttpResponse call(const Route& route, Role role, bool exists) {
    Ask what{
        .method = std::string(route.method), .target = target_of(route, exists), .body = body_of(route), .as = role};
    if (route.body.kind == Body::Kind::bytes) what.headers["Content-Type"] = std::string(route.body.what);
    if (route.body.kind == Body::Kind::multipart) what.headers["Content-Type"] = "multipart/form-data; boundary=b";
    if (route.body.kind == Body::Kind::form) what.headers["Content-Type"] = "application/x-www-form-urlencoded";
    if (route.surface == Surface::page) {
      what.headers["Cookie"] = cookies.at(role);
      what.headers["Origin"] = "http://orgo.example";
      what.as = std::nullopt;
    }
    return ask(what);
  }
  /// Status, headers and body without what stands for the id, and without what is another each time.
  std::string face(const Route& route, HttpResponse response, bool exists) {
    std::string text = std::to_string(response.status) + "\n";
    for (const auto& [name, value] : response.headers)
      if (name != "Content-Length") text.append(name).append(": ").append(value).append("\n");
    text += response.body;
    for (auto id : {id_for(route.pattern, "id", exists), id_for(route.pattern, "name", exists)}) {
      auto decoded = id;
      if (const auto at = id.find("%40"); at != std::string::npos) decoded.replace(at, 3, "@");
      for (const auto& said : {id, decoded})
        for (std::size_t at = 0; (at = text.find(said, at)) != std::string::npos;) text.replace(at, said.size(), "ID");
    }
    for (const std::string_view varies : {"\"trace_id\":\"", "traceparent: "})
      for (std::size_t at = 0; (at = text.find(varies, at)) != std::string::npos; ++at)
        text.erase(at + varies.size(),
                   std::min<std::size_t>(55, text.find_first_of("\"\n", at + varies.size()) - at - varies.size()));
    return text;
  }

  std::string belongings() {
    std::string all = belongings_of(Stores(store), kOtherTenant);
    const auto letters = store.dead(kOtherTenant, 100).value();
    for (const auto& letter : letters) all += to_string(letter.key) + " " + letter.error + "\n";
    return all + std::to_string(store.find_tenant("secret-tenant")->version);
  }

  MessageId message;
  QueueItemId dead;
  std::int64_t token = 0;
  std::map<Role, std::string> cookies;
};

TEST_F(GatewayIsolation, NoRouteShowsOrChangesOrBetraysWhatIsAnothers) {
  const auto roles = {Role::administrator, Role::manager, Role::staff, Role::viewer, Role::integration};
  // Integrations can't log in, and get a session as if they had.
  Sessions sessions(settings().cursor_key, store);
  for (const auto role : roles) {
    auto person = store.find_person(kTenant, login_of(role)).value().value();
    person.last_login = people::session_begin(person, clock.time);
    cookies[role] = std::string(gateway::kSessionCookie) + "=" + sessions.begin(person);
  }
  const auto before = belongings();
  std::set<std::string> tried;
  for (const auto& route : gateway.routes()) {
    if (!route.permission || is_of_operators(route)) continue;
    for (const auto role : roles) {
      const auto what =
          std::string(route.method) + " " + target_of(route, true) + " as " + std::string(to_string(role));
      SCOPED_TRACE(what);
      const auto answer = call(route, role, true);
      EXPECT_LT(answer.status, 500) << answer.body;
      EXPECT_THAT(answer.body, Not(HasSubstr(kSecret)));
      for (const auto& header : answer.headers) EXPECT_THAT(header.value, Not(HasSubstr(kSecret)));
      if (route.pattern.find('{') != std::string_view::npos) {
        EXPECT_EQ(face(route, answer, true), face(route, call(route, role, false), false)) << "it is told to exist";
      }
      ASSERT_EQ(belongings(), before) << "something of the other tenant's was moved";
      tried.insert(std::string(route.pattern));
    }
  }
  EXPECT_GT(tried.size(), 30U) << "the table is there";
}

/// The other way round: both have the same numbers, and who asks as the other tenant gets its own of them.
TEST_F(GatewayIsolation, TheSameNumbersAreEachTenantsOwn) {
  const std::string mark = "HOUSEMARK";
  const auto task = open_task(mark, mail("housemark@here", mark), mark + "@school.example");
  const auto secret = their_boss();
  add_person("boss", Role::administrator, kOtherTenant);
  Sessions sessions(settings().cursor_key, store);
  auto boss = store.find_person(kOtherTenant, "boss").value().value();
  boss.last_login = people::session_begin(boss, clock.time);
  const auto session = std::string(gateway::kSessionCookie) + "=" + sessions.begin(boss);
  int shown = 0;
  for (const auto& route : gateway.routes()) {
    if (!route.permission || route.method != "GET") continue;
    std::string target;
    for (std::size_t at = 0; at < route.pattern.size();) {
      if (route.pattern[at] != '{') {
        target += route.pattern[at++];
        continue;
      }
      const bool of_task = route.pattern.find("/tasks/") != std::string_view::npos;
      target += of_task ? to_string(task) : "m" + std::to_string(task.value);
      at = route.pattern.find('}', at) + 1;
    }
    SCOPED_TRACE(target);
    Ask what{.target = target, .as = std::nullopt};
    if (route.surface == Surface::page) what.headers["Cookie"] = session;
    else what.headers["Authorization"] = "Bearer " + secret;
    const auto answer = ask(what);
    EXPECT_LT(answer.status, 500) << answer.body;
    EXPECT_THAT(ascii_lower(answer.body), Not(HasSubstr(ascii_lower(mark))));
    shown += answer.status == 200 && answer.body.find(kSecret) != std::string::npos ? 1 : 0;
  }
  EXPECT_GE(shown, 8) << "and it does get what is its own";
}

TEST_F(GatewayIsolation, TenantsAndNodesAreTheOperatorsBusiness) {
  const auto secret = their_boss();
  const auto before = store.find_tenant("secret-tenant").value();
  int tried = 0;
  for (const auto& route : gateway.routes()) {
    if (!is_of_operators(route)) continue;
    std::set<std::string> faces;
    for (const bool exists : {true, false}) {
      const auto answer = ask({.method = std::string(route.method),
                               .target = target_of(route, exists),
                               .body = body_of(route),
                               .headers = {{"Authorization", "Bearer " + secret}},
                               .as = std::nullopt});
      EXPECT_EQ(answer.status, 403) << route.method << ' ' << route.pattern << answer.body;
      faces.insert(face(route, answer, exists));
      ++tried;
    }
    EXPECT_EQ(faces.size(), 1U) << route.pattern << " tells which there are";
    for (const auto role : {Role::manager, Role::staff, Role::viewer, Role::integration})
      EXPECT_EQ(call(route, role, true).status, 403) << route.pattern << ' ' << to_string(role);
  }
  EXPECT_GE(tried, 14);
  EXPECT_EQ(store.find_tenant("secret-tenant").value(), before);
}

}  // namespace
}  // namespace orgo::contract
