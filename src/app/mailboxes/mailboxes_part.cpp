#include "app/mailboxes/mailboxes_part.h"

#include "app/policies/policy_sources.h"
#include "base/log.h"

namespace orgo {
namespace {

/// Another node reads on when this one has been silent for so long: more than a look and a wait at the server take.
constexpr Millis kTurn = MailboxTiming{}.look + MailboxTiming{}.wait + Millis{60'000};
constexpr int kTenantsAtOnce = 500;

struct Adding {
  MailboxService& service;
  const Config& config;
  TenantDirectory& directory;
  const TurnOfMailbox turn_of;
};

void add_of(const Adding& to, const Tenant& tenant, const Config& config) {
  add_mailboxes(to.service, tenant, config, to.turn_of, [&directory = to.directory, id = tenant.id] {
    const auto active = directory.check_active(id);
    return !active && active.error().code == Errc::not_permitted;
  });
}

/// Those of the configuration, and of the folder of each tenant, suspended ones too: they may be resumed. A folder with
/// mistakes has no mailboxes: what is wrong with it is told when its policy is loaded.
Status add_all(const Adding& to, TenantStore& tenants) {
  TenantId after{0};
  for (;;) {
    ORGO_TRY(page, tenants.list_tenants(after, kTenantsAtOnce));
    for (const auto& tenant : page) {
      if (tenant.name == kFirstTenantName) {
        add_of(to, tenant, to.config);
        continue;
      }
      const auto loaded = load_tenant_config(to.config, tenant);
      if (loaded.errors.empty()) add_of(to, tenant, loaded.config);
      else
        log::error("mailboxes.refused",
                   {{"tenant", tenant.name}, {"detail", to_string(loaded.errors, loaded.sources)}});
    }
    if (page.size() < static_cast<std::size_t>(kTenantsAtOnce)) return {};
    after = page.back().id;
  }
}

}  // namespace

Result<MailboxesPart*> MailboxesPart::open(Node& node, const Config& config, StoragePart& storage, TenantsPart& tenants,
                                           IntakePart& intake) {
  auto& part = node.lifecycle().own(std::make_unique<MailboxesPart>());
  auto service = std::make_unique<MailboxService>(intake.service(), storage.stores().mailboxes,
                                                  storage.stores().changes, node.clock(), random_share);
  const auto turn_of = [&node](TenantId tenant, const std::string& mailbox) {
    return std::make_unique<Turn>(node.locks(), node.clock(), "mailbox/" + to_string(tenant) + "/" + mailbox,
                                  node.owner(), kTurn);
  };
  ORGO_CHECK(add_all({*service, config, tenants.directory(), turn_of}, storage.stores().tenants));
  if (service->statuses().empty()) return &part;
  part.service_ = std::move(service);
  node.when_open([&part] { part.service_->start(); });
  node.lifecycle().on_stop("mailboxes", [&part](Deadline) { part.service_->stop(); });
  return &part;
}

std::vector<MailboxStatus> MailboxesPart::statuses() const {
  return service_ ? service_->statuses() : std::vector<MailboxStatus>{};
}

std::vector<gateway::ReadyCheck> MailboxesPart::ready_checks() const {
  return service_ ? mailbox_checks(*service_) : std::vector<gateway::ReadyCheck>{};
}

std::string MailboxesPart::trouble(TenantId tenant, const std::string& source) const {
  return service_ ? mailbox_trouble(*service_, tenant, source) : std::string();
}

}  // namespace orgo
