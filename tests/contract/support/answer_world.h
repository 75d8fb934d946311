#pragma once
#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/memory/memory_work_hints.h"
#include "core/mail/read/read_message.h"
#include "core/task/commands.h"
#include "service/processing/processor.h"
#include "tests/contract/support/gateway_world.h"

namespace orgo::contract {

inline constexpr std::string_view kAnswerRules =
    "templates:\n"
    "  greeting: {subject: x, body: \"Dear {{requester}},\\n\"}\n"
    "  task_opened: {subject: x, body: \"{{task}}\"}\n";

/// A gateway whose messages are decided as soon as they are accepted, as a server would.
class AnswerWorld : public GatewayWorld {
 protected:
  struct File {
    std::string name, bytes;
  };
  AnswerWorld() { answering.emplace(deciding_services(), settings()); }

  static PolicySettings policy_settings() {
    PolicySettings out;
    out.decide.domain = "orgo.example";
    out.decide.answers.undo = Millis{60'000};
    return out;
  }
  PolicyOf policies() {
    return [this](TenantId tenant) -> Result<std::shared_ptr<const Policy>> {
      return std::make_shared<const Policy>(Policy{.tenant = tenant, .rules = rules, .settings = decided});
    };
  }
  gateway::Services deciding_services() {
    auto out = services();
    out.policies = policies();
    out.submit = [this](const Envelope& envelope, std::string bytes, Deadline deadline) -> Result<Accepted> {
      if (!submit_fails.message.empty()) return tl::unexpected(submit_fails);
      if (before_accepting) std::exchange(before_accepting, {})();
      const RawMessage message{envelope, bytes};
      ORGO_TRY(answers, static_cast<MessageStore&>(store).accept(std::span(&message, 1), deadline));
      if (before_decision) std::exchange(before_decision, {})();
      if (deciding) decide_all();
      return answers.at(0);
    };
    return out;
  }
  void decide_all() {
    const auto keys = store.unclaimed(WorkKind::process, clock.time, 100).value();
    hints.announce(keys, clock.time);
    EXPECT_TRUE(processor.step());
  }
  /// A mail of the customer that joins the task.
  void customer_writes(std::string_view words, std::string_view field = "") {
    const auto bytes =
        "From: anna@school.example\r\nSubject: Re: Water leak\r\nMessage-ID: <more@b>\r\nIn-Reply-To: "
        "<a@b>\r\n" +
        std::string(field) + "\r\n" + std::string(words) + "\r\n";
    const auto message = raw(bytes);
    ASSERT_TRUE(static_cast<MessageStore&>(store).accept(std::span(&message, 1), within(Millis{1'000})));
    decide_all();
  }

  HttpResponse say(HttpRequest request) {
    request.headers.push_back({"Host", "orgo.example"});
    request.headers.push_back({"Cookie", cookie});
    return answering->handle(request);
  }
  std::string shown(const std::string& target = "/tasks/T-1") { return say({.target = target}).body; }
  static std::string value_of(std::string_view page, std::string_view name) {
    const auto before = "name=\"" + std::string(name) + "\" value=\"";
    const auto at = page.find(before);
    if (at == std::string_view::npos) return "none";
    return std::string(page.substr(at + before.size(), page.find('"', at + before.size()) - at - before.size()));
  }
  using Fields = std::map<std::string, std::string>;
  static std::string multipart(const Fields& fields, const std::vector<File>& files = {}) {
    std::string body;
    for (const auto& [name, value] : fields)
      body += "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    for (const auto& file : files)
      body += "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"" + file.name +
              "\"\r\nContent-Type: text/plain\r\n\r\n" + file.bytes + "\r\n";
    return body + "--b--\r\n";
  }
  /// As a program asks.
  HttpResponse post(const std::string& target, const std::string& body, std::vector<HttpHeader> more = {}) {
    HttpRequest request{.method = "POST", .target = target, .body = body};
    request.headers = {{"Authorization", "Bearer " + secrets.at(Role::staff)}, {"Content-Type", "application/json"}};
    for (auto& header : more) request.headers.push_back(std::move(header));
    return answering->handle(request);
  }
  std::string version_tag() { return "\"" + std::to_string(store.read(kTenant, task)->version) + "\""; }
  /// Somebody else changes the task.
  void somebody_comments() {
    auto changes = commands::comment(*store.read(kTenant, task), "Mind the step.", "user:bert", clock.time).value();
    commit(changes);
  }
  HttpResponse send(const std::string& body, const std::string& origin = "http://orgo.example",
                    const std::string& type = "multipart/form-data; boundary=b") {
    return say({.method = "POST",
                .target = "/tasks/T-1/reply",
                .headers = {{"Origin", origin}, {"Content-Type", type}},
                .body = body});
  }
  /// The form of the page as it is now, with these fields.
  Fields filled(Fields fields) {
    const auto page = shown();
    fields.emplace("version", value_of(page, "version"));
    fields.emplace("key", value_of(page, "key"));
    fields.emplace("as", "answer");
    return fields;
  }
  HttpResponse answer(const Fields& fields, const std::vector<File>& files = {}) {
    return send(multipart(filled(fields), files));
  }
  HttpResponse recall(const std::string& message) {
    return say({.method = "POST",
                .target = "/tasks/T-1/recall",
                .headers = {{"Origin", "http://orgo.example"}, {"Content-Type", "application/x-www-form-urlencoded"}},
                .body = "message=" + message});
  }
  std::vector<StoredSend> answers() {
    auto sends = store.sends_of_task(kTenant, TaskNumber{1}).value();
    std::erase_if(sends, [](const StoredSend& one) { return one.send.kind != SendKind::answer; });
    return sends;
  }
  Message words_of(MessageId id) { return read_message(store.read_bytes(kTenant, id).value()); }

  std::function<void()> before_accepting, before_decision;  ///< called once, when the next one is accepted
  bool deciding = true;                                     ///< false: as where no server runs
  MemoryWorkHints hints;
  PolicySettings decided = policy_settings();
  std::shared_ptr<const rules::RuleSet> rules = rules::load_rules({{"rules.yaml", std::string(kAnswerRules)}}).rules;
  Processor processor{store, store, hints, store, store, clock, policies(), {}};
  std::optional<gateway::Gateway> answering;
  TaskNumber task = open_task();
  std::string cookie = login();
};

}  // namespace orgo::contract
