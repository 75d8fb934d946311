#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/contract/support/gateway_world.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class GatewayApi : public GatewayWorld {};

TEST_F(GatewayApi, ModulesAreReadAndChanged) {
  module_store.add(MemoryModules::made("hr"));
  module_store.shipped = {MemoryModules::made("sales")};
  const auto admin = Role::administrator;
  const auto states = [&](const json::value& page) {
    std::string text;
    for (const auto& item : page.at("items").as_array())
      text += std::string(item.at("name").as_string()) + " " + std::string(item.at("state").as_string()) + ";";
    return text;
  };
  EXPECT_EQ(states(json_of(get("/api/v1/modules", Role::manager))), "hr enabled;sales available;");
  EXPECT_EQ(get("/api/v1/modules", Role::staff).status, 403);
  EXPECT_EQ(post("/api/v1/modules/hr/disable", "", Role::manager).status, 403)
      << "what decides about all mail is an administrator's";
  EXPECT_EQ(json_of(post("/api/v1/modules/hr/disable", "", admin)).at("state"), "disabled");
  EXPECT_EQ(states(json_of(get("/api/v1/modules", admin))), "hr disabled;sales available;");
  EXPECT_EQ(states(json_of(post("/api/v1/modules/undo", "", admin))), "hr enabled;sales available;");
  EXPECT_EQ(post("/api/v1/modules/sales/enable", "", admin).status, 404) << "it was not added";
  EXPECT_EQ(get("/api/v1/modules/nothing", admin).status, 404);
  const auto team = ask({.method = "PUT",
                         .target = "/api/v1/module-teams/desk",
                         .body = R"({"address":"desk@school.org"})",
                         .headers = {{"Content-Type", "application/json"}},
                         .as = admin});
  EXPECT_EQ(team.status, 200) << team.body;
  EXPECT_EQ(json_of(team).at("address"), "desk@school.org");
  EXPECT_EQ(json_of(get("/api/v1/modules/hr", admin)).at("teams").at("desk"), "desk@school.org");
  EXPECT_EQ(ask({.method = "PUT",
                 .target = "/api/v1/module-teams/desk",
                 .body = R"({"address":"nobody"})",
                 .headers = {{"Content-Type", "application/json"}},
                 .as = admin})
                .status,
            400);
  module_store.add(MemoryModules::made("floor", "1.0.0", "needs: {hr: 1}\n"));
  const auto refused = post("/api/v1/modules/hr/disable", "", admin);
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, HasSubstr("module 'floor' needs 'hr'"));
}

TEST_F(GatewayApi, TheSuppressionListIsReadAndChanged) {
  const auto admin = Role::administrator;
  EXPECT_EQ(post("/api/v1/suppressions", R"({"address":"A@x.example","reason":"asked us"})", admin).status, 201);
  EXPECT_EQ(post("/api/v1/suppressions", R"({"address":"a@x.example"})", admin).status, 409) << "it is there";
  EXPECT_EQ(
      post("/api/v1/suppressions", R"({"address":"b@x.example","expires_at":"2099-01-01T00:00:00Z"})", admin).status,
      201);
  for (const char* bad : {R"({"address":"nobody"})", R"({})", R"({"address":"c@x.example","expires_at":"soon"})",
                          R"({"address":"c@x.example","expires_at":"2001-01-01T00:00:00Z"})"})
    EXPECT_EQ(post("/api/v1/suppressions", bad, admin).status, 400) << bad;
  EXPECT_EQ(post("/api/v1/suppressions", R"({"address":"c@x.example"})", Role::viewer).status, 403);
  const auto first = json_of(get("/api/v1/suppressions?limit=1", admin));
  EXPECT_EQ(first.at("items").at(0).at("address"), "a@x.example");
  EXPECT_EQ(first.at("items").at(0).at("reason"), "manual");
  EXPECT_EQ(first.at("items").at(0).at("blocks"), true);
  const auto second =
      json_of(get("/api/v1/suppressions?limit=1&cursor=" + std::string(first.at("next_cursor").as_string()), admin));
  EXPECT_EQ(second.at("items").at(0).at("address"), "b@x.example");
  EXPECT_TRUE(second.at("next_cursor").is_null());
  EXPECT_EQ(json_of(get("/api/v1/suppressions/A%40x.example", admin)).at("detail"), "asked us");
  EXPECT_EQ(ask({.method = "DELETE", .target = "/api/v1/suppressions/a%40x.example", .as = admin}).status, 204);
  EXPECT_EQ(ask({.method = "DELETE", .target = "/api/v1/suppressions/a%40x.example", .as = admin}).status, 404);
  EXPECT_EQ(json_of(get("/api/v1/suppressions", admin)).at("items").as_array().size(), 1U);
}

TEST_F(GatewayApi, ProblemsAreRfc9457) {
  const auto response = get("/api/v1/tasks/T-999?");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(header(response, "Content-Type"), "application/problem+json");
  const auto problem = json_of(response);
  EXPECT_EQ(problem.at("type"), "about:blank");
  EXPECT_EQ(problem.at("title"), "Not Found");
  EXPECT_EQ(problem.at("status"), 404);
  EXPECT_EQ(problem.at("code"), "not_found");
  EXPECT_EQ(problem.at("instance"), "/api/v1/tasks/T-999");
  EXPECT_EQ(problem.at("trace_id").as_string().size(), 32U);
}

TEST_F(GatewayApi, TraceIdsOfCallersAreKeptWhenTheyAreValid) {
  const auto trace_of = [&](const std::string& parent) {
    return std::string(
        json_of(ask({.target = "/api/v1/tasks/999", .headers = {{"traceparent", parent}}})).at("trace_id").as_string());
  };
  const std::string id = "0af7651916cd43dd8448eb211c80319c";
  EXPECT_EQ(trace_of("00-" + id + "-b7ad6b7169203331-01"), id);
  EXPECT_EQ(trace_of("01-" + id + "-b7ad6b7169203331-01-future"), id);
  EXPECT_NE(trace_of("ff-" + id + "-b7ad6b7169203331-01"), id);
  EXPECT_NE(trace_of("00-" + id + "-0000000000000000-01"), id);
  EXPECT_NE(trace_of("00-" + id + "-b7ad6b7169203331-01-more"), id);
  EXPECT_NE(trace_of("00-00000000000000000000000000000000-b7ad6b7169203331-01"), std::string(32, '0'));
}

TEST_F(GatewayApi, TokensThatAreWrongOrRevokedSayNothing) {
  const auto with = [&](const std::string& authorization) {
    return ask({.target = "/api/v1/tasks", .headers = {{"Authorization", authorization}}, .as = std::nullopt});
  };
  EXPECT_EQ(header(get("/api/v1/tasks", std::nullopt), "WWW-Authenticate"), "Bearer realm=\"orgo\"");
  const auto wrong = with("Bearer orgo_wrong");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(header(wrong, "WWW-Authenticate"), "Bearer realm=\"orgo\", error=\"invalid_token\"");
  EXPECT_EQ(with("Basic YTpi").status, 401);
  EXPECT_EQ(with("bearer " + secrets[Role::viewer]).status, 200) << "the scheme has no case";
  EXPECT_EQ(with("Bearer ").status, 401);

  const auto tokens = json_of(get("/api/v1/tokens"));
  for (const auto& token : tokens.at("items").as_array()) {
    if (token.at("name") != "viewer") continue;
    EXPECT_EQ(ask({.method = "DELETE", .target = "/api/v1/tokens/" + std::to_string(token.at("id").as_int64())}).status,
              204);
  }
  auto revoked = json_of(with("Bearer " + secrets[Role::viewer])).as_object();
  auto unknown = json_of(with("Bearer orgo_wrong")).as_object();
  revoked.erase("trace_id");
  unknown.erase("trace_id");
  EXPECT_EQ(revoked, unknown);
  EXPECT_THAT(get("/api/v1/events").body, HasSubstr("token.revoked"));
}

TEST_F(GatewayApi, EventsGoOnWhereTheCursorStands) {
  open_task();
  std::int64_t last = 0;
  std::string after = "0";
  for (int i = 0; i < 20; ++i) {
    const auto page = json_of(get("/api/v1/events?limit=1&after=" + after));
    after = page.at("next_cursor").as_string();
    if (page.at("items").as_array().empty()) break;
    EXPECT_GT(page.at("items").at(0).at("sequence").as_int64(), last);
    last = page.at("items").at(0).at("sequence").as_int64();
  }
  EXPECT_EQ(after, std::to_string(last)) << "the last page keeps the cursor, to ask again later";
  EXPECT_EQ(header(get("/api/v1/events?limit=1"), "Link"), "</api/v1/events?limit=1&after=1>; rel=\"next\"");
  EXPECT_EQ(header(get("/api/v1/events?limit=1&after=1"), "Link"), "</api/v1/events?limit=1&after=2>; rel=\"next\"");
  EXPECT_EQ(get("/api/v1/events?after=-1").status, 400);
}

TEST_F(GatewayApi, TakesAMailOnceAndShowsIt) {
  const auto bytes = mail("post@b");
  const std::map<std::string, std::string> type{{"Content-Type", "message/rfc822"}};
  const auto first = post("/api/v1/messages?recipient=office%40school.example&sender=anna%40school.example", bytes,
                          Role::integration, type);
  ASSERT_EQ(first.status, 201) << first.body;
  const std::string id(json_of(first).at("id").as_string());
  EXPECT_EQ(header(first, "Location"), "/api/v1/messages/" + id);
  const auto again = post("/api/v1/messages?recipient=office%40school.example&sender=anna%40school.example", bytes,
                          Role::integration, type);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(json_of(again).at("id").as_string(), id);
  EXPECT_EQ(json_of(again).at("duplicate"), true);

  const auto message = json_of(get("/api/v1/messages/" + id));
  EXPECT_EQ(message.at("channel"), "http");
  EXPECT_EQ(message.at("recipient"), "office@school.example");
  EXPECT_EQ(message.at("state"), "waiting");
  const auto raw_bytes = get("/api/v1/messages/" + id + "/raw");
  EXPECT_EQ(raw_bytes.body, bytes);
  EXPECT_EQ(header(raw_bytes, "Content-Type"), "message/rfc822");
  EXPECT_THAT(header(raw_bytes, "Content-Disposition"), StartsWith("attachment;"));
  EXPECT_EQ(header(raw_bytes, "X-Content-Type-Options"), "nosniff");

  EXPECT_EQ(post("/api/v1/messages", mail("x"), Role::integration).status, 415);
  EXPECT_EQ(post("/api/v1/messages", " \r\n", Role::integration, type).status, 400);
  EXPECT_EQ(post("/api/v1/messages?recipient=nobody", bytes, Role::integration, type).status, 400);
  EXPECT_EQ(post("/api/v1/messages?recipient=a%0d%0ab%40c", bytes, Role::integration, type).status, 400);
  EXPECT_EQ(post("/api/v1/messages?to=a%40b", bytes, Role::integration, type).status, 400);
  const auto sized = [&](std::size_t size) { return mail("s", std::string(size - mail("s", "").size(), 'x')); };
  EXPECT_EQ(post("/api/v1/messages", sized(1000), Role::integration, type).status, 201);
  EXPECT_EQ(post("/api/v1/messages", sized(1001), Role::integration, type).status, 413);
}

TEST_F(GatewayApi, SaysWhyAMailWasNotTakenAndKeepsTheCauseForTheLog) {
  const std::map<std::string, std::string> type{{"Content-Type", "message/rfc822"}};
  for (const auto& [code, status] : std::map<Errc, int>{{Errc::resource_exhausted, 507},
                                                        {Errc::unavailable, 503},
                                                        {Errc::deadline_exceeded, 504},
                                                        {Errc::corrupt, 500}}) {
    submit_fails = {code, "secret path /srv/db is full"};
    const auto response = post("/api/v1/messages", mail("f"), Role::integration, type);
    EXPECT_EQ(response.status, status);
    EXPECT_THAT(response.body, Not(HasSubstr("/srv/db")));
    EXPECT_EQ(header(response, "Retry-After").empty(), status == 500);
  }
}

TEST_F(GatewayApi, AdmitsLargeBodiesOnlyWhereAndFromWhomTheyBelong) {
  const auto admit = [&](const std::string& target, std::optional<Role> as) {
    HttpRequest request;
    request.method = "POST";
    request.target = target;
    if (as) request.headers.push_back({"Authorization", "Bearer " + secrets.at(*as)});
    return gateway.admit(request);
  };
  EXPECT_EQ(admit("/api/v1/messages", std::nullopt).refusal->status, 401);
  EXPECT_EQ(admit("/api/v1/messages", Role::viewer).refusal->status, 403);
  EXPECT_EQ(admit("/nowhere", Role::integration).refusal->status, 404);
  EXPECT_FALSE(admit("/api/v1/messages", Role::integration).refusal);
  EXPECT_EQ(admit("/api/v1/messages", Role::integration).body_max, 1000U);
  EXPECT_EQ(admit("/api/v1/tasks/1/comment", Role::staff).body_max, HttpHandler::kSmallBody);
}

TEST_F(GatewayApi, TellsTheWholeStoryOfAMessage) {
  const auto task = open_task();
  post("/api/v1/tasks/" + to_string(task) + "/ack", "");
  const auto story = json_of(get("/api/v1/messages/m1/trace"));
  EXPECT_EQ(story.at("message").at("id"), "m1");
  EXPECT_EQ(story.at("bytes").at("sha256").as_string(), to_hex(sha256(mail("a@b"))));
  EXPECT_EQ(story.at("parsed").at("subject"), "Water leak");
  EXPECT_EQ(story.at("message").at("decision").at("outcome"), "task_opened");
  EXPECT_EQ(story.at("task").at("state"), "acknowledged");
  EXPECT_TRUE(story.at("trace").at("rules").is_array());
  std::int64_t last = 0;
  for (const auto& event : story.at("timeline").as_array()) {
    EXPECT_GT(event.at("sequence").as_int64(), last) << "in order, none twice";
    last = event.at("sequence").as_int64();
  }
  EXPECT_EQ(get("/api/v1/messages/m99/trace").status, 404);
}

TEST_F(GatewayApi, DeadLettersAreShownRetriedAndDroppedWithAReason) {
  const auto bytes = mail("dead@b");
  const auto message = raw(bytes);
  ASSERT_TRUE(static_cast<MessageStore&>(store).accept(std::span(&message, 1), within(Millis{1000})));
  const auto bury = [&] {
    const auto leases = claim_work();
    ASSERT_EQ(leases.size(), 1U);
    ASSERT_TRUE(store.bury(leases.at(0), clock.time, "the parser gave up"));
  };
  bury();
  const auto dead = json_of(get("/api/v1/queue/dead")).at("items").as_array();
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].at("message"), "m1");
  EXPECT_EQ(dead[0].at("error"), "the parser gave up");
  const std::string target = "/api/v1/queue/dead/" + std::string(dead[0].at("id").as_string());
  EXPECT_THAT(get("/api/v1/messages/m1/trace").body, HasSubstr("the parser gave up"));
  EXPECT_EQ(post(target + "/retry", "", Role::administrator).status, 204);
  EXPECT_EQ(post(target + "/retry", "", Role::administrator).status, 404);
  bury();
  EXPECT_EQ(ask({.method = "DELETE", .target = target}).status, 400) << "without a reason";
  EXPECT_EQ(ask({.method = "DELETE", .target = target + "?reason=spam"}).status, 204);
  EXPECT_EQ(get(target).status, 404);
  EXPECT_THAT(get("/api/v1/events").body,
              testing::AllOf(HasSubstr("queue.retried"), HasSubstr("queue.dropped"), HasSubstr("\"reason\":\"spam\"")));
  const auto ledger = json_of(get("/api/v1/ledger"));
  EXPECT_EQ(ledger.at("balanced"), true) << json::serialize(ledger);
  EXPECT_EQ(ledger.at("lines").at(0).at("refused"), 1);
}

TEST_F(GatewayApi, AnotherTenantsThingsLookLikeNothing) {
  const auto task = open_task();
  const auto leases = claim_work();
  ASSERT_EQ(leases.size(), 1U);
  ASSERT_TRUE(store.bury(leases.at(0), clock.time, "the parser gave up"));
  const std::string dead = "/api/v1/queue/dead/" + to_string(QueueItemId{leases.at(0).key.reference});
  ASSERT_EQ(get(dead).status, 200) << "its owner sees it";
  const auto secret = gateway::new_token_secret();
  ApiToken token{.tenant = TenantId{2}};
  token.name = "stranger";
  token.role = Role::administrator;
  ASSERT_TRUE(commit_one(store, make_token(token, gateway::token_hash(secret), "test"), within(Millis{1000})));
  const auto as_stranger = [&](const std::string& method, const std::string& target) {
    return ask(
        {.method = method, .target = target, .headers = {{"Authorization", "Bearer " + secret}}, .as = std::nullopt});
  };
  const auto same = [&](const std::string& method, const std::string& theirs, const std::string& missing) {
    auto a = json_of(as_stranger(method, theirs)).as_object();
    auto b = json_of(as_stranger(method, missing)).as_object();
    for (auto* problem : {&a, &b}) problem->erase("trace_id"), problem->erase("instance"), problem->erase("detail");
    EXPECT_EQ(a, b) << theirs;
    EXPECT_EQ(a.at("status"), 404) << theirs;
  };
  same("GET", "/api/v1/tasks/" + to_string(task), "/api/v1/tasks/T-77");
  same("GET", "/api/v1/tasks/" + to_string(task) + "/events", "/api/v1/tasks/T-77/events");
  same("POST", "/api/v1/tasks/" + to_string(task) + "/ack", "/api/v1/tasks/T-77/ack");
  same("GET", "/api/v1/messages/m1", "/api/v1/messages/m77");
  same("GET", "/api/v1/messages/m1/raw", "/api/v1/messages/m77/raw");
  same("GET", "/api/v1/messages/m1/trace", "/api/v1/messages/m77/trace");
  same("DELETE", "/api/v1/tokens/2", "/api/v1/tokens/77");
  same("GET", dead, "/api/v1/queue/dead/q77");
  same("POST", dead + "/retry", "/api/v1/queue/dead/q77/retry");
  same("DELETE", dead + "?reason=x", "/api/v1/queue/dead/q77?reason=x");
  for (const std::string list :
       {"tasks", "messages", "people", "queue/dead", "events", "tokens"})  // only his own token is there
    EXPECT_EQ(json_of(as_stranger("GET", "/api/v1/" + list)).at("items").as_array().size(),
              list == "events" || list == "tokens");
}

TEST_F(GatewayApi, ProbesSayWhyNot) {
  EXPECT_EQ(get("/livez", std::nullopt).body, "ok\n");
  EXPECT_EQ(get("/readyz", std::nullopt).body, "ok\n");
  EXPECT_EQ(get("/readyz?verbose", std::nullopt).body,
            "[+] accepting ok\n[+] database ok\n[+] mailbox office ok\nok\n");
  database_problem = "the disk is full";
  const auto response = get("/readyz", std::nullopt);
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "[+] accepting ok\n[-] database: the disk is full\n[+] mailbox office ok\nnot ready\n");
  EXPECT_EQ(get("/livez", std::nullopt).status, 200) << "a restart would not mend a disk";
  EXPECT_EQ(json_of(get("/health", std::nullopt)).at("status"), "failing");
  database_problem.clear();
  gateway.drain();
  EXPECT_THAT(get("/readyz", std::nullopt).body, HasSubstr("[-] accepting: this process is shutting down"));
  EXPECT_EQ(get("/api/v1/tasks").status, 200) << "what still comes is served";
  EXPECT_THAT(get("/metrics", std::nullopt).body,
              HasSubstr("orgo_http_requests_total{route=\"/readyz\",method=\"GET\",status=\"5xx\"}"));
}

TEST_F(GatewayApi, AFailingMailboxIsNamedAndRefusesNoTraffic) {
  mailbox_problem = "the login was refused";
  const auto response = get("/readyz", std::nullopt);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "[!] mailbox office: the login was refused\nok\n");
  const auto health = get("/health", std::nullopt);
  EXPECT_EQ(health.status, 200);
  EXPECT_THAT(health.body, HasSubstr(R"("status":"ok")"));
  EXPECT_THAT(health.body,
              HasSubstr(R"({"name":"mailbox office","ok":false,"required":false,"why":"the login was refused"})"));
}

TEST_F(GatewayApi, MailboxesTellHowTheyDo) {
  EXPECT_TRUE(json_of(get("/api/v1/mailboxes")).at("items").as_array().empty());
  MailboxStatus office{.record = {.tenant = kTenant}};
  office.state = MailboxStatus::State::failing;
  office.record.name = "office";
  office.record.source = "imap://office@mail.school.example:993/INBOX";
  office.record.last_error = "the login was refused";
  office.record.last_error_at = kStart;
  office.record.failures = 3;
  office.record.taken = 17;
  office.next_try = kStart + Millis{60'000};
  mailboxes = {office};
  const auto list = json_of(get("/api/v1/mailboxes", Role::manager));
  ASSERT_EQ(list.at("items").as_array().size(), 1U);
  const auto one = json_of(get("/api/v1/mailboxes/office"));
  EXPECT_EQ(one, list.at("items").at(0));
  EXPECT_EQ(one.at("state").as_string(), "failing");
  EXPECT_EQ(one.at("last_error").at("what").as_string(), "the login was refused");
  EXPECT_TRUE(one.at("last_success").is_null());
  EXPECT_EQ(one.at("next_try").as_string(), "2026-01-01T00:01:00Z");
  EXPECT_EQ(one.at("taken").as_int64(), 17);
  EXPECT_EQ(get("/api/v1/mailboxes/sales").status, 404);
  EXPECT_EQ(get("/api/v1/mailboxes", std::nullopt).status, 401);
}

TEST_F(GatewayApi, AnArchivedMessageKeepsItsDateStateAndFolder) {
  const auto post_mail = [&](const std::string& query) {
    return ask({.method = "POST",
                .target = "/api/v1/messages?channel=import" + query,
                .body = mail("old@x"),
                .headers = {{"Content-Type", "message/rfc822"}},
                .as = Role::integration});
  };
  for (const auto* wrong : {"&archived_at=yesterday", "&archived_at=2030-01-01T00:00:00Z", "&archived_state=closed",
                            "&label=a%0Ab", "&archived_at=2016-01-12T10:00:00Z&archived_state=gone"})
    EXPECT_EQ(post_mail(wrong).status, 400) << wrong;
  EXPECT_EQ(post_mail("&label=" + std::string(201, 'x')).status, 400);
  ASSERT_EQ(post_mail("&archived_at=2016-01-12T10:00:00Z&archived_state=resolved&label=Projects%2FRoof").status, 201);
  const auto envelope = static_cast<MessageStore&>(store).read(kTenant, MessageId{1}).value().envelope;
  EXPECT_EQ(envelope.archived, (Archived{parse_rfc3339("2016-01-12T10:00:00Z").value(), TaskState::resolved}));
  EXPECT_EQ(envelope.label, "Projects/Roof");
  const auto shown = json_of(get("/api/v1/messages/m1"));
  EXPECT_EQ(shown.at("label").as_string(), "Projects/Roof");
  EXPECT_EQ(shown.at("archived").at("state").as_string(), "resolved");
}

}  // namespace
}  // namespace orgo::contract
