#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/config.h"
#include "app/doors/intake_part.h"
#include "app/mailboxes/mailboxes.h"
#include "app/node/node.h"
#include "app/rules/rule_files.h"
#include "app/storage/storage_part.h"
#include "app/tenants/tenants_part.h"

namespace orgo {

/// Fetches mail from the configured mailboxes; there may be none. Those of the server's own configuration are what they
/// were at the start; those of a tenant follow its folder while the server runs.
class MailboxesPart {
 public:
  /// Those of all tenants that there are now. Connects to nobody yet.
  static Result<MailboxesPart*> open(Node& node, const Config& config, StoragePart& storage, TenantsPart& tenants,
                                     IntakePart& intake);
  MailboxesPart(Node& node, const Config& config, StoragePart& storage, TenantsPart& tenants, IntakePart& intake);

  /// Takes over what has changed in the folders of tenants, for new tenants all. One thread.
  Status look();
  /// The next look, which is soon, reads the folders of all tenants, whether they changed or not.
  void look_again();
  [[nodiscard]] std::vector<MailboxStatus> statuses() const { return service_.statuses(); }
  /// "mailbox NAME" of /readyz, one for each that there is now.
  [[nodiscard]] std::vector<gateway::ReadyCheck> ready_checks() const { return mailbox_checks(service_); }
  /// As mailbox_trouble().
  [[nodiscard]] std::string trouble(TenantId tenant, const std::string& source) const {
    return mailbox_trouble(service_, tenant, source);
  }

 private:
  /// The folder of one tenant.
  struct Watched {
    RuleFiles files{{}};  ///< its settings, and the files of secrets that they name
    std::vector<MailboxConfig> in_force;
  };
  void look_at(const Tenant& tenant, bool again);
  void take(const Tenant& tenant, std::vector<MailboxConfig> wanted, std::vector<MailboxConfig>& in_force);
  void add(const Tenant& tenant, const MailboxConfig& mailbox);

  Node& node_;
  const Config& config_;
  TenantStore& tenants_;
  TenantDirectory& directory_;
  const TimePoint restored_at_;
  MailboxService service_;
  std::map<TenantId, Watched> watched_;
  std::atomic<bool> again_{false};
  LoopGroup* loops_ = nullptr;
};

}  // namespace orgo
