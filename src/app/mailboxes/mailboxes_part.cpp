#include "app/mailboxes/mailboxes_part.h"

#include <algorithm>
#include <utility>

#include "app/policies/policy_sources.h"
#include "base/log.h"
#include "base/planted.h"

namespace orgo {
namespace {

/// Another node reads on when this one has been silent for so long: more than a look and a wait at the server take.
constexpr Millis kTurn = MailboxTiming{}.look + MailboxTiming{}.wait + Millis{60'000};
constexpr int kTenantsAtOnce = 500;
constexpr int kRestBehind = 30;  ///< as long as it has looked: with very many tenants it looks less often
constexpr Millis kLook{2'000};   ///< a file is taken when two looks found the same: within five seconds

bool has(const std::vector<MailboxConfig>& all, const MailboxConfig& one) {
  if (ORGO_PLANT(changed_mailbox_runs_on)) return std::ranges::find(all, one.name, &MailboxConfig::name) != all.end();
  return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

MailboxesPart::MailboxesPart(Node& node, const Config& config, StoragePart& storage, TenantsPart& tenants,
                             IntakePart& intake)
    : node_(node), config_(config), tenants_(storage.stores().tenants), directory_(tenants.directory()),
      restored_at_(storage.restored_at()),
      service_(intake.service(), storage.stores().mailboxes, storage.stores().changes, node.clock(), random_share) {}

Result<MailboxesPart*> MailboxesPart::open(Node& node, const Config& config, StoragePart& storage, TenantsPart& tenants,
                                           IntakePart& intake) {
  auto& part = node.lifecycle().own(std::make_unique<MailboxesPart>(node, config, storage, tenants, intake));
  ORGO_TRY(operators, part.tenants_.read_tenant(tenants.operators()));
  for (const auto& mailbox : config.mailboxes.all()) part.add(operators, mailbox);
  ORGO_CHECK(part.look());
  node.when_open([&part] { part.service_.start(); });
  node.lifecycle().on_stop("mailboxes", [&part](Deadline) { part.service_.stop(); });
  part.loops_ = &node.add_loops("changes of mailboxes");
  part.loops_->add("orgo-mailboxes", [&part] {
    const auto began = std::chrono::steady_clock::now();
    const auto looked = part.look();
    if (!looked) return after_trouble("mailboxes.trouble", looked.error());
    const auto took = std::chrono::ceil<Millis>(std::chrono::steady_clock::now() - began);
    return std::max(kLook, took * kRestBehind);
  });
  return &part;
}

void MailboxesPart::look_again() {
  again_ = true;
  loops_->wake();
}

Status MailboxesPart::look() {
  const bool again = again_.exchange(false);
  TenantId after{0};
  for (;;) {
    ORGO_TRY(page, tenants_.list_tenants(after, kTenantsAtOnce));
    // Suspended ones, too: they may be resumed.
    for (const auto& tenant : page)
      if (tenant.name != kFirstTenantName) look_at(tenant, again);
    if (page.size() < static_cast<std::size_t>(kTenantsAtOnce)) return {};
    after = page.back().id;
  }
}

/// A folder with mistakes leaves the mailboxes that it had; at the start it has none.
void MailboxesPart::look_at(const Tenant& tenant, bool again) {
  const auto known = watched_.find(tenant.id);
  if (known != watched_.end() && !known->second.files.changed() && !again) return;
  auto& watched = watched_[tenant.id];
  // Noted first: what changes while it is read is seen at the next look.
  std::vector<std::string> paths{tenant_settings_file(*config_.data.dir, tenant.name)};
  watched.files = RuleFiles(paths);
  watched.files.note();
  if (says_nothing(config_, tenant) && !watched.files.differs()) return take(tenant, {}, watched.in_force);
  auto loaded = load_tenant_config(config_, tenant);
  if (loaded.path.empty() && !watched.in_force.empty())
    loaded.errors.push_back({paths[0], 0, 0, 1, "the file is gone; the mailboxes that it named are read on", {}});
  paths.insert(paths.end(), loaded.secret_files.begin(), loaded.secret_files.end());
  const bool changed_meanwhile = watched.files.differs();
  watched.files = RuleFiles(std::move(paths));
  if (!changed_meanwhile) watched.files.note();
  if (loaded.errors.empty()) return take(tenant, loaded.config.mailboxes.all(), watched.in_force);
  log::error("mailboxes.refused", {{"tenant", tenant.name}, {"detail", to_string(loaded.errors, loaded.sources)}});
}

void MailboxesPart::take(const Tenant& tenant, std::vector<MailboxConfig> wanted,
                         std::vector<MailboxConfig>& in_force) {
  for (const auto& mailbox : in_force)
    if (!has(wanted, mailbox)) service_.remove(tenant.id, mailbox.name);
  for (const auto& mailbox : wanted)
    if (!has(in_force, mailbox)) add(tenant, mailbox);
  if (wanted != in_force) log::info("mailboxes.loaded", {{"tenant", tenant.name}, {"mailboxes", wanted.size()}});
  in_force = std::move(wanted);
}

void MailboxesPart::add(const Tenant& tenant, const MailboxConfig& mailbox) {
  auto turn = std::make_unique<Turn>(node_.locks(), node_.clock(),
                                     "mailbox/" + to_string(tenant.id) + "/" + mailbox.name, node_.owner(), kTurn);
  add_mailbox(service_, tenant, mailbox, std::move(turn), restored_at_, [this, id = tenant.id] {
    const auto active = directory_.check_active(id);
    return !active && active.error().code == Errc::not_permitted;
  });
}

}  // namespace orgo
