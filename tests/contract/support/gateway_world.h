#pragma once
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "adapter/memory/memory_store.h"
#include "base/json.h"
#include "base/password_hash.h"
#include "base/time.h"
#include "core/parts/parts.h"
#include "core/people/people_commands.h"
#include "core/people/person_change.h"
#include "core/task/task_change.h"
#include "service/gateway/gateway.h"
#include "service/modules/module_service.h"
#include "tests/contract/support/memory_modules.h"
#include "tests/contract/support/samples.h"
#include "tests/support/tenants.h"

namespace orgo::contract {

class SetClock : public Clock {
 public:
  TimePoint now() override { return time; }
  TimePoint time = kStart + std::chrono::hours(3);
};

/// A gateway on the store in memory, with a token for each role; asked by functions, without sockets.
class GatewayWorld : public testing::Test {
 protected:
  GatewayWorld() : gateway(services(), settings()) {
    for (const auto* colleague : {"bert", "carl"}) add_person(colleague, Role::staff);
    for (const auto role : {Role::administrator, Role::manager, Role::staff, Role::viewer, Role::integration}) {
      add_person(login_of(role), role);
      secrets[role] = gateway::new_token_secret();
      ApiToken token{.tenant = kTenant};
      token.name = role == Role::staff ? "anna" : std::string(to_string(role));
      token.role = role;
      token.person = login_of(role);
      token.created_at = kStart;
      EXPECT_TRUE(
          commit_one(store, make_token(token, gateway::token_hash(secrets[role]), "test"), within(Millis{1000})));
    }
  }

  static std::string login_of(Role role) { return role == Role::staff ? "anna" : std::string(to_string(role)); }
  static constexpr std::string_view kPassword = "correct horse battery";
  /// With kPassword.
  void add_person(std::string_view login, Role role, TenantId tenant = kTenant) {
    static const auto hash = hash_password(kPassword, PasswordSalt{}).value();
    auto changes = people::add(tenant, login, {.role = role}, "user:test", kStart).value();
    changes.find<PersonChange>()->person.password = hash;
    commit(changes);
  }
  void commit(const Changes& changes) {
    const auto done = static_cast<ChangeStore&>(store).commit(std::span(&changes, 1), within(Millis{10'000}));
    ASSERT_TRUE(done && done->at(0)) << (done ? done->at(0).error().message : done.error().message);
  }

  gateway::Services services() {
    return {.tasks = store,
            .changes = store,
            .messages = store,
            .outbox = store,
            .work = store,
            .tokens = store,
            .people = store,
            .tenants = store,
            .ledger = store,
            .clock = clock,
            .submit = [this](const Envelope& envelope, std::string bytes, Deadline deadline) -> Result<Accepted> {
              if (!submit_fails.message.empty()) return tl::unexpected(submit_fails);
              const RawMessage message{envelope, bytes};
              ORGO_TRY(answers, static_cast<MessageStore&>(store).accept(std::span(&message, 1), deadline));
              return answers.at(0);
            },
            .submit_all = [this](std::vector<std::pair<Envelope, std::string>> messages,
                                 Deadline deadline) -> Result<std::vector<Result<Accepted>>> {
              if (!submit_fails.message.empty()) return tl::unexpected(submit_fails);
              std::vector<Result<Accepted>> out;
              for (const auto& [envelope, bytes] : messages) {
                const RawMessage message{envelope, bytes};
                ORGO_TRY(answers, static_cast<MessageStore&>(store).accept(std::span(&message, 1), deadline));
                out.emplace_back(answers.at(0));
              }
              return out;
            },
            .ready_checks =
                [this] {
                  return std::vector<gateway::ReadyCheck>{{"database",
                                                           [this]() -> Status {
                                                             if (database_problem.empty()) return {};
                                                             return failure(Errc::unavailable, database_problem);
                                                           }},
                                                          {.name = "mailbox office",
                                                           .check = [this]() -> Status {
                                                             if (mailbox_problem.empty()) return {};
                                                             return failure(Errc::unavailable, mailbox_problem);
                                                           },
                                                           .required = false}};
                },
            .mailboxes = [this] { return mailboxes; },
            .check_tenant = [this](TenantId tenant) -> Status {
              const auto known = store.read_tenant(tenant);
              if (!known || known->state == TenantState::active) return {};
              return failure(Errc::not_permitted, "tenant '" + known->name + "' is suspended");
            },
            .modules =
                [this](TenantId tenant) {
                  return tenant == kTenant ? std::shared_ptr<ModuleService>(&modules, [](auto*) {}) : nullptr;
                }};
  }
  static gateway::Settings settings() {
    gateway::Settings out;
    out.message_max = 1000;
    out.new_message_max = 48'000;
    out.default_recipient = "inbox@school.example";
    out.cursor_key = "a key";
    return out;
  }

  /// What a worker would get now.
  std::vector<WorkLease> claim_work() {
    const auto keys = store.unclaimed(WorkKind::process, clock.time, 10).value();
    return store.claim(kOwner, keys, clock.time, Millis{1'000}).value();
  }

  struct Ask {
    std::string method = "GET";
    std::string target = "/";
    std::string body = {};
    std::map<std::string, std::string> headers = {};
    std::optional<Role> as = Role::administrator;  ///< bearer token of this role; nullopt: none
  };
  HttpResponse ask(const Ask& what) {
    HttpRequest request;
    request.method = what.method;
    request.target = what.target;
    request.body = what.body;
    request.peer = "127.0.0.1:5";
    request.headers.push_back({"Host", "orgo.example"});
    if (what.as) request.headers.push_back({"Authorization", "Bearer " + secrets.at(*what.as)});
    bool typed = false;
    for (const auto& [name, value] : what.headers) {
      request.headers.push_back({name, value});
      typed = typed || name == "Content-Type";
    }
    if (!what.body.empty() && !typed) request.headers.push_back({"Content-Type", "application/json"});
    return gateway.handle(request);
  }
  HttpResponse get(const std::string& target, std::optional<Role> as = Role::administrator) {
    return ask({.target = target, .as = as});
  }
  HttpResponse post(const std::string& target, const std::string& body, Role as = Role::staff,
                    std::map<std::string, std::string> headers = {}) {
    return ask({.method = "POST", .target = target, .body = body, .headers = std::move(headers), .as = as});
  }
  static json::value json_of(const HttpResponse& response) {
    auto value = parse_json(response.body);
    EXPECT_TRUE(value) << response.body;
    return value ? *value : json::value();
  }
  static std::string header(const HttpResponse& response, std::string_view name) {
    return std::string(response.header(name));
  }

  // For pages: a session, as a browser would have it.
  std::string login(Role role = Role::staff) {
    const auto response =
        form("/login", "name=" + login_of(role) + "&password=" + std::string(kPassword) + "&next=%2F", "");
    EXPECT_EQ(response.status, 303) << response.body;
    const auto cookie = header(response, "Set-Cookie");
    return cookie.substr(0, cookie.find(';'));
  }
  HttpResponse page(const std::string& target, const std::string& cookie) {
    return ask({.target = target, .headers = {{"Cookie", cookie}}, .as = std::nullopt});
  }
  HttpResponse form(const std::string& target, const std::string& fields, const std::string& cookie,
                    const std::string& origin = "http://orgo.example") {
    std::map<std::string, std::string> headers{{"Content-Type", "application/x-www-form-urlencoded"},
                                               {"Cookie", cookie}};
    if (!origin.empty()) headers["Origin"] = origin;
    return ask({.method = "POST", .target = target, .body = fields, .headers = std::move(headers), .as = std::nullopt});
  }

  /// Accepts a mail, and decides that it opens a task.
  TaskNumber open_task(const std::string& title = "Water leak", const std::string& bytes = mail("a@b"),
                       const std::string& team = "maintenance@school.example") {
    const auto message = raw(bytes);
    const auto accepted = static_cast<MessageStore&>(store).accept(std::span(&message, 1), within(Millis{1000}));
    EXPECT_TRUE(accepted);
    auto changes = deciding((*accepted)[0].message);
    changes.all<TaskChange>()[0].task.title = title;
    changes.all<TaskChange>()[0].task.team = team;
    const auto committed = store.commit(std::span(&changes, 1), within(Millis{1000}));
    EXPECT_TRUE(committed && (*committed)[0]);
    return (*committed)[0]->task;
  }

  SetClock clock;
  MemoryStore store;
  std::map<Role, std::string> secrets;
  Error submit_fails{Errc::unavailable, ""};
  std::string database_problem;
  std::string mailbox_problem;
  std::vector<MailboxStatus> mailboxes;
  MemoryModules module_store;
  ModuleService modules{module_store, [] { return std::vector<SourceFile>{}; }};
  gateway::Gateway gateway;
};

}  // namespace orgo::contract
