#include "app/http/http_part.h"

#include <map>
#include <mutex>
#include <utility>

#include "app/policies/policy_sources.h"
#include "app/rules/rules_of_version.h"
#include "base/planted.h"

namespace orgo {
namespace {

gateway::Settings gateway_settings(const Config& config, const StoragePart& storage, const Endpoint& endpoint) {
  gateway::Settings settings;
  settings.message_max = *config.http.max_body;
  settings.new_message_max =
      ORGO_PLANT(message_size_unheard_by_http) ? *config.http.max_body : *config.limits.message_size;
  settings.cursor_key = storage.key("gateway");
  settings.public_metrics = *config.http.metrics == MetricsAccess::open || ORGO_PLANT(metrics_for_all) ||
                            (*config.http.metrics == MetricsAccess::loopback && is_loopback(endpoint.host));
  settings.zone = config.organization.zone();
  settings.default_recipient = "inbox@" + *config.organization.domain;
  return settings;
}

/// The modules of one tenant, made when somebody asks.
struct TenantModules {
  TenantModules(const Config& config, const Tenant& tenant, const std::string& shipped)
      : source(open_policy_source(config, tenant)), home(home_of(*config.data.dir, tenant), shipped),
        service(home, [this] {
          auto read = source->read();
          return read ? std::move(read->files) : std::vector<SourceFile>{};
        }) {}
  std::unique_ptr<PolicySource> source;
  ModuleHome home;
  ModuleService service;
};

/// One at a time for each tenant, shared by all who ask for it: it sees to it that two changes don't mix.
class ModulesOfTenants {
 public:
  ModulesOfTenants(const Config& config, TenantStore& tenants)
      : config_(config), shipped_(shipped_modules(*config.modules.dir)), tenants_(tenants) {}
  std::shared_ptr<ModuleService> of(TenantId id) {
    const auto tenant = tenants_.read_tenant(id);
    if (!tenant) return nullptr;
    const std::lock_guard lock(mutex_);
    std::erase_if(made_, [](const auto& one) { return one.second.expired(); });
    auto made = made_[id].lock();
    if (!made) made_[id] = made = std::make_shared<TenantModules>(config_, *tenant, shipped_);
    return {made, &made->service};
  }

 private:
  const Config& config_;
  const std::string shipped_;
  TenantStore& tenants_;
  std::mutex mutex_;
  std::map<TenantId, std::weak_ptr<TenantModules>> made_;
};

}  // namespace

Result<HttpPart*> HttpPart::open(Node& node, const Config& config, StoragePart& storage, PoliciesPart& policies,
                                 TenantsPart& tenants, IntakePart& intake, MailboxesPart& mailboxes,
                                 ClusterPart& cluster, SearchPart& search, gateway::ReadyChecks checks) {
  auto& part = node.lifecycle().own(std::make_unique<HttpPart>());
  part.endpoint_ = Endpoint::parse(*config.http.listen);
  if (part.endpoint_.off()) return &part;
  part.make_gateway(node, config, storage, policies, tenants, intake, mailboxes, cluster, search, std::move(checks));
  ORGO_CHECK(part.open_door(node, config));
  return &part;
}

void HttpPart::make_gateway(Node& node, const Config& config, StoragePart& storage, PoliciesPart& policies,
                            TenantsPart& tenants, IntakePart& intake, MailboxesPart& mailboxes, ClusterPart& cluster,
                            SearchPart& search, gateway::ReadyChecks checks) {
  signatures_ = std::make_unique<KeyringVerifier>(keyring_of(config.mail));
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
      .submit_all =
          [&intake](std::vector<std::pair<Envelope, std::string>> messages, Deadline deadline) {
            return intake.submit_all(std::move(messages), deadline);
          },
      .decisions = node.decisions(),
      .ready_checks = std::move(checks),
      .mailboxes = [&mailboxes] { return mailboxes.statuses(); },
      .nodes = [&cluster] { return cluster.nodes(); },
      .search = &search.search(),
      .search_follower = &search.follower(),
      .signatures = signatures_.get(),
      .rules_of = rules_of_version(stores.rules, *config.data.dir,
                                   [&policies](TenantId tenant) -> std::shared_ptr<const rules::RuleSet> {
                                     const auto policy = policies.book().of(tenant);
                                     return policy ? (*policy)->rules : nullptr;
                                   }),
      .policies = policies.policies(),
      .check_tenant = [&directory = tenants.directory()](TenantId id) { return directory.check_active(id); },
      .prepare_tenant = [data = *config.data.dir](const Tenant& tenant) { return make_tenant_folder(data, tenant); },
      .check_recipients =
          [&config, &all = stores.tenants](const Tenant& tenant) { return check_recipients(config, all, tenant); },
      .tenant_changed =
          [&directory = tenants.directory(), &book = policies.book()](const Tenant& tenant) {
            if (!ORGO_PLANT(changed_tenant_is_remembered)) directory.tenants_changed();
            book.forget(tenant.id);
          },
      .modules =
          [made = std::make_shared<ModulesOfTenants>(config, stores.tenants)](TenantId id) { return made->of(id); }};
  gateway_ = std::make_unique<gateway::Gateway>(std::move(services), gateway_settings(config, storage, endpoint_));
}

Status HttpPart::open_door(Node& node, const Config& config) {
  io_ = std::make_unique<net::IoThreads>(2);  // one goes on while the other answers a quick read
  node.lifecycle().on_stop("network threads", [this](Deadline) { io_->stop(); });
  HttpServerOptions options;
  options.host = endpoint_.host;
  options.port = endpoint_.port;
  options.tls = {*config.http.tls.certificate, *config.http.tls.key};
  secure_ = !config.http.tls.empty();
  options.connections = static_cast<int>(*config.http.connections);
  options.quick_reads = !is_on_a_server(*config.database.url);
  (ORGO_PLANT(idle_time_is_the_heads) ? options.head_time : options.idle_time) = *config.http.idle_time;
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
