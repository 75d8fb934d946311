#include <gmock/gmock.h>

#include "base/json_writer.h"
#include "core/processing/message_decision.h"
#include "core/task/task_change.h"
#include "service/gateway/core/url.h"
#include "tests/contract/support/gateway_world.h"
#include "tests/support/tenants.h"

namespace orgo::contract {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class GatewayPage : public GatewayWorld {};

/// The version that the page's forms carry.
std::string version_in(const HttpResponse& page) {
  const auto at = page.body.find("name=\"version\" value=\"");
  return at == std::string::npos ? "none" : page.body.substr(at + 22, page.body.find('"', at + 22) - at - 22);
}

TEST_F(GatewayPage, AsksForNameAndPasswordAndComesBack) {
  EXPECT_EQ(header(page("/", ""), "Location"), "/login");
  EXPECT_EQ(header(page("/tasks/T-1?x=1", ""), "Location"), "/login?next=%2Ftasks%2FT-1%3Fx%3D1");
  EXPECT_THAT(page("/login?next=%2Ftasks%2FT-1", "").body, HasSubstr("name=\"next\" value=\"/tasks/T-1\""));
  const auto right = "name=anna&password=" + std::string(kPassword);
  const auto response = form("/login", right + "&next=%2Ftasks%2FT-1", "");
  EXPECT_EQ(response.status, 303);
  EXPECT_EQ(header(response, "Location"), "/tasks/T-1");
  const auto cookie = header(response, "Set-Cookie");
  EXPECT_THAT(cookie, AllOf(HasSubstr("; HttpOnly"), HasSubstr("; SameSite=Strict"), HasSubstr("; Path=/"),
                            Not(HasSubstr("Secure"))));
  EXPECT_EQ(form("/login", "name=integration&password=" + std::string(kPassword), "").status, 403);
  EXPECT_EQ(form("/login", "token=" + secrets[Role::staff], "").status, 401) << "a token is for programs";
  EXPECT_EQ(form("/login", "name=anna&password=" + secrets[Role::staff], "").status, 401);
  for (const auto* evil :
       {"//evil.example", "%2F%2Fevil.example", "%2F%5Cevil.example", "https%3A%2F%2Fevil.example", "%2F%0d%0aX%3A1"})
    EXPECT_EQ(header(form("/login", right + "&next=" + evil, ""), "Location"), "/") << evil;
}

TEST_F(GatewayPage, EachCookieIsForThisSiteAloneAndForTlsWhereThereIsSome) {
  for (const bool tls : {false, true}) {
    const auto say = [&](const std::string& target, const std::string& fields, const std::string& cookie) {
      HttpRequest request;
      request.method = "POST";
      request.target = target;
      request.body = fields;
      request.tls = tls;
      request.headers = {{"Host", "orgo.example"},
                         {"Origin", tls ? "https://orgo.example" : "http://orgo.example"},
                         {"Content-Type", "application/x-www-form-urlencoded"},
                         {"Cookie", cookie}};
      return gateway.handle(request);
    };
    std::vector<std::string> cookies;
    const auto keep = [&](const HttpResponse& response) {
      for (const auto& field : response.headers)
        if (field.name == "Set-Cookie") cookies.push_back(field.value);
    };
    const auto in = say("/login", "name=anna&password=" + std::string(kPassword), "");
    EXPECT_EQ(in.status, 303) << in.body;
    keep(in);
    ASSERT_EQ(cookies.size(), 2U) << "the session and the device";
    keep(say("/logout", "", cookies.front().substr(0, cookies.front().find(';'))));
    ASSERT_EQ(cookies.size(), 3U);
    for (const auto& cookie : cookies) {
      EXPECT_THAT(cookie, AllOf(HasSubstr("; HttpOnly"), HasSubstr("; SameSite=Strict"), HasSubstr("; Path=/")));
      EXPECT_THAT(cookie, Not(HasSubstr("Domain")));
      EXPECT_EQ(cookie.find("; Secure") != std::string::npos, tls) << cookie;
    }
    EXPECT_THAT(cookies.back(), HasSubstr("; Max-Age=0")) << "a logout takes it away";
    EXPECT_THAT(cookies.back(), HasSubstr("=;"));
  }
}

TEST_F(GatewayPage, TheFrameOfAMailLoadsNothingOfOthersUnlessAsked) {
  const auto task = open_task(
      "Water leak",
      "From: a@x.example\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n<p>hi <img src='https://x.example/p'>");
  const auto cookie = login();
  const auto mail = "/messages/m" + std::to_string(task.value);
  const std::string sandbox = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox";
  const std::string end = "; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; " + sandbox;
  const std::string begin = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:";
  for (const auto& [query, also] : std::vector<std::pair<std::string, std::string>>{
           {"", ""}, {"?remote=0", ""}, {"?remote=", ""}, {"?remote=1", " https: http:"}}) {
    const auto response = page(mail + "/html" + query, cookie);
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(header(response, "Content-Security-Policy"), begin + also + end) << query;
    EXPECT_EQ(header(response, "X-Frame-Options"), "SAMEORIGIN");
    EXPECT_EQ(header(response, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(response.body.find("https://x.example/p") != std::string::npos, !also.empty()) << query;
  }
  EXPECT_THAT(page(mail, cookie).body, HasSubstr("sandbox=\"allow-same-origin allow-popups "
                                                 "allow-popups-to-escape-sandbox\""));
}

TEST_F(GatewayPage, DatesAreInTheZoneOfWhoeverReadsThem) {
  open_task();
  const auto opened = parse_rfc3339(json_of(get("/api/v1/tasks/T-1")).at("created_at").as_string());
  ASSERT_TRUE(opened);
  const auto in = [&](const char* zone) { return to_wall_text(*opened, TimeZone::find(zone).value()); };
  ASSERT_NE(in("Asia/Kolkata"), in("UTC"));
  const auto cookie = login();
  EXPECT_THAT(page("/tasks/T-1", cookie).body, HasSubstr(">" + in("UTC") + "<")) << "the organization's";
  EXPECT_EQ(ask({.method = "PUT", .target = "/api/v1/people/anna", .body = R"({"time_zone":"Asia/Kolkata"})"}).status,
            200);
  EXPECT_THAT(page("/tasks/T-1", cookie).body,
              AllOf(HasSubstr(">" + in("Asia/Kolkata") + "<"), Not(HasSubstr(">" + in("UTC") + "<"))));
  const auto fields = "version=" + version_in(page("/tasks/T-1", cookie)) + "&value=2030-01-05T12:00";
  EXPECT_EQ(form("/tasks/T-1/due", fields, cookie).status, 303);
  EXPECT_EQ(json_of(get("/api/v1/tasks/T-1")).at("due_at"), "2030-01-05T06:30:00Z") << "as they read it, they write it";
}

TEST_F(GatewayPage, FormsOfOtherSitesAreRefused) {
  open_task();
  const auto cookie = login();
  const auto version = version_in(page("/tasks/T-1", cookie));
  const auto fields = "version=" + version;
  EXPECT_EQ(form("/tasks/T-1/ack", fields, cookie, "https://evil.example").status, 403);
  EXPECT_EQ(form("/tasks/T-1/ack", fields, cookie, "null").status, 403);
  EXPECT_EQ(form("/tasks/T-1/ack", fields, cookie, "").status, 403) << "neither Origin nor Sec-Fetch-Site";
  EXPECT_EQ(form("/tasks/T-1/ack", fields, cookie, "http://orgo.example.evil.example").status, 403);
  EXPECT_EQ(form("/login", "name=anna&password=" + std::string(kPassword), "", "https://evil.example").status, 403)
      << "no login by others, either";
  const auto bare = [&](const std::string& site) {
    return ask({.method = "POST",
                .target = "/tasks/T-1/ack",
                .body = fields,
                .headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                            {"Cookie", cookie},
                            {"Sec-Fetch-Site", site}},
                .as = std::nullopt})
        .status;
  };
  EXPECT_EQ(bare("cross-site"), 403);
  EXPECT_EQ(bare("same-site"), 403);
  EXPECT_EQ(json_of(get("/api/v1/tasks/T-1")).at("state"), "new");
  EXPECT_EQ(bare("same-origin"), 303);
  EXPECT_EQ(json_of(get("/api/v1/tasks/T-1")).at("state"), "acknowledged");
}

TEST_F(GatewayPage, ALinkInAMailFindsTheSession) {
  open_task();
  const auto response =
      ask({.target = "/tasks/T-1?a=1&b=2", .headers = {{"Sec-Fetch-Site", "cross-site"}}, .as = std::nullopt});
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("<meta http-equiv=\"refresh\" content=\"0;url=/tasks/T-1?a=1&amp;b=2\">"));
  EXPECT_THAT(response.body, Not(HasSubstr("Water"))) << "tells nothing";
}

TEST_F(GatewayPage, ListsTasksByFilter) {
  open_task("Water leak in Room 102", mail("1"), "maintenance@school.example");
  open_task("Projector is dark", mail("2"), "it@school.example");
  const auto done = open_task("Old thing", mail("3"), "it@school.example");
  post("/api/v1/tasks/" + to_string(done) + "/close", "");
  const auto cookie = login();
  const auto all = page("/", cookie);
  EXPECT_EQ(all.status, 200);
  EXPECT_THAT(all.body, AllOf(HasSubstr("Water leak in Room 102"), HasSubstr("Projector"), Not(HasSubstr("Old thing")),
                              HasSubstr("href=\"/tasks/T-1\""), HasSubstr("3 h")));
  EXPECT_THAT(page("/?state=closed", cookie).body, AllOf(HasSubstr("Old thing"), Not(HasSubstr("Projector"))));
  EXPECT_THAT(page("/?state=all", cookie).body, AllOf(HasSubstr("Old thing"), HasSubstr("Projector")));
  EXPECT_THAT(page("/?team=it%40school.example", cookie).body,
              AllOf(HasSubstr("Projector"), Not(HasSubstr("Water leak"))));
  EXPECT_THAT(page("/?q=LEAK+in", cookie).body,
              AllOf(HasSubstr("Water leak"), Not(HasSubstr("Projector")), HasSubstr("value=\"LEAK in\"")));
  EXPECT_THAT(page("/?q=nothing+like+this", cookie).body, HasSubstr("No tasks here"));
  EXPECT_EQ(page("/?state=asleep", cookie).status, 400);
}

TEST_F(GatewayPage, GoesThroughLongListsPageByPage) {
  for (int i = 0; i < 120; ++i) open_task("Task <" + std::to_string(i) + ">", mail("n" + std::to_string(i)));
  const auto cookie = login();
  std::string target = "/?state=all";
  int rows = 0;
  int pages = 0;
  while (!target.empty() && pages++ < 10) {
    const auto response = page(target, cookie);
    ASSERT_EQ(response.status, 200);
    for (std::size_t at = 0; (at = response.body.find("<tr><td", at)) != std::string::npos; ++at) ++rows;
    const auto next = response.body.find("<a rel=\"next\" href=\"");
    target.clear();
    if (next == std::string::npos) break;
    target = response.body.substr(next + 20, response.body.find('"', next + 20) - next - 20);
    for (std::size_t at = 0; (at = target.find("&amp;", at)) != std::string::npos;) target.replace(at, 5, "&");
  }
  EXPECT_EQ(rows, 120);
  EXPECT_EQ(pages, 3);
}

TEST_F(GatewayPage, ShowsATaskAndItsButtonsWork) {
  open_task();
  const auto cookie = login();
  auto shown = page("/tasks/T-1", cookie);
  EXPECT_EQ(shown.status, 200);
  EXPECT_THAT(shown.body,
              AllOf(HasSubstr("Water leak"), HasSubstr("Water on the floor."), HasSubstr("maintenance@school.example"),
                    HasSubstr("Task opened"), HasSubstr(">Acknowledge<")));
  const auto press = [&](const std::string& command, const std::string& value) {
    return form("/tasks/T-1/" + command, "version=" + version_in(page("/tasks/T-1", cookie)) + "&value=" + value,
                cookie);
  };
  for (const auto& [command, value] :
       std::vector<std::pair<std::string, std::string>>{{"assign", "bert%40school.example"},
                                                        {"route", "it%40school.example"},
                                                        {"priority", "urgent"},
                                                        {"tags", "pipe"},
                                                        {"comment", "On+my+way"},
                                                        {"ack", ""},
                                                        {"resolve", ""},
                                                        {"close", ""},
                                                        {"reopen", ""}}) {
    const auto response = press(command, value);
    EXPECT_EQ(response.status, 303) << command << response.body;
    EXPECT_EQ(header(response, "Location"), "/tasks/T-1");
  }
  shown = page("/tasks/T-1", cookie);
  EXPECT_THAT(shown.body, AllOf(HasSubstr("On my way"), HasSubstr("bert@school.example"), HasSubstr("urgent"),
                                HasSubstr("pipe"), HasSubstr("Reopened"), HasSubstr("by <bdi>anna</bdi>")));
  EXPECT_EQ(press("explode", "").status, 404);
  EXPECT_EQ(form("/tasks/T-9/ack", "version=1", cookie).status, 404);
  EXPECT_EQ(form("/tasks/T-1/ack", "", cookie).status, 400);
}

TEST_F(GatewayPage, WhatSomebodyElseDidMeanwhileIsNotOverwritten) {
  open_task();
  const auto cookie = login();
  const auto version = version_in(page("/tasks/T-1", cookie));
  post("/api/v1/tasks/T-1/assign", R"({"assignee":"bert"})");
  const auto late = form("/tasks/T-1/close", "version=" + version, cookie);
  EXPECT_EQ(late.status, 409);
  EXPECT_THAT(late.body, AllOf(HasSubstr("role=\"alert\""), HasSubstr("was changed meanwhile")));
  EXPECT_EQ(json_of(get("/api/v1/tasks/T-1")).at("state"), "open");
  EXPECT_EQ(form("/tasks/T-1/comment", "version=" + version + "&value=still+true", cookie).status, 303)
      << "a comment holds anyway";
  const auto empty = form("/tasks/T-1/comment", "version=1&value=" + std::string(33'000, 'x'), cookie);
  EXPECT_EQ(empty.status, 400);
  EXPECT_THAT(empty.body, HasSubstr(std::string(33'000, 'x'))) << "what was typed is not lost";
}

TEST_F(GatewayPage, ViewersSeeNoButtonsAndCanPressNone) {
  open_task();
  const auto cookie = login(Role::viewer);
  EXPECT_THAT(page("/tasks/T-1", cookie).body, AllOf(HasSubstr("Water leak"), Not(HasSubstr("Acknowledge"))));
  EXPECT_EQ(form("/tasks/T-1/ack", "version=0", cookie).status, 403);
}

TEST_F(GatewayPage, NothingThatAStrangerWroteBecomesMarkup) {
  const std::string evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&lt;b&gt;";
  auto changes = opening(new_task(evil, evil));
  changes.all<TaskChange>()[0].task.requester = mail_contact(evil);
  changes.all<TaskChange>()[0].task.tags = {evil};
  changes.events[0].actor = evil;
  JsonWriter(changes.events[0].data).begin_object().field(evil, evil).end_object();
  auto comment = event_of_new_task(EventKind::task_commented, evil);
  JsonWriter(comment.data).begin_object().field("text", evil).end_object();
  changes.events.push_back(comment);
  auto send = notification();
  send.recipient = mail_contact(evil);
  changes.sends.push_back(send);
  const std::string bytes =
      "From: \"" + std::string("<script>alert(3)</script>") + "\" <x@y.example>\r\nSubject: " + evil +
      "\r\nMessage-ID: <e@v>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + evil +
      "\r\n--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; "
      "filename=\"<script>alert(4).html\"\r\n\r\n<script>alert(5)</script>\r\n--b--\r\n";
  auto message = raw(bytes, evil);
  message.envelope.sender = mail_contact(evil);
  message.envelope.peer = evil;
  const auto accepted = static_cast<MessageStore&>(store).accept(std::span(&message, 1), within(Millis{1000}));
  ASSERT_TRUE(accepted);
  MessageDecision decision;
  decision.message = accepted->at(0).message;
  decision.outcome = Outcome::task_opened;
  decision.task = TaskRef::nth_new(0);
  decision.subject = decision.from = decision.reason = decision.rules_version = evil;
  JsonWriter(decision.trace)
      .begin_object()
      .key("rules")
      .begin_array()
      .begin_object()
      .field("rule", evil)
      .field("why", evil)
      .end_object()
      .end_array()
      .end_object();
  changes.add(decision);
  const auto committed = store.commit(std::span(&changes, 1), within(Millis{1000}));
  ASSERT_TRUE(committed && (*committed)[0]);

  const auto cookie = login();
  for (const auto& target : std::vector<std::string>{
           "/", "/tasks/T-1", "/messages/m1",
           "/?state=all&team=" + gateway::percent_encoded(evil) + "&q=" + gateway::percent_encoded(evil),
           "/login?next=" + gateway::percent_encoded("/" + evil),
           "/tasks/" + gateway::percent_encoded(evil.substr(0, 20))}) {
    const auto response = page(target, cookie);
    EXPECT_THAT(response.body, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img")), Not(HasSubstr("\"'>"))))
        << target;
    EXPECT_THAT(header(response, "Content-Type"), StartsWith("text/html; charset=utf-8"));
  }
  EXPECT_THAT(page("/tasks/T-1", cookie).body, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;"))
      << "but it is shown";
  EXPECT_THAT(page("/tasks/T-1", cookie).body, HasSubstr("&lt;script&gt;alert(3)")) << "the name in the header";
  const auto raw_bytes = page("/messages/m1/raw", cookie);
  EXPECT_EQ(header(raw_bytes, "Content-Type"), "message/rfc822");
  EXPECT_THAT(header(raw_bytes, "Content-Disposition"), StartsWith("attachment"));
}

/// What one sees without asking for details.
std::string unfolded(std::string page) {
  const std::string end = "</details>";
  for (auto at = page.find("<details"); at != std::string::npos; at = page.find("<details", at))
    page.erase(at, page.find(end, at) + end.size() - at);
  return page;
}

TEST_F(GatewayPage, WhatServersSayToEachOtherStandsFolded) {
  auto changes = opening(new_task("Water leak"));
  auto delivered = event_of_new_task(EventKind::send_delivered, "delivery");
  delivered.data = R"({"to":"kim@client.example","attempt":1,"message_id":"orgo-s1-t1@school.example",)"
                   R"("answer":"250 2.0.0 Ok: queued as 6FA8BA721F4"})";
  auto failed = event_of_new_task(EventKind::send_failed, "delivery");
  failed.data = R"({"to":"pat@client.example","attempt":20,"cause":"nobody answers there"})";
  changes.events.push_back(delivered);
  changes.events.push_back(failed);
  const auto committed = store.commit(std::span(&changes, 1), within(Millis{1000}));
  ASSERT_TRUE(committed && (*committed)[0]);
  const auto body = page("/tasks/T-1", login()).body;
  EXPECT_THAT(body, AllOf(HasSubstr("orgo-s1-t1@school.example"), HasSubstr("250 2.0.0 Ok"), HasSubstr("attempt")));
  EXPECT_THAT(unfolded(body), AllOf(HasSubstr("<strong>Mail delivered</strong> to <bdi>kim@client.example</bdi>"),
                                    Not(HasSubstr("orgo-s1-t1@school.example")), Not(HasSubstr("250 2.0.0 Ok")),
                                    Not(HasSubstr("attempt")), HasSubstr("nobody answers there")));
}

TEST_F(GatewayPage, ErrorsOfThePagesArePages) {
  const auto response = page("/nowhere", "");
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, AllOf(StartsWith("<!doctype html>"), HasSubstr("Not Found")));
}

}  // namespace
}  // namespace orgo::contract
