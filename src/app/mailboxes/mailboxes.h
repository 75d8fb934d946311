#pragma once
#include <memory>
#include <vector>

#include "app/config.h"
#include "port/mailbox.h"
#include "port/mailbox_store.h"
#include "port/tenant_store.h"
#include "service/gateway/probes/ready_check.h"
#include "service/mailbox/mailbox_service.h"

namespace orgo {

/// What the service needs to know of a configured mailbox.
MailboxSetup mailbox_setup(const Tenant& tenant, const MailboxConfig& config);
/// See MailboxRecord::source.
std::string mailbox_source(const MailboxConfig& config);
/// The address that mail for it goes to; empty: not known.
std::string mailbox_address(const MailboxConfig& config);

/// The adapter for it; connects to nobody. `reading`: nothing is moved, flagged or deleted, and only what comes from
/// now on is told, for `orgo mailbox test`.
enum class MailboxUse { serving, reading };
Result<std::unique_ptr<Mailbox>> open_configured(const MailboxConfig& config, MailboxUse use);

/// Adds a configured mailbox of a tenant, as MailboxService::add(). `restored_at`: see MailboxSetup. While
/// `stands_still` says so, it is not read.
void add_mailbox(MailboxService& service, const Tenant& tenant, const MailboxConfig& config, std::unique_ptr<Turn> turn,
                 TimePoint restored_at, std::function<bool()> stands_still);
/// One for each: a failing mailbox is named, but refuses no traffic of others.
std::vector<gateway::ReadyCheck> mailbox_checks(const MailboxService& service);
/// What the mailbox behind a source of the silence alarm complains of; empty: nothing, or another source.
std::string mailbox_trouble(const MailboxService& service, TenantId tenant, const std::string& source);
/// What is known of them when no server runs.
std::vector<MailboxStatus> stored_mailboxes(MailboxStore& store, TenantId tenant);

}  // namespace orgo
