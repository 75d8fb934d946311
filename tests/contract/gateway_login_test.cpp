// Who gets in by the page, and for how long.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service/gateway/core/cookies.h"
#include "service/people/login_service.h"
#include "service/people/sessions.h"
#include "tests/contract/support/gateway_world.h"

namespace orgo::contract {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class GatewayLogin : public GatewayWorld {
 protected:
  HttpResponse attempt(std::string_view name, std::string_view password, const std::string& from = "203.0.113.9",
                       const std::string& cookie = "") {
    return ask({.method = "POST",
                .target = "/login",
                .body = "name=" + std::string(name) + "&password=" + std::string(password),
                .headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                            {"Origin", "http://orgo.example"},
                            {"Cookie", cookie},
                            {"X-Forwarded-For", from}},
                .as = std::nullopt});
  }
  /// All cookies that an answer sets, as a browser sends them back.
  static std::string cookies_of(const HttpResponse& response) {
    std::string cookies;
    for (const auto& field : response.headers)
      if (field.name == "Set-Cookie")
        cookies += (cookies.empty() ? "" : "; ") + field.value.substr(0, field.value.find(';'));
    return cookies;
  }
  void store_person_without_password(std::string_view login) {
    commit(people::add(kTenant, login, {}, "user:test", kStart).value());
  }
  bool is_in(const std::string& cookie) { return page("/", cookie).status == 200; }
  std::vector<std::string> events(EventKind kind) {
    std::vector<std::string> found;
    const auto all = store.events_after(kTenant, 0, 1000).value();
    for (const auto& stored : all)
      if (stored.event.kind == kind) found.push_back(stored.event.actor + " " + stored.event.data);
    return found;
  }
};

TEST_F(GatewayLogin, ASessionEndsByTime) {
  const auto cookie = login();
  clock.time += Sessions::kLifetime - Millis{1};
  EXPECT_TRUE(is_in(cookie));
  clock.time += Millis{1};
  EXPECT_FALSE(is_in(cookie));
}

TEST_F(GatewayLogin, ALogoutEndsItEverywhereAndForEver) {
  const auto one = login(), other = login(), bert = login(Role::manager);
  EXPECT_EQ(form("/logout", "", one).status, 303);
  EXPECT_FALSE(is_in(one));
  EXPECT_FALSE(is_in(other));
  EXPECT_TRUE(is_in(bert)) << "somebody else's goes on";
  gateway::Gateway again(services(), settings());  // as after a restart, or on another node
  HttpRequest request;
  request.headers = {{"Host", "orgo.example"}, {"Cookie", one}};
  EXPECT_EQ(again.handle(request).status, 303) << "a logout is not forgotten at a restart";
  request.headers = {{"Host", "orgo.example"}, {"Cookie", bert}};
  EXPECT_EQ(again.handle(request).status, 200) << "and a session is not, either";
  EXPECT_TRUE(is_in(login())) << "the next one holds, in the same millisecond too";
}

TEST_F(GatewayLogin, AnotherPasswordAnotherRoleAndTheEndOfAnAccountCountAtOnce) {
  auto cookie = login();
  EXPECT_EQ(ask({.method = "PUT", .target = "/api/v1/people/anna", .body = R"({"role":"viewer"})"}).status, 200);
  EXPECT_EQ(form("/tasks/T-1/ack", "version=1", cookie).status, 403);
  EXPECT_EQ(
      ask({.method = "PUT", .target = "/api/v1/people/anna/password", .body = R"({"password":"another one!"})"}).status,
      200);
  EXPECT_FALSE(is_in(cookie));
  EXPECT_EQ(attempt("anna", kPassword).status, 401);
  const auto in = attempt("anna", "another+one!");
  EXPECT_EQ(in.status, 303);
  EXPECT_EQ(ask({.method = "POST", .target = "/api/v1/people/anna/disable"}).status, 200);
  EXPECT_FALSE(is_in(cookies_of(in)));
  EXPECT_EQ(attempt("anna", "another+one!").status, 401);
  EXPECT_EQ(ask({.method = "POST", .target = "/api/v1/people/anna/enable"}).status, 200);
  EXPECT_FALSE(is_in(cookies_of(in))) << "what ended has ended";
  EXPECT_EQ(attempt("anna", "another+one!").status, 303);
}

TEST_F(GatewayLogin, ForgedSessionsAreNone) {
  const auto cookie = login();
  const auto value = cookie.substr(cookie.find('=') + 1);
  const auto with = [](const std::string& text) { return std::string(gateway::kSessionCookie) + "=" + text; };
  for (std::size_t i = 0; i < value.size(); ++i) {
    auto changed = value;
    changed[i] = changed[i] == '1' ? '2' : '1';
    EXPECT_FALSE(is_in(with(changed))) << i;
    EXPECT_FALSE(is_in(with(value.substr(0, i)))) << i;
  }
  for (const char* strange : {"", "/", "s/1/2/anna", "s/1/2/anna/", "////"}) EXPECT_FALSE(is_in(with(strange)));
  EXPECT_FALSE(is_in(with(std::string(10'000, '/'))));
  const auto device = cookies_of(attempt("anna", kPassword));
  EXPECT_FALSE(is_in(with(device.substr(device.find("orgo_device=") + 12)))) << "a known browser is not logged in";
  EXPECT_EQ(ask({.target = "/api/v1/tasks", .headers = {{"Cookie", cookie}}, .as = std::nullopt}).status, 401)
      << "a session is no bearer token";
  EXPECT_EQ(ask({.target = "/", .as = Role::administrator}).status, 303) << "and a bearer token no session";
}

TEST_F(GatewayLogin, NobodyLearnsWhichNamesThereAre) {
  store_person_without_password("ben");
  const auto wrong = attempt("anna", "wrong").body;
  for (const auto* other : {"ben", "nobody", "anna@x.example", "", "a b"}) {
    auto body = attempt(other, "wrong").body;
    const auto typed = body.find("name=\"name\" value=");
    ASSERT_NE(typed, std::string::npos);
    const auto rest = body.find(" autocomplete", typed);
    auto expected = wrong;
    const auto typed_there = expected.find("name=\"name\" value=");
    EXPECT_EQ(body.substr(rest), expected.substr(expected.find(" autocomplete", typed_there))) << other;
    EXPECT_EQ(body.substr(0, typed), expected.substr(0, typed_there)) << other;
  }
}

TEST_F(GatewayLogin, WrongOnesLockAndTellUntilWhenAndARestartForgivesNothing) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(attempt("anna", "wrong").status, 401) << i;
  const auto locked = attempt("anna", kPassword);
  EXPECT_EQ(locked.status, 429);
  EXPECT_EQ(header(locked, "Retry-After"), "30");
  EXPECT_THAT(locked.body, HasSubstr("Try again in 1 minute."));
  gateway::Gateway again(services(), settings());
  HttpRequest request{.method = "POST", .target = "/login"};
  request.headers = {{"Host", "orgo.example"},
                     {"Origin", "http://orgo.example"},
                     {"Content-Type", "application/x-www-form-urlencoded"},
                     {"X-Forwarded-For", "203.0.113.9"}};
  request.peer = "127.0.0.1:7";
  request.body = "name=anna&password=" + std::string(kPassword);
  EXPECT_EQ(again.handle(request).status, 429);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(attempt("nobody", "wrong", "203.0.113.10").status, 401) << i;
  EXPECT_EQ(attempt("nobody", "wrong", "203.0.113.10").status, 429) << "a name that there is not locks in the same way";
  EXPECT_EQ(attempt("anna", kPassword, "10.0.0.1").status, 303) << "the person elsewhere gets in";
  clock.time += Millis{30'000};
  EXPECT_EQ(attempt("anna", kPassword).status, 303);
}

TEST_F(GatewayLogin, AKnownBrowserGetsInWhileOthersGuess) {
  const auto browser = cookies_of(attempt("anna", kPassword, "10.0.0.1"));
  for (int i = 0; i < 60; ++i) (void)attempt("anna", "wrong", "203.0.113." + std::to_string(i));
  EXPECT_EQ(attempt("anna", kPassword, "10.0.0.2").status, 429) << "the name is locked for strangers";
  EXPECT_EQ(attempt("anna", kPassword, "10.0.0.2", browser).status, 303);
  EXPECT_EQ(attempt("manager", kPassword, "203.0.113.1", browser).status, 303) << "counts as none for another name";
  for (int i = 0; i < 60; ++i) (void)attempt("manager", "wrong", "203.0.113." + std::to_string(i));
  EXPECT_EQ(attempt("manager", kPassword, "10.0.0.2", browser).status, 429) << "nor does it open that one's lock";
  clock.time += Sessions::kDeviceLifetime;
  for (int i = 0; i < 60; ++i) (void)attempt("anna", "wrong", "203.0.113." + std::to_string(i));
  EXPECT_EQ(attempt("anna", kPassword, "10.0.0.2", browser).status, 429) << "known for so long and no longer";
}

/// A store in which an administrator is faster than the login.
class FasterAdministrator : public ChangeStore {
 public:
  FasterAdministrator(ChangeStore& store, Changes first) : store_(store), first_(std::move(first)) {}
  Result<std::vector<Result<Committed>>> commit(std::span<const Changes> batch, Deadline deadline) override {
    if (first_ && batch.front().find<PersonChange>() != nullptr) {
      const auto first = *std::exchange(first_, std::nullopt);
      EXPECT_TRUE(commit_one(store_, first, deadline));
    }
    return store_.commit(batch, deadline);
  }

 private:
  ChangeStore& store_;
  std::optional<Changes> first_;
};

TEST_F(GatewayLogin, WhoIsDisabledWhileThePasswordIsLookedAtDoesNotGetIn) {
  const auto anna = store.find_person(kTenant, "anna").value().value();
  FasterAdministrator changes(store, people::disable(anna, "user:administrator", kStart).value());
  PasswordWork passwords;
  LoginService login(store, changes, clock, passwords);
  EXPECT_FALSE(login.log_in({.tenant = kTenant, .name = "anna", .password = kPassword, .address = "10.0.0.1"}));
  EXPECT_FALSE(store.find_person(kTenant, "anna").value()->last_login);
}

TEST_F(GatewayLogin, WhoComesThroughNoProxyIsNotBelieved) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(attempt("anna", "wrong", "10.0.0.1, 203.0.113.9").status, 401);
  EXPECT_EQ(attempt("anna", kPassword, "10.0.0.2, 203.0.113.9").status, 429) << "the last one counts";
}

TEST_F(GatewayLogin, EachIsTold) {
  (void)attempt("anna", "wrong");
  (void)attempt("secret-typed-as-name", "wrong");
  (void)attempt("anna", kPassword);
  EXPECT_THAT(
      events(EventKind::person_refused),
      testing::ElementsAre(R"(login {"login":"anna","address":"203.0.113.9"})", R"(login {"address":"203.0.113.9"})"));
  EXPECT_THAT(events(EventKind::person_logged_in),
              testing::ElementsAre(R"(user:anna {"login":"anna","address":"203.0.113.9"})"));
}

TEST_F(GatewayLogin, OnesOwnPasswordIsChangedWithTheOneBefore) {
  const auto cookie = login(), elsewhere = login();
  EXPECT_THAT(page("/account", cookie).body, AllOf(HasSubstr("anna"), HasSubstr("name=\"current\"")));
  const auto change = [&](const std::string& current, const std::string& next, const std::string& again) {
    return form("/account/password", "current=" + current + "&new=" + next + "&again=" + again, cookie);
  };
  EXPECT_EQ(change("wrong", "a+new+password", "a+new+password").status, 400);
  EXPECT_EQ(change(std::string(kPassword), "a+new+password", "another").status, 400);
  EXPECT_EQ(change(std::string(kPassword), "short", "short").status, 400);
  EXPECT_TRUE(is_in(elsewhere));
  const auto changed = change(std::string(kPassword), "a+new+password", "a+new+password");
  EXPECT_EQ(changed.status, 303);
  EXPECT_FALSE(is_in(elsewhere));
  EXPECT_FALSE(is_in(cookie));
  EXPECT_TRUE(is_in(cookies_of(changed)));
  EXPECT_EQ(attempt("anna", "a+new+password").status, 303);
}

TEST_F(GatewayLogin, OfSeveralOrganizationsOneIsSaid) {
  EXPECT_THAT(page("/login", "").body, Not(HasSubstr("organization")));
  const auto other = store.put_tenant(kTenant, commands::add_tenant("other", {}, "user:cli", kStart).value());
  ASSERT_TRUE(other);
  add_person("zoe", Role::staff, other->id);
  EXPECT_THAT(page("/login", "").body, HasSubstr("name=\"organization\""));
  EXPECT_EQ(attempt("zoe", kPassword).status, 401) << "without one: the first";
  const auto in = form("/login", "organization=other&name=zoe&password=" + std::string(kPassword), "");
  EXPECT_EQ(in.status, 303);
  open_task();
  EXPECT_EQ(page("/tasks/T-1", cookies_of(in)).status, 404) << "and sees its own";
  EXPECT_EQ(form("/login", "organization=nowhere&name=zoe&password=x", "").status, 401);
  ASSERT_TRUE(store.put_tenant(kTenant, commands::suspend_tenant(*other, "user:cli", kStart).value()));
  EXPECT_EQ(form("/login", "organization=other&name=zoe&password=" + std::string(kPassword), "").status, 401)
      << "one that is suspended lets nobody in";
}

TEST_F(GatewayLogin, TheApiKeepsAccountsAsItShould) {
  EXPECT_EQ(post("/api/v1/people", R"({"login":"Ben","name":"Ben","teams":["it"],"role":"staff"})", Role::administrator)
                .status,
            201);
  const auto ben = json_of(get("/api/v1/people/ben"));
  EXPECT_EQ(ben.at("name"), "Ben");
  EXPECT_FALSE(ben.at("has_password").as_bool());
  EXPECT_EQ(post("/api/v1/people", R"({"login":"ben"})", Role::administrator).status, 409);
  EXPECT_EQ(post("/api/v1/people", R"({"login":"b en"})", Role::administrator).status, 400);
  EXPECT_EQ(post("/api/v1/people", R"({"login":"bo","role":"boss"})", Role::administrator).status, 400);
  EXPECT_EQ(post("/api/v1/people", R"({"login":"bo","password":"short"})", Role::administrator).status, 400);
  EXPECT_THAT(get("/api/v1/people/bem").body, HasSubstr("did you mean 'ben'?"));
  EXPECT_EQ(get("/api/v1/people/bem").status, 404);
  const auto demote = ask({.method = "PUT", .target = "/api/v1/people/administrator", .body = R"({"role":"staff"})"});
  EXPECT_EQ(demote.status, 409);
  EXPECT_THAT(demote.body, HasSubstr("last administrator"));
  EXPECT_EQ(ask({.method = "POST", .target = "/api/v1/people/administrator/disable"}).status, 409);
  EXPECT_THAT(get("/api/v1/people").body, Not(HasSubstr("argon2")));
  EXPECT_THAT(get("/api/v1/events?limit=1000").body, Not(HasSubstr("argon2")));
}

}  // namespace
}  // namespace orgo::contract
