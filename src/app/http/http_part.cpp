#include "app/http/http_part.h"

#include <utility>

#include "app/rules/rule_files.h"
#include "app/rules/rules_of_version.h"

namespace orgo {
namespace {

gateway::Settings gateway_settings(const Config& config, const StoragePart& storage, const Endpoint& endpoint) {
  gateway::Settings settings;
  settings.message_max = *config.http.max_body;
  settings.new_message_max = *config.limits.message_size;
  settings.cursor_key = storage.key("gateway");
  settings.public_metrics = *config.http.metrics == MetricsAccess::open ||
                            (*config.http.metrics == MetricsAccess::loopback && is_loopback(endpoint.host));
  settings.zone = config.organization.zone();
  settings.default_recipient = "inbox@" + *config.organization.domain;
  return settings;
}

}  // namespace

Result<HttpPart*> HttpPart::open(Node& node, const Config& config, StoragePart& storage, RulesPart& rules,
                                 IntakePart& intake, MailboxesPart& mailboxes,
                                 std::vector<gateway::ReadyCheck> checks) {
  auto& part = node.lifecycle().own(std::make_unique<HttpPart>());
  part.endpoint_ = Endpoint::parse(*config.http.listen);
  if (part.endpoint_.off()) return &part;
  part.make_gateway(node, config, storage, rules, intake, mailboxes, std::move(checks));
  ORGO_CHECK(part.open_door(node, config));
  return &part;
}

void HttpPart::make_gateway(Node& node, const Config& config, StoragePart& storage, RulesPart& rules,
                            IntakePart& intake, MailboxesPart& mailboxes, std::vector<gateway::ReadyCheck> checks) {
  signatures_ = std::make_unique<KeyringVerifier>(keyring_of(config.mail));
  module_home_ = std::make_unique<ModuleHome>(*config.data.dir, shipped_modules(*config.modules.dir));
  modules_ = std::make_unique<ModuleService>(*module_home_, [files = *config.rules.files, data = *config.data.dir] {
    auto read = RuleFiles(files, data).read();
    return read ? std::move(*read) : std::vector<SourceFile>{};
  });
  auto& stores = storage.stores();
  gateway::Services services{
      .tasks = stores.tasks,
      .changes = stores.changes,
      .messages = stores.messages,
      .outbox = stores.outbox,
      .work = stores.work,
      .tokens = stores.tokens,
      .people = stores.people,
      .tenants = stores.tenants,
      .ledger = stores.ledger,
      .clock = node.clock(),
      .submit = [&intake](const Envelope& envelope, std::string bytes,
                          Deadline deadline) { return intake.submit(envelope, std::move(bytes), deadline); },
      .ready_checks = std::move(checks),
      .signatures = signatures_.get(),
      .workplace = [&rules] { return rules.workplace(); },
      .rules_of = rules_of_version(stores.rules, *config.data.dir, [&rules](TenantId) { return rules.current(); }),
      .check_field = [&rules](const Task& task, const std::string& name, const std::string& value,
                              TimePoint now) { return rules.current()->checked_field(task.type, name, value, now); },
      .modules = [this, tenant = storage.tenant()](TenantId of) { return of == tenant ? modules_.get() : nullptr; }};
  if (mailboxes.any()) services.mailboxes = [&mailboxes] { return mailboxes.statuses(); };
  gateway_ = std::make_unique<gateway::Gateway>(std::move(services), gateway_settings(config, storage, endpoint_));
}

Status HttpPart::open_door(Node& node, const Config& config) {
  io_ = std::make_unique<net::IoThreads>(1);
  node.lifecycle().on_stop("network threads", [this](Deadline) { io_->stop(); });
  HttpServerOptions options;
  options.host = endpoint_.host;
  options.port = endpoint_.port;
  options.tls = {*config.http.tls.certificate, *config.http.tls.key};
  secure_ = !config.http.tls.empty();
  options.connections = static_cast<int>(*config.http.connections);
  options.idle_time = *config.http.idle_time;
  ORGO_TRY(server, HttpServer::open(*io_, options, *gateway_));
  server_ = std::move(server);
  node.lifecycle().on_stop("HTTP", [this](Deadline deadline) {
    gateway_->drain();
    server_->stop(grace_until(deadline));
  });
  return {};
}

std::string HttpPart::url() const {
  if (!server_) return {};
  return (secure_ ? "https://" : "http://") + to_string(endpoint_, server_->port());
}

}  // namespace orgo
